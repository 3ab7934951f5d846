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
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        max(called_at) as last_call
    from calls
    where integration = $integration
    group by product, protocol, folded, operation
)

select
    counted.product,
    counted.protocol,
    connectors.connector,
    counted.operation,
    counted.customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.last_call
from counted
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc, counted.product asc, counted.protocol asc, connectors.connector asc nulls last, counted.operation asc
