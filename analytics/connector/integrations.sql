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
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        max(called_at) as last_call
    from calls
    where lower(connector) = lower($connector)
    group by integration, partner
)

select
    counted.integration,
    counted.partner,
    integrations.name,
    counted.customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.last_call
from counted
left join integrations on counted.integration = integrations.integration
order by counted.calls desc, counted.integration asc nulls last
