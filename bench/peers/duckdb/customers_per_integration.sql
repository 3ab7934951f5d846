-- Calls, errors and customers of each integration, with its first and last call.
select
    integration,
    partner,
    project,
    count(*) as calls,
    count(*) filter (where status >= 400) as errors,
    count(distinct customer) filter (where status < 400 and operation <> 'auth' and not own) as customers,
    min(called_at) as first_call,
    max(called_at) as last_call
from calls
where day >= $since and day < $until and environment = 'production' and id_status = 'valid'
group by integration, partner, project
