-- Calls, errors, integrations and customers of each day.
select
    day,
    count(*) as calls,
    count(*) filter (where status >= 400) as errors,
    count(distinct integration) as integrations,
    count(distinct customer) filter (where status < 400 and operation <> 'auth' and not own) as customers
from calls
where day >= $since and day < $until and environment = 'production'
group by day
