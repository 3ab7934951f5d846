-- title: What the calls of one pair ended in
-- unit: calls
-- grain: one row per connector, operation, outcome and status of the calls in scope
-- key: connector, operation, outcome, status
-- look_back: 0
-- meaning: The scope holds the calls of one integration at one customer. calls_before were made before $since,
-- calls_during from then until before $until, calls_later after that. Without $since all are before.
select
    connectors.connector,
    calls.operation,
    calls.outcome,
    calls.status,
    count(*) filter (where cast($since as timestamptz) is null or calls.called_at < cast($since as timestamptz)) as calls_before,
    count(*) filter (where calls.called_at >= cast($since as timestamptz) and calls.called_at < cast($until as timestamptz)) as calls_during,
    count(*) filter (where calls.called_at >= cast($since as timestamptz) and calls.called_at >= cast($until as timestamptz)) as calls_later
from calls
left join connectors on lower(calls.connector) = connectors.folded
group by connectors.connector, calls.operation, calls.outcome, calls.status
order by
    calls_during desc, calls_before desc, connectors.connector asc nulls last, calls.operation asc, calls.outcome asc,
    calls.status asc
