-- The spelling in which each connector is shown. Names that differ only in case are one connector, in its most frequent
-- spelling; of equally frequent ones, the first in the alphabet. One row per name as it was sent.
-- Reads: calls.
with sent as (
    select
        connector as sent,
        lower(connector) as folded,
        count(*) as frequency
    from calls
    where connector is not null
    group by connector
),

ranked as (
    select
        folded,
        sent as connector,
        row_number() over (partition by folded order by frequency desc, sent asc) as place
    from sent
)

select
    sent.sent,
    ranked.connector
from sent
inner join ranked on sent.folded = ranked.folded and ranked.place = 1
