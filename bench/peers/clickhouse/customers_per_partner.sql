-- Integrations, calls, errors and customers of each partner.
with counted as (
    select
        partner,
        uniqExact(integration) as integrations,
        sum(n) as calls,
        sumIf(n, status >= 400) as errors
    from (
        select partner, integration, status, count() as n
        from peer.calls
        where day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
        group by partner, integration, status
    )
    group by partner
),

customers_counted as (
    select partner, count() as customers
    from (
        select partner, customer
        from peer.calls
        where
            day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
            and status < 400 and operation <> 'auth' and not own
        group by partner, customer
    )
    group by partner
)

select counted.partner as partner, integrations, calls, errors, customers
from counted
left join customers_counted on counted.partner = customers_counted.partner
