-- title: Customers whom changes concern
-- unit: calls
-- grain: one row per part, integration and customer with such calls; null: it is not known, or was not logged
-- key: part, integration, customer
-- look_back: 0
-- steps: impact/used, impact/concerned
-- meaning: At which customers, in which branch, somebody calls what is going to change, as in `impact`. Parts are what is asked
-- for together, each a list of changes and integrations ($parts, $part_changes, $part_integrations, of equal length): a call
-- counts once in a part, however many of its changes are about it. own: the partner's own environment, which is no customer. A
-- customer whose calls all fail is there: it may be why they fail.
with parts as (
    select
        unnest(cast($parts as varchar[])) as part,
        unnest(cast($part_changes as integer[])) as change,
        unnest(cast($part_integrations as varchar[])) as integration
),

once as (
    select distinct
        parts.part,
        concerned.integration,
        concerned.partner,
        concerned.customer,
        concerned.own,
        concerned.is_service,
        concerned.name,
        concerned.operation,
        concerned.endpoint,
        concerned.token_form,
        concerned.protocol,
        concerned.api_version,
        concerned.calls,
        concerned.errors,
        concerned.last_call
    from parts
    inner join concerned on parts.change = concerned.change and parts.integration is not distinct from concerned.integration
),

counted as (
    select
        part,
        integration,
        max(partner) as partner,
        customer,
        bool_or(own) as own,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors,
        max(last_call) as last_call
    from once
    group by part, integration, customer
)

select
    counted.part,
    counted.integration,
    counted.partner,
    counted.customer,
    customers.name,
    customers.branch,
    counted.own,
    counted.calls,
    counted.errors,
    counted.last_call
from counted
left join customers on counted.customer = customers.customer
order by counted.part asc, counted.calls desc, counted.integration asc nulls last, counted.customer asc
