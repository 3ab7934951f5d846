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
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors,
        min(first_call) as first_call,
        max(last_call) as last_call
    from daily_calls
    where id_status = 'valid'
    group by integration, partner, project
),

customers_counted as (
    select
        integration,
        count(distinct customer) as customers
    from customer_months
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration
)

select
    counted.integration,
    counted.partner,
    counted.project,
    integrations.name,
    coalesce(customers_counted.customers, 0) as customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    counted.first_call,
    counted.last_call
from counted
left join customers_counted on counted.integration = customers_counted.integration
left join integrations on counted.integration = integrations.integration
order by counted.calls desc, counted.integration asc
