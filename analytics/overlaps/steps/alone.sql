-- The calls that are the only one of their kind in their load and minute: one row each.
with sample as (
    select greatest(1, count(*) // 400000) as minutes_per_sample
    from calls
),

kinds as (
    select
        calls.stream,
        calls.load_id,
        calls.day,
        minute_of(calls.called_at) as minute,
        calls.environment,
        calls.customer,
        calls.method,
        calls.endpoint,
        calls.status,
        calls.query_length,
        coalesce(calls.skip, -9) as skip,
        coalesce(calls.take, -9) as take,
        min(calls.called_at) as called_at,
        min(calls.integration_id) as integration_id,
        count(*) as calls
    from calls
    cross join sample
    where hash(minute_of(calls.called_at)) % sample.minutes_per_sample = 0
    group by
        calls.stream,
        calls.load_id,
        calls.day,
        minute_of(calls.called_at),
        calls.environment,
        calls.customer,
        calls.method,
        calls.endpoint,
        calls.status,
        calls.query_length,
        calls.skip,
        calls.take
)

select
    row_number() over () as number,
    stream,
    load_id,
    day,
    minute,
    environment,
    customer,
    method,
    endpoint,
    status,
    query_length,
    skip,
    take,
    called_at,
    integration_id
from kinds
where calls = 1
