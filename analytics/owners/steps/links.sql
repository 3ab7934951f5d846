-- Which integrations are known at which customers, and from when to when: one row per integration and customer.
-- Reads: customer_days_all, mistyped.
select
    integration,
    customer,
    min(day) as first_day,
    max(day) as last_day
from customer_days_all
where
    id_status = 'valid'
    and not is_example_id(integration)
    and integration not in (select mistyped.sent from mistyped)
group by integration, customer
