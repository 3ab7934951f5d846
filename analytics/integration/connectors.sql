-- title: Connectors of one integration
-- unit: calls
-- grain: one row per product, protocol, connector and operation of the integration $integration
-- key: product, protocol, connector, operation
-- look_back: 0
-- meaning: The parts of the API that the integration uses, counted as in connector_usage.
with named as (
    select
        calls.product,
        calls.protocol,
        spellings.connector,
        calls.operation,
        calls.customer,
        calls.own,
        calls.status,
        calls.called_at
    from calls
    left join spellings on calls.connector = spellings.sent
    where calls.integration = $integration
),

counted as (
    select
        product,
        protocol,
        connector,
        operation,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        max(called_at) as last_call
    from named
    group by product, protocol, connector, operation
)

select
    product,
    protocol,
    connector,
    operation,
    customers,
    calls,
    errors,
    cast(errors as double) / calls as error_rate,
    last_call
from counted
order by calls desc, product asc, protocol asc, connector asc nulls last, operation asc
