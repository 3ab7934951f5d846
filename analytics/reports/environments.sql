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
        count(distinct integration) as integrations,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors
    from daily_calls
    group by environment
),

customers_counted as (
    select
        environment,
        count(distinct customer) as customers
    from customer_months
    where is_use(status, operation, own)
    group by environment
)

select
    counted.environment,
    coalesce(customers_counted.customers, 0) as customers,
    counted.integrations,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate
from counted
left join customers_counted on counted.environment = customers_counted.environment
order by counted.calls desc, counted.environment asc
