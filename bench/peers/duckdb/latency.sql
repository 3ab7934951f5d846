-- Exact percentiles of durations, by integration, connector and operation.
select
    integration,
    lower(connector) as connector,
    operation,
    count(*) as calls,
    quantile_disc(duration_ms, 0.5) as p50_ms,
    quantile_disc(duration_ms, 0.95) as p95_ms,
    quantile_disc(duration_ms, 0.99) as p99_ms,
    cast(count(*) filter (where duration_ms > 1000) as double) / count(*) as over_1s_share
from calls
where day >= $since and day < $until and environment = 'production' and duration_ms is not null
group by integration, lower(connector), operation
