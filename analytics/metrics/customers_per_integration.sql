-- title: Customers per integration
-- unit: customers
-- grain: one row per identified integration with a call
-- key: integration
-- look_back: 0
-- meaning: A customer of an integration made at least one call that carries the integration's id, succeeded and was not
-- a log-in. The partner's own environment is not a customer. Calls and errors include those to the partner's own
-- environment.
with counted as (
    select
        integration,
        partner,
        project,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        min(called_at) as first_call,
        max(called_at) as last_call
    from calls
    where id_status = 'valid'
    group by integration, partner, project
)

select
    counted.integration,
    counted.partner,
    counted.project,
    integrations.name,
    counted.customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.first_call,
    counted.last_call
from counted
left join integrations on counted.integration = integrations.integration
order by counted.calls desc, counted.integration asc
