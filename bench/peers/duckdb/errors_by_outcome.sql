-- The errors of each integration and connector, and the customers that met them.
select
    integration,
    lower(connector) as connector,
    outcome,
    status,
    count(*) as calls,
    count(distinct customer) filter (where not own) as customers
from calls
where day >= $since and day < $until and environment = 'production' and status >= 400
group by integration, lower(connector), outcome, status
