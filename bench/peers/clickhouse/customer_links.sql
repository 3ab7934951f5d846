-- Calls and errors of each integration at each customer, with the first and the last call.
select
    partner,
    integration,
    customer,
    sum(n) as calls,
    sumIf(n, status >= 400) as errors,
    min(first) as first_call,
    max(last) as last_call
from (
    select partner, integration, customer, status, count() as n, min(called_at) as first, max(called_at) as last
    from peer.calls
    where day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
    group by partner, integration, customer, status
)
group by partner, integration, customer
