-- title: Connectors of one integration
-- unit: calls
-- grain: one row per product, protocol, connector and operation of the integration $integration
-- key: product, protocol, connector, operation
-- look_back: 0
-- meaning: The parts of the API that the integration uses, counted as in connector_usage.
with counted as (
    select
        product,
        protocol,
        lower(connector) as folded,
        operation,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors,
        max(last_call) as last_call
    from daily_calls
    where integration = $integration
    group by product, protocol, folded, operation
),

customers_counted as (
    select
        product,
        protocol,
        lower(connector) as folded,
        operation,
        count(distinct customer) as customers
    from customer_months
    where integration = $integration and is_use(status, operation, own)
    group by product, protocol, folded, operation
)

select
    counted.product,
    counted.protocol,
    connectors.connector,
    counted.operation,
    coalesce(customers_counted.customers, 0) as customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.last_call
from counted
left join customers_counted
    on
        counted.product = customers_counted.product
        and counted.protocol = customers_counted.protocol
        and counted.folded is not distinct from customers_counted.folded
        and counted.operation = customers_counted.operation
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc, counted.product asc, counted.protocol asc, connectors.connector asc nulls last, counted.operation asc
