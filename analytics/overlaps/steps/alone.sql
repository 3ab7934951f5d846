-- The calls that are the only one of their kind in their load and minute: one row each.
-- Asked with: minute_in (of how many minutes one is compared).
select
    stream,
    load_id,
    day,
    minute_of(called_at) as minute,
    environment,
    customer,
    method,
    endpoint,
    status,
    query_length,
    coalesce(skip, -9) as skip,
    coalesce(take, -9) as take,
    min(called_at) as called_at,
    min(integration_id) as integration_id
from calls
where hash(minute_of(called_at)) % cast($minute_in as ubigint) = 0
group by
    stream,
    load_id,
    day,
    minute_of(called_at),
    environment,
    customer,
    method,
    endpoint,
    status,
    query_length,
    calls.skip,
    calls.take
having count(*) = 1
