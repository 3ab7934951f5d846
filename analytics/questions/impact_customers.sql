-- title: Customers whom changes concern
-- unit: calls
-- grain: one row per integration and customer with such calls, whichever of the changes; null: it is not known, or was not logged
-- key: integration, customer
-- look_back: 0
-- steps: impact/used, impact/concerned
-- meaning: At which customers, in which branch, somebody calls what is going to change, as in `impact`. A
-- partner's own environment is left out. A customer whose calls all fail is there: it may be why they
-- fail.
with once as (
    select distinct
        integration,
        customer,
        is_service,
        name,
        operation,
        token_form,
        protocol,
        api_version,
        calls,
        errors,
        last_call
    from concerned
    where not own
),

counted as (
    select
        integration,
        customer,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors,
        max(last_call) as last_call
    from once
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
