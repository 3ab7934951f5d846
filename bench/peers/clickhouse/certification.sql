-- The customers of each integration. The question is asked about 30 days.
select integration, count() as customers
from (
    select integration, customer
    from peer.calls
    where
        day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
        and status < 400 and operation <> 'auth' and not own
    group by integration, customer
)
group by integration
