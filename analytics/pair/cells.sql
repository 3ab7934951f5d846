-- title: The calls of one pair by the hour
-- unit: calls
-- grain: one row per hour (UTC), connector, operation, outcome and status of the calls in scope
-- key: hour, connector, operation, outcome, status
-- look_back: 0
-- meaning: The scope holds the calls of one integration at one customer. Where its calls begin to fail, and what fails,
-- is read from these counts. is_good: the calls succeeded and were no log-in.
select
    hour_of(calls.called_at) as hour,
    connectors.connector,
    calls.operation,
    calls.outcome,
    calls.status,
    is_served(calls.status, calls.operation) as is_good,
    count(*) as calls,
    min(calls.called_at) as first_call,
    max(calls.called_at) as last_call
from calls
left join connectors on lower(calls.connector) = connectors.folded
group by hour, connectors.connector, calls.operation, calls.outcome, calls.status, is_good
order by hour asc, connectors.connector asc nulls last, calls.operation asc, calls.outcome asc, calls.status asc
