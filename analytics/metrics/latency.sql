-- title: Latency
-- unit: milliseconds
-- grain: one row per integration, connector and operation; calls with a duration
-- key: integration, connector, operation
-- look_back: 0
-- meaning: How long calls took: half of them at most p50_ms, 95 of 100 at most p95_ms (linear interpolation between
-- neighbours). A good request takes less than a second; over_1s_share is the fraction that took longer.
with named as (
    select
        calls.integration,
        spellings.connector,
        calls.operation,
        calls.duration_ms
    from calls
    left join spellings on calls.connector = spellings.sent
    where calls.duration_ms is not null
),

measured as (
    select
        integration,
        connector,
        operation,
        count(*) as calls,
        percentile(duration_ms, 0.5) as p50_ms,
        percentile(duration_ms, 0.95) as p95_ms,
        percentile(duration_ms, 0.99) as p99_ms,
        count(*) filter (where duration_ms > 1000) as slow_calls
    from named
    group by integration, connector, operation
)

select
    integration,
    connector,
    operation,
    calls,
    p50_ms,
    p95_ms,
    p99_ms,
    cast(slow_calls as double) / calls as over_1s_share
from measured
order by calls desc, integration asc nulls last, connector asc nulls last, operation asc
