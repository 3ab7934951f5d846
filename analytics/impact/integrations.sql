-- title: Integrations that changes affect
-- unit: calls
-- grain: one row per change, connector, operation and integration with such calls; null: not known, or not logged
-- key: change, connector, operation, integration
-- look_back: 0
-- steps: impact/used, impact/concerned
-- meaning: The integrations that make the affected calls. impact/steps/concerned.sql says how changes are given.
-- Customers are counted as in every metric. share: the fraction of all calls of the integration (or of all calls whose
-- integration is not known). change_calls and change_share are those of the whole change, over all connectors and
-- operations; each call counts once.
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

-- Two entries of a change's lists may affect the same call, which then counts once.
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
