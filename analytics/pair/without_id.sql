-- title: Calls of a pair's own program without its id
-- unit: calls
-- grain: one row per program and id as sent, of calls at the customer $customer since $since that have no valid id
-- key: user_agent, integration_id, id_status
-- look_back: 0
-- meaning: A connection that seems to end may go on without an IntegrationId, or with one that is not valid. The program
-- is the integration's own: it sent the id $integration at this customer, and no other integration there uses it.
with here as (
    select
        called_at,
        user_agent,
        integration,
        integration_id,
        id_status
    from calls
    where customer = $customer and user_agent is not null
),

its_own as (
    select user_agent
    from here
    where integration is not null
    group by user_agent
    having min(integration) = $integration and max(integration) = $integration
)

select
    here.user_agent,
    here.integration_id,
    here.id_status,
    count(*) as calls,
    min(here.called_at) as first_call,
    max(here.called_at) as last_call
from here
inner join its_own on here.user_agent = its_own.user_agent
where here.id_status in ('missing', 'malformed') and here.called_at >= cast($since as timestamptz)
group by here.user_agent, here.integration_id, here.id_status
order by calls desc, here.user_agent asc, here.integration_id asc nulls last
