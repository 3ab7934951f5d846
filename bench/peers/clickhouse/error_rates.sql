-- Calls and errors of each integration.
select
    integration,
    sum(n) as calls,
    sumIf(n, status >= 400) as errors
from (
    select integration, status, count() as n
    from peer.calls
    where day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
    group by integration, status
)
group by integration
