-- The connectors of all environments, as views/connectors.sql has those of the scope: a connector that is called in accept alone
-- has a name, too. One row per connector: its name in lower case, and its most frequent spelling.
-- Reads: daily_calls_everywhere.
with spellings as (
    select
        connector,
        sum(calls) as frequency
    from daily_calls_everywhere
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
