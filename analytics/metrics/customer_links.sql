-- title: Who uses what
-- unit: calls
-- grain: one row per partner, integration and customer with an identified call
-- key: partner, integration, customer
-- look_back: 0
-- meaning: The customers that each integration is used at, and their branches. A customer whose calls all failed is
-- listed, and so is the partner's own environment if it was called. Neither counts as a customer of the integration.
with counted as (
    select
        partner,
        integration,
        customer,
        added_up(calls) as calls,
        added_up(errors) as errors,
        min(first_call) as first_call,
        max(last_call) as last_call
    from customer_days
    where id_status = 'valid'
    group by partner, integration, customer
)

select
    counted.partner,
    counted.integration,
    counted.customer,
    customers.name,
    customers.branch,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.first_call,
    counted.last_call
from counted
left join customers on counted.customer = customers.customer
order by counted.calls desc, counted.partner asc, counted.integration asc, counted.customer asc
