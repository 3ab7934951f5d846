-- The customers of each integration. The question is asked about 30 days.
select
    integration,
    count(distinct customer) as customers
from calls
where
    day >= $since
    and day < $until
    and environment = 'production'
    and id_status = 'valid'
    and status < 400
    and operation <> 'auth'
    and not own
group by integration
