-- title: Calls that may carry the id unseen
-- unit: calls
-- grain: one row
-- key: none
-- look_back: 0
-- meaning: The calls of logs that have no place for the IntegrationId, at customers of the integration $integration. Nobody
-- can tell whose they are. Ask this without the integration in the scope.
with its_customers as (
    select distinct customer
    from customer_days
    where integration = $integration
)

select
    added_up(calls) as calls,
    count(distinct customer) as customers
from customer_days
where id_status = 'not_logged' and customer in (select its_customers.customer from its_customers)
