-- title: Connector usage
-- unit: calls
-- grain: one row per product, protocol, connector and operation
-- key: product, protocol, connector, operation
-- look_back: 0
-- meaning: Which parts of the API are used, and by how many integrations and customers. The connector is null if the
-- log does not hold it or the call has none. Names that differ only in case are one connector.
with links as (
    select
        product,
        protocol,
        lower(connector) as folded,
        operation,
        integration,
        customer,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        count(*) filter (where is_use(status, operation, own)) as uses
    from calls
    group by product, protocol, folded, operation, integration, customer
),

counted as (
    select
        product,
        protocol,
        folded,
        operation,
        count(distinct integration) as integrations,
        count(distinct customer) filter (where uses > 0) as customers,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors
    from links
    group by product, protocol, folded, operation
)

select
    counted.product,
    counted.protocol,
    connectors.connector,
    counted.operation,
    counted.integrations,
    counted.customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate
from counted
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc, counted.product asc, counted.protocol asc, connectors.connector asc nulls last, counted.operation asc
