-- Calls and errors of each integration.
select
    integration,
    count(*) as calls,
    count(*) filter (where status >= 400) as errors
from calls
where day >= $since and day < $until and environment = 'production' and id_status = 'valid'
group by integration
