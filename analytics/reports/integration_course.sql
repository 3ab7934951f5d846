-- title: The course of the integrations
-- unit: calls
-- grain: one row per identified integration and day with a call
-- key: integration, day
-- look_back: 0
-- meaning: How each integration came on, its errors included. Customers are those with a call that was no error and no log-in, own
-- calls excluded.
with counted as (
    select
        integration,
        day,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors
    from daily_calls
    where id_status = 'valid'
    group by integration, day
),

used as (
    select
        integration,
        customer,
        month,
        bit_or(days) as days
    from customer_months
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, customer, month
),

active as (
    select
        integration,
        unnest(days_of(month, days)) as day
    from used
),

customers_counted as (
    select
        integration,
        day,
        count(*) as customers
    from active
    group by integration, day
)

select
    counted.integration,
    counted.day,
    coalesce(customers_counted.customers, 0) as customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate
from counted
left join customers_counted on counted.integration = customers_counted.integration and counted.day = customers_counted.day
order by counted.integration asc, counted.day asc
