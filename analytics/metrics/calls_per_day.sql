-- title: Calls per day
-- unit: calls
-- grain: one row per day of the period that the logs cover, also without calls, and per other day with a call
-- key: day
-- look_back: 0
-- meaning: How busy each day was. A customer counts if it made at least one call that succeeded and was not a log-in;
-- calls to the partner's own environment do not make a customer. Integrations are the identified ones that made any
-- call.
with counted as (
    select
        day,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors,
        count(distinct integration) as integrations
    from daily_calls
    group by day
),

used as (
    select
        month,
        customer,
        bit_or(days) as days
    from customer_months
    where is_use(status, operation, own)
    group by month, customer
),

active as (
    select unnest(days_of(month, days)) as day
    from used
),

customers_counted as (
    select
        day,
        count(*) as customers
    from active
    group by day
),

-- A stray call gets the row of its own day. The months between it and all other calls get no rows.
listed as (
    select day
    from days
    union
    select day
    from counted
)

select
    listed.day,
    coalesce(counted.calls, 0) as calls,
    coalesce(counted.errors, 0) as errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    coalesce(customers_counted.customers, 0) as customers,
    coalesce(counted.integrations, 0) as integrations
from listed
left join counted on listed.day = counted.day
left join customers_counted on listed.day = customers_counted.day
order by listed.day asc
