-- title: Errors of one integration
-- unit: calls
-- grain: one row per outcome and status of the integration $integration; errors only
-- key: outcome, status
-- look_back: 0
-- meaning: What went wrong, who can fix it, and the last time it was seen. Customers are those that met this error.
with counted as (
    select
        outcome,
        status,
        added_up(calls) as calls,
        max(last_call) as last_call
    from daily_calls
    where integration = $integration and is_error(status)
    group by outcome, status
),

customers_counted as (
    select
        outcome,
        status,
        count(distinct customer) as customers
    from customer_months
    where integration = $integration and is_error(status) and not own
    group by outcome, status
)

select
    counted.outcome,
    counted.status,
    party_of(counted.outcome) as party,
    counted.calls,
    coalesce(customers_counted.customers, 0) as customers,
    counted.last_call
from counted
left join customers_counted on counted.outcome = customers_counted.outcome and counted.status = customers_counted.status
order by counted.calls desc, counted.outcome asc, counted.status asc
