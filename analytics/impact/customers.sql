-- title: Customers that changes affect
-- unit: calls
-- grain: one row per part, integration and customer with such calls; null: not known, or not logged
-- key: part, integration, customer
-- look_back: 0
-- steps: impact/used, impact/concerned
-- meaning: The customers at which an affected call is made, and their branches, as in `impact`. A part is a list of
-- changes and integrations that are asked for together ($parts, $part_changes and $part_integrations, of equal length).
-- A call counts once in a part, even if several of its changes affect it. A customer whose calls all fail is listed:
-- the change may be why they fail. own: the partner's own environment, which is not a customer.
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
