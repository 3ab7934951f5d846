-- Calls, errors, integrations and customers of each day.
with counted as (
    select
        day,
        sum(n) as calls,
        sumIf(n, status >= 400) as errors,
        uniqExactIf(integration, integration <> '') as integrations
    from (
        select day, integration, status, count() as n
        from peer.calls
        where day >= {since:Date} and day < {until:Date} and environment = 'production'
        group by day, integration, status
    )
    group by day
),

customers_counted as (
    select day, count() as customers
    from (
        select day, customer
        from peer.calls
        where
            day >= {since:Date} and day < {until:Date} and environment = 'production'
            and status < 400 and operation <> 'auth' and not own
        group by day, customer
    )
    group by day
)

select counted.day as day, calls, errors, integrations, customers
from counted
left join customers_counted on counted.day = customers_counted.day
