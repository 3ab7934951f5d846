-- Calls, errors, integrations and customers of each connector and operation.
select
    product,
    protocol,
    lower(connector) as connector,
    operation,
    count(distinct integration) as integrations,
    count(*) as calls,
    count(*) filter (where status >= 400) as errors,
    count(distinct customer) filter (where status < 400 and operation <> 'auth' and not own) as customers
from calls
where day >= $since and day < $until and environment = 'production'
group by product, protocol, lower(connector), operation
