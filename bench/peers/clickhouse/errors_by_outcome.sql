-- The errors of each integration and connector, and the customers that met them.
select
    nullIf(integration, '') as integration,
    nullIf(folded, '') as connector,
    outcome,
    status,
    sum(n) as calls,
    uniqExactIf(customer, not own) as customers
from (
    select integration, lower(connector) as folded, outcome, status, customer, own, count() as n
    from peer.calls
    where day >= {since:Date} and day < {until:Date} and environment = 'production' and status >= 400
    group by integration, lower(connector), outcome, status, customer, own
)
group by integration, folded, outcome, status
