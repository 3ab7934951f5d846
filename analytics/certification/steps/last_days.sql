-- The last day on which a customer used an integration, and the last on which a call of it failed there. The certified
-- count has this one definition: the metric and the command both read it here, so they cannot disagree. The first of
-- the two days alone decides whether the customer counts, in a window of any length that ends with the period. Calls to
-- the partner's own environment count in neither. One row per integration and customer; null if there was no such call.
select
    integration,
    customer,
    max(last_day_of(month, days)) filter (where is_use(status, operation, own)) as last_active_day,
    max(last_day_of(month, days)) filter (where is_error(status) and not own) as last_failed_day
from customer_months_before
where id_status = 'valid'
group by integration, customer
