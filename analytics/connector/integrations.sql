-- title: Who uses a connector
-- unit: calls
-- grain: one row per integration that called the connector $connector, in any spelling; null: not known, or not logged
-- key: integration
-- look_back: 0
-- meaning: The integrations that a change to this connector affects, counted as in connector_usage.
with counted as (
    select
        integration,
        partner,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors,
        max(last_call) as last_call
    from daily_calls
    where lower(connector) = lower($connector)
    group by integration, partner
),

customers_counted as (
    select
        integration,
        count(distinct customer) as customers
    from customer_months
    where lower(connector) = lower($connector) and is_use(status, operation, own)
    group by integration
)

select
    counted.integration,
    counted.partner,
    integrations.name,
    coalesce(customers_counted.customers, 0) as customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.last_call
from counted
left join customers_counted on counted.integration is not distinct from customers_counted.integration
left join integrations on counted.integration = integrations.integration
order by counted.calls desc, counted.integration asc nulls last
