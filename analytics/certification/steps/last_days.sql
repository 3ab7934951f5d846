-- When a customer last made use of an integration, and when a call of it last failed there: whoever counts for the certification,
-- in a window of any length that ends with the period, is told by the first.
-- One row per integration and customer; nulls where there was no such call. Own calls are neither.
select
    integration,
    customer,
    max(day) filter (where is_use(status, operation, own)) as last_active_day,
    max(called_at) filter (where is_use(status, operation, own)) as last_customer_call,
    max(day) filter (where is_error(status) and not own) as last_failed_day
from calls_before
where id_status = 'valid'
group by integration, customer
