-- title: Customers whom changes concern
-- unit: calls
-- grain: one row per integration and customer with such calls, whichever of the changes; null is unidentified
-- key: integration, customer
-- look_back: 0
-- meaning: At which customers, in which branch, somebody calls what is going to change; the lists are those of
-- `impact`. A partner's own environment is left out. A customer whose calls all fail is there: it may be why they
-- fail.
with criteria as (
    select
        unnest(cast($changes as integer [])) as change,
        unnest(cast($connectors as varchar [])) as connector,
        unnest(cast($operations as varchar [])) as operation,
        unnest(cast($token_forms as varchar [])) as token_form,
        unnest(cast($protocols as varchar [])) as protocol,
        unnest(cast($api_versions as varchar [])) as api_version
),

asked as (
    select distinct
        lower(connector) as name,
        operation,
        token_form,
        protocol,
        api_version
    from criteria
),

used as (
    select
        integration,
        customer,
        connector is null as is_service,
        coalesce(lower(connector), lower(split_part(split_part(endpoint, '/', 1), '.', 1))) as name,
        operation,
        token_form,
        protocol,
        api_version,
        count(*) as calls,
        count(*) filter (where status >= 400) as errors,
        max(called_at) as last_call
    from calls
    where not own
    group by
        integration,
        customer,
        connector is null,
        coalesce(lower(connector), lower(split_part(split_part(endpoint, '/', 1), '.', 1))),
        operation,
        token_form,
        protocol,
        api_version
),

concerned as (
    select used.*
    from used
    semi join asked on
        used.name = asked.name
        and (asked.operation is null or asked.operation = used.operation or used.is_service)
        and (asked.token_form is null or asked.token_form = used.token_form)
        and (asked.protocol is null or asked.protocol = used.protocol)
        and (asked.api_version is null or asked.api_version = used.api_version)
    union
    select used.*
    from used
    semi join asked on
        asked.name is null
        and (asked.operation is null or asked.operation = used.operation)
        and (asked.token_form is null or asked.token_form = used.token_form)
        and (asked.protocol is null or asked.protocol = used.protocol)
        and (asked.api_version is null or asked.api_version = used.api_version)
),

counted as (
    select
        integration,
        customer,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors,
        max(last_call) as last_call
    from concerned
    group by integration, customer
)

select
    counted.integration,
    counted.customer,
    customers.name,
    customers.branch,
    counted.calls,
    counted.errors,
    counted.last_call
from counted
left join customers on counted.customer = customers.customer
order by counted.calls desc, counted.integration asc nulls last, counted.customer asc
