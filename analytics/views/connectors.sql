-- The connectors. Names that differ only in case are one connector, which is shown in its most frequent spelling; of equally
-- frequent ones, the first in the alphabet. One row per connector: its name in lower case, and the one that is shown.
-- A query groups by `lower(connector)` and joins this afterwards, to its few groups and not to every call.
-- Reads: sent_daily_calls, the sums of calls before they are attributed: whose a call is does not matter here.
with spellings as (
    select
        connector,
        sum(calls) as frequency
    from sent_daily_calls
    where connector is not null
    group by connector
),

ranked as (
    select
        connector,
        lower(connector) as folded,
        row_number() over (partition by lower(connector) order by frequency desc, connector asc) as place
    from spellings
)

select
    folded,
    connector
from ranked
where place = 1
