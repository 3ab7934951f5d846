-- The customers of each integration and month.
select
    integration,
    cast(date_trunc('month', day) as date) as month,
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
group by integration, cast(date_trunc('month', day) as date)
