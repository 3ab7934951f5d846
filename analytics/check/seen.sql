-- title: Calls that carry one id
-- unit: calls
-- grain: one row per environment in which $sent was sent, and one for all of them (environment null); none if it was
-- never sent
-- key: environment
-- look_back: 0
-- meaning: Whether $sent arrives in the header, exactly as it is written. Customers are counted as in every metric,
-- whether or not the id is valid. own_calls: calls to the partner's own environment. active_days: days with a call.
with sent as (
    select
        environment,
        customer,
        status,
        operation,
        own,
        day,
        called_at
    from calls
    where integration_id = $sent
),

spread as (
    select
        environment,
        customer,
        status,
        operation,
        own,
        day,
        called_at
    from sent
    union all
    select
        null as environment,
        customer,
        status,
        operation,
        own,
        day,
        called_at
    from sent
)

select
    environment,
    count(distinct customer) filter (where is_use(status, operation, own)) as customers,
    count(*) as calls,
    count(*) filter (where is_error(status)) as errors,
    count(*) filter (where own) as own_calls,
    min(called_at) as first_call,
    max(called_at) as last_call,
    min(day) as first_day,
    max(day) as last_day,
    count(distinct day) as active_days
from spread
group by environment
order by environment is null desc, calls desc, environment asc
