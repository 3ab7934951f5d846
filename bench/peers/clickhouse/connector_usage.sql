-- Calls, errors, integrations and customers of each connector and operation.
with counted as (
    select
        product,
        protocol,
        folded,
        operation,
        uniqExactIf(integration, integration <> '') as integrations,
        sum(n) as calls,
        sumIf(n, status >= 400) as errors
    from (
        select product, protocol, lower(connector) as folded, operation, integration, status, count() as n
        from peer.calls
        where day >= {since:Date} and day < {until:Date} and environment = 'production'
        group by product, protocol, lower(connector), operation, integration, status
    )
    group by product, protocol, folded, operation
),

customers_counted as (
    select product, protocol, folded, operation, count() as customers
    from (
        select product, protocol, lower(connector) as folded, operation, customer
        from peer.calls
        where
            day >= {since:Date} and day < {until:Date} and environment = 'production'
            and status < 400 and operation <> 'auth' and not own
        group by product, protocol, lower(connector), operation, customer
    )
    group by product, protocol, folded, operation
)

select
    counted.product as product,
    counted.protocol as protocol,
    nullIf(counted.folded, '') as connector,
    counted.operation as operation,
    integrations,
    calls,
    errors,
    customers
from counted
left join customers_counted
    on
        counted.product = customers_counted.product
        and counted.protocol = customers_counted.protocol
        and counted.folded = customers_counted.folded
        and counted.operation = customers_counted.operation
