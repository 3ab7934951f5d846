-- Percentiles of durations at most 1 % off, by integration, connector and operation. A group has so few calls at times that it
-- matters how an engine counts places, so they are not compared one by one: they are in one column.
select
    nullIf(integration, '') as integration,
    nullIf(folded, '') as connector,
    operation,
    count() as calls,
    quantilesDD(0.01, 0.5, 0.95, 0.99)(ms) as percentiles_ms,
    countIf(ms > 1000) / count() as over_1s_share
from (
    select integration, lower(connector) as folded, operation, assumeNotNull(duration_ms) as ms
    from peer.calls
    where
        day >= {since:Date} and day < {until:Date} and environment = 'production' and duration_ms is not null
)
group by integration, folded, operation
