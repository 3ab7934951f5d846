-- title: Environments
-- unit: calls
-- grain: one row per environment with a call
-- key: environment
-- look_back: 0
-- meaning: The same program in production and elsewhere. Accept gets each release first, so its errors are an early
-- warning. Ask with the scope's environment `all`.
with counted as (
    select
        environment,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(distinct integration) as integrations,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors
    from calls
    group by environment
)

select
    environment,
    customers,
    integrations,
    calls,
    errors,
    cast(errors as double) / calls as error_rate
from counted
order by calls desc, environment asc
