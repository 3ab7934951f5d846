-- title: Unidentified calls
-- unit: calls
-- grain: one row per customer, user agent and connector; only calls whose IntegrationId is missing or malformed
-- key: customer, user_agent, connector
-- look_back: 0
-- meaning: The origin of calls that do not say which integration made them. The name of the program, or a connector
-- that only one partner uses, often shows who made them. Calls whose log could not have held the header are left out,
-- because they may have sent an id.
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
