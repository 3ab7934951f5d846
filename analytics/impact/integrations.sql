-- title: Whom changes concern
-- unit: calls
-- grain: one row per change, connector, operation and integration with such calls; null: it is not known, or was not logged
-- key: change, connector, operation, integration
-- look_back: 0
-- steps: impact/used, impact/concerned
-- meaning: Who calls what is going to change; impact/steps/concerned.sql says how changes are given. Customers are
-- counted as everywhere; share is the part of all calls of the integration (or of all whose integration is not known). change_calls and
-- change_share are those of the whole change, whatever the connector and the operation, each call once.
with counted as (
    select
        change,
        asked_connector as connector,
        asked_operation as operation,
        integration,
        partner,
        count(distinct customer) filter (where is_customer) as customers,
        cast(sum(calls) as bigint) as calls,
        max(last_call) as last_call
    from concerned
    group by change, asked_connector, asked_operation, integration, partner
),

-- An entry of the change's lists and the next may be about one call.
whole as (
    select
        change,
        integration,
        cast(sum(calls) as bigint) as change_calls
    from (
        select distinct
            change,
            integration,
            customer,
            is_service,
            name,
            operation,
            endpoint,
            token_form,
            protocol,
            api_version,
            calls
        from concerned
    )
    group by change, integration
),

traffic as (
    select
        integration,
        cast(sum(calls) as bigint) as all_calls
    from used
    group by integration
)

select
    counted.change,
    counted.connector,
    counted.operation,
    counted.integration,
    integrations.name,
    counted.partner,
    partners.name as partner_name,
    partners.contact,
    partners.email,
    partners.phone,
    counted.customers,
    counted.calls,
    cast(counted.calls as double) / traffic.all_calls as share,
    counted.last_call,
    whole.change_calls,
    cast(whole.change_calls as double) / traffic.all_calls as change_share
from counted
inner join whole on counted.change = whole.change and counted.integration is not distinct from whole.integration
inner join traffic on counted.integration is not distinct from traffic.integration
left join integrations on counted.integration = integrations.integration
left join partners on counted.partner = partners.partner
order by
    counted.change asc,
    counted.calls desc,
    counted.connector asc nulls last,
    counted.operation asc nulls last,
    counted.integration asc nulls last
