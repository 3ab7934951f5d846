-- The customers of each integration and month.
select integration, month, count() as customers
from (
    select integration, toStartOfMonth(day) as month, customer
    from peer.calls
    where
        day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
        and status < 400 and operation <> 'auth' and not own
    group by integration, toStartOfMonth(day), customer
)
group by integration, month
