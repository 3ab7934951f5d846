-- title: First call of each integration
-- unit: calls
-- grain: one row per integration with a call
-- key: integration
-- look_back: 0
-- meaning: When the first call with the id of the integration was made, and at which customer. `name` is null if the registry
-- does not know it.
with firsts as (
    select
        integration,
        min(first_call) as first_call,
        arg_min(customer, first_call) as customer
    from customer_days
    where integration is not null
    group by integration
)

select
    firsts.integration,
    integrations.name,
    firsts.customer,
    firsts.first_call
from firsts
left join integrations on firsts.integration = integrations.integration
order by firsts.first_call asc, firsts.integration asc
