-- title: Latency
-- unit: milliseconds
-- grain: one row per integration, connector and operation; calls with a duration
-- key: integration, connector, operation
-- look_back: 0
-- meaning: How long calls took: at least half of them at most p50_ms, 95 of 100 at most p95_ms. Durations are counted in
-- buckets, each 2 % wider than the one before, and such a number stands for its bucket: it is at most 1 % off. A good
-- request takes less than a second; over_1s_share is the exact fraction that took longer.
with measured as (
    select
        integration,
        lower(connector) as folded,
        operation,
        count(*) as calls,
        nearest_rank(duration_bucket(duration_ms), [0.5, 0.95, 0.99]) as buckets,
        count(*) filter (where duration_ms > 1000) as slow_calls
    from calls
    where duration_ms is not null
    group by integration, folded, operation
)

select
    measured.integration,
    connectors.connector,
    measured.operation,
    measured.calls,
    bucket_ms(measured.buckets[1]) as p50_ms,
    bucket_ms(measured.buckets[2]) as p95_ms,
    bucket_ms(measured.buckets[3]) as p99_ms,
    cast(measured.slow_calls as double) / measured.calls as over_1s_share
from measured
left join connectors on measured.folded = connectors.folded
order by
    measured.calls desc, measured.integration asc nulls last, connectors.connector asc nulls last, measured.operation asc
