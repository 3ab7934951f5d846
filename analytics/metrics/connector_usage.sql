-- title: Connector usage
-- unit: calls
-- grain: one row per product, protocol, connector and operation
-- key: product, protocol, connector, operation
-- look_back: 0
-- meaning: Which parts of the API are used, and by how many integrations and customers. The connector is null if the
-- log does not hold it or the call has none. Names that differ only in case are one connector.
with named as (
    select
        calls.product,
        calls.protocol,
        spellings.connector,
        calls.operation,
        calls.integration,
        calls.customer,
        calls.own,
        calls.status
    from calls
    left join spellings on calls.connector = spellings.sent
),

counted as (
    select
        product,
        protocol,
        connector,
        operation,
        count(distinct integration) as integrations,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors
    from named
    group by product, protocol, connector, operation
)

select
    product,
    protocol,
    connector,
    operation,
    integrations,
    customers,
    calls,
    errors,
    cast(errors as double) / calls as error_rate
from counted
order by calls desc, product asc, protocol asc, connector asc nulls last, operation asc
