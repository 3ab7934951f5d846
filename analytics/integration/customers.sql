-- title: Customers of one integration
-- unit: calls
-- grain: one row per customer that the integration $integration was called for
-- key: customer
-- look_back: 0
-- meaning: As customer_links; is_customer says whether it counts as a customer of the integration: at least one call
-- that was no error, no log-in, and not to the partner's own environment.
with counted as (
    select
        customer,
        count(*) filter (where is_use(status, operation, own)) as good_calls,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        min(called_at) as first_call,
        max(called_at) as last_call
    from calls
    where integration = $integration
    group by customer
)

select
    counted.customer,
    customers.name,
    customers.branch,
    counted.good_calls > 0 as is_customer,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.first_call,
    counted.last_call
from counted
left join customers on counted.customer = customers.customer
order by counted.calls desc, counted.customer asc
