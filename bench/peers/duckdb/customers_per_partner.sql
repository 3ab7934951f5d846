-- Integrations, calls, errors and customers of each partner.
select
    partner,
    count(distinct integration) as integrations,
    count(*) as calls,
    count(*) filter (where status >= 400) as errors,
    count(distinct customer) filter (where status < 400 and operation <> 'auth' and not own) as customers
from calls
where day >= $since and day < $until and environment = 'production' and id_status = 'valid'
group by partner
