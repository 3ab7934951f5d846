-- title: Connector usage
-- unit: calls
-- grain: one row per product, protocol, connector and operation
-- key: product, protocol, connector, operation
-- look_back: 0
-- meaning: Which parts of the API are used, and by how many integrations and customers. The connector is null if the
-- log does not hold it or the call has none. Names that differ only in case are one connector.
with counted as (
    select
        product,
        protocol,
        lower(connector) as folded,
        operation,
        count(distinct integration) as integrations,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors
    from daily_calls
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
    where is_use(status, operation, own)
    group by product, protocol, folded, operation
)

select
    counted.product,
    counted.protocol,
    connectors.connector,
    counted.operation,
    counted.integrations,
    coalesce(customers_counted.customers, 0) as customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate
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
