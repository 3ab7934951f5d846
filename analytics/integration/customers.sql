-- title: Customers of one integration
-- unit: calls
-- grain: one row per customer at which the integration $integration called
-- key: customer
-- look_back: 0
-- meaning: As customer_links. is_customer says whether the customer counts: it made at least one call that succeeded,
-- was not a log-in and was not to the partner's own environment.
with counted as (
    select
        customer,
        bool_or(served > 0 and not own) as is_customer,
        added_up(calls) as calls,
        added_up(errors) as errors,
        min(first_call) as first_call,
        max(last_call) as last_call
    from customer_days
    where integration = $integration
    group by customer
)

select
    counted.customer,
    customers.name,
    customers.branch,
    counted.is_customer,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.first_call,
    counted.last_call
from counted
left join customers on counted.customer = customers.customer
order by counted.calls desc, counted.customer asc
