-- The spelling in which each connector is shown. Names that differ only in case are one connector, in its most frequent
-- spelling; of equally frequent ones, the first in the alphabet. One row per name as it was sent.
-- Reads: sent_daily_calls, the sums of calls before they are attributed: whose a call is does not matter here.
with counted as (
    select
        connector as sent,
        lower(connector) as folded,
        sum(calls) as frequency
    from sent_daily_calls
    where connector is not null
    group by connector
),

ranked as (
    select
        folded,
        sent as connector,
        row_number() over (partition by folded order by frequency desc, sent asc) as place
    from counted
)

select
    counted.sent,
    ranked.connector
from counted
inner join ranked on counted.folded = ranked.folded and ranked.place = 1
