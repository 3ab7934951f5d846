-- title: Unidentified calls
-- unit: calls
-- grain: one row per customer, user agent and connector; only calls whose IntegrationId is missing or malformed
-- key: customer, user_agent, connector
-- look_back: 0
-- meaning: The origin of calls that do not say which integration made them. The name of the program, or a connector
-- that only one partner uses, often shows who made them. Calls whose log could not have held the header are left out,
-- because they may have sent an id.
with counted as (
    select
        unnamed_customer as customer,
        user_agent,
        lower(connector) as folded,
        cast(sum(calls) as bigint) as calls,
        min(first_call) as first_call,
        max(last_call) as last_call
    from daily_senders
    where id_status in ('missing', 'malformed')
    group by unnamed_customer, user_agent, folded
)

select
    counted.customer,
    counted.user_agent,
    connectors.connector,
    counted.calls,
    counted.first_call,
    counted.last_call
from counted
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc, counted.customer asc, counted.user_agent asc nulls last, connectors.connector asc nulls last
