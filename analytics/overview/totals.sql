-- title: Overview
-- unit: calls
-- grain: one row for the whole scope, also without calls
-- key: none
-- look_back: 0
-- meaning: The customers, integrations, calls and errors, counted as in the metrics.
with counted as (
    select
        count(distinct integration) as integrations,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors
    from daily_calls
),

customers_counted as (
    select count(distinct customer) as customers
    from customer_months
    where is_use(status, operation, own)
)

select
    customers_counted.customers,
    counted.integrations,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / nullif(counted.calls, 0) as error_rate
from counted
cross join customers_counted
