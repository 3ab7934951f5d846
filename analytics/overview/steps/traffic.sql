-- The calls of each day since the look back began, by their id: one row per day, integration with its partner, or id status and
-- customer of calls without a valid id.
select
    day,
    id_status,
    integration,
    partner,
    unnamed_customer,
    added_up(calls) as calls,
    added_up_if(is_error(status), calls) as errors,
    max(last_call) as last_call
from daily_calls_before
group by day, id_status, integration, partner, unnamed_customer
