-- title: Latency
-- unit: milliseconds
-- grain: one row per integration, connector and operation; calls with a duration
-- key: integration, connector, operation
-- look_back: 0
-- meaning: How long calls took: at least half of them at most p50_ms, 95 of 100 at most p95_ms. Durations are counted in
-- buckets, each 2 % wider than the one before, and such a number stands for its bucket: it is at most 1 % off. A good
-- request takes less than a second; over_1s_share is the exact fraction that took longer.
with buckets as (
    select
        integration,
        lower(connector) as folded,
        operation,
        duration_bucket as bucket,
        sum(calls) as calls,
        sum(slow_calls) as slow_calls
    from daily_durations
    where duration_bucket is not null
    group by integration, folded, operation, duration_bucket
),

-- With each bucket, the calls in it and in those below it.
covering as (
    select
        integration,
        folded,
        operation,
        bucket,
        calls,
        slow_calls,
        sum(calls) over (partition by integration, folded, operation order by bucket) as covered,
        sum(calls) over (partition by integration, folded, operation) as all_calls
    from buckets
),

measured as (
    select
        integration,
        folded,
        operation,
        added_up(calls) as calls,
        added_up(slow_calls) as slow_calls,
        min(case when covers_percent(covered, all_calls, 50) then bucket end) as p50,
        min(case when covers_percent(covered, all_calls, 95) then bucket end) as p95,
        min(case when covers_percent(covered, all_calls, 99) then bucket end) as p99
    from covering
    group by integration, folded, operation
)

select
    measured.integration,
    connectors.connector,
    measured.operation,
    measured.calls,
    bucket_ms(measured.p50) as p50_ms,
    bucket_ms(measured.p95) as p95_ms,
    bucket_ms(measured.p99) as p99_ms,
    cast(measured.slow_calls as double) / measured.calls as over_1s_share
from measured
left join connectors on measured.folded = connectors.folded
order by
    measured.calls desc, measured.integration asc nulls last, connectors.connector asc nulls last, measured.operation asc
