-- title: Whom changes concern
-- unit: calls
-- grain: one row per change, connector, operation and integration with such calls; null is unidentified
-- key: change, connector, operation, integration
-- look_back: 0
-- meaning: Who calls what is going to change, given as lists of equal length: $changes numbers the change,
-- $connectors, $operations, $token_forms, $protocols and $api_versions say which calls it is about; null says
-- nothing of them. Customers are counted as everywhere; share is the part of all calls of the integration (or of
-- all unidentified ones).
-- What has no connector but an address of its own (ReportConnector, ProfitVersion, AppConnectorReport) is found by
-- that name; it has one operation, so none is compared.
with criteria as (
    select
        unnest(cast($changes as integer [])) as change,
        unnest(cast($connectors as varchar [])) as connector,
        unnest(cast($operations as varchar [])) as operation,
        unnest(cast($token_forms as varchar [])) as token_form,
        unnest(cast($protocols as varchar [])) as protocol,
        unnest(cast($api_versions as varchar [])) as api_version
),

used as (
    select
        integration,
        partner,
        customer,
        connector is null as is_service,
        coalesce(lower(connector), lower(split_part(split_part(endpoint, '/', 1), '.', 1))) as name,
        operation,
        token_form,
        protocol,
        api_version,
        bool_or(status < 400 and not own) as is_customer,
        count(*) as calls,
        max(called_at) as last_call
    from calls
    group by
        integration,
        partner,
        customer,
        connector is null,
        coalesce(lower(connector), lower(split_part(split_part(endpoint, '/', 1), '.', 1))),
        operation,
        token_form,
        protocol,
        api_version
),

of_connectors as (
    select
        criteria.change,
        criteria.connector,
        criteria.operation,
        used.integration,
        used.partner,
        used.customer,
        used.is_customer,
        used.calls,
        used.last_call
    from criteria
    inner join used on lower(criteria.connector) = used.name
    where
        (criteria.operation is null or criteria.operation = used.operation or used.is_service)
        and (criteria.token_form is null or criteria.token_form = used.token_form)
        and (criteria.protocol is null or criteria.protocol = used.protocol)
        and (criteria.api_version is null or criteria.api_version = used.api_version)
),

of_all as (
    select
        criteria.change,
        criteria.connector,
        criteria.operation,
        used.integration,
        used.partner,
        used.customer,
        used.is_customer,
        used.calls,
        used.last_call
    from criteria
    cross join used
    where
        criteria.connector is null
        and (criteria.operation is null or criteria.operation = used.operation)
        and (criteria.token_form is null or criteria.token_form = used.token_form)
        and (criteria.protocol is null or criteria.protocol = used.protocol)
        and (criteria.api_version is null or criteria.api_version = used.api_version)
),

concerned as (
    select * from of_connectors
    union all
    select * from of_all
),

counted as (
    select
        change,
        connector,
        operation,
        integration,
        partner,
        count(distinct customer) filter (where is_customer) as customers,
        cast(sum(calls) as bigint) as calls,
        max(last_call) as last_call
    from concerned
    group by change, connector, operation, integration, partner
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
    counted.last_call
from counted
inner join traffic on counted.integration is not distinct from traffic.integration
left join integrations on counted.integration = integrations.integration
left join partners on counted.partner = partners.partner
order by
    counted.change asc,
    counted.calls desc,
    counted.connector asc nulls last,
    counted.operation asc nulls last,
    counted.integration asc nulls last
