-- Calls and errors of each integration at each customer, with the first and the last call.
select
    partner,
    integration,
    customer,
    count(*) as calls,
    count(*) filter (where status >= 400) as errors,
    min(called_at) as first_call,
    max(called_at) as last_call
from calls
where day >= $since and day < $until and environment = 'production' and id_status = 'valid'
group by partner, integration, customer
