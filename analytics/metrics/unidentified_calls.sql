-- title: Unidentified calls
-- unit: calls
-- grain: one row per customer, user agent and connector; calls whose IntegrationId is missing or malformed
-- key: customer, user_agent, connector
-- look_back: 0
-- meaning: Where calls come from that do not say who they are: the program's name and a connector of somebody's own
-- often give the owner away. Calls whose log could not have held the header are not among them: they may have said it.
with named as (
    select
        calls.customer,
        calls.user_agent,
        spellings.connector,
        calls.called_at
    from calls
    left join spellings on calls.connector = spellings.sent
    where calls.id_status in ('missing', 'malformed')
),

counted as (
    select
        customer,
        user_agent,
        connector,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from named
    group by customer, user_agent, connector
)

select
    customer,
    user_agent,
    connector,
    calls,
    first_call,
    last_call
from counted
order by calls desc, customer asc, user_agent asc nulls last, connector asc nulls last
