-- title: Where the calls of one pair turned
-- unit: calls
-- grain: one row per connector of the calls in scope, and one for all of them (is_total)
-- key: is_total, connector
-- look_back: 0
-- meaning: The scope holds the calls of one integration at one customer. last_good is the last call that succeeded and
-- was no log-in, first_bad the first error after it (the first error of all, where no call succeeded). The calls since
-- last_good are errors or log-ins.
with told as (
    select
        connectors.connector,
        calls.called_at,
        is_error(calls.status) as is_bad,
        is_served(calls.status, calls.operation) as is_good
    from calls
    left join connectors on lower(calls.connector) = connectors.folded
),

spread as (
    select
        false as is_total,
        connector,
        called_at,
        is_bad,
        is_good
    from told
    union all
    select
        true as is_total,
        null as connector,
        called_at,
        is_bad,
        is_good
    from told
),

turned as (
    select
        *,
        max(case when is_good then called_at end) over (partition by is_total, connector) as last_good
    from spread
)

select
    is_total,
    connector,
    count(*) as calls,
    count(*) filter (where is_bad) as errors,
    min(called_at) as first_call,
    max(called_at) as last_call,
    any_value(last_good) as last_good,
    min(case when is_bad and called_at > coalesce(last_good, cast('-infinity' as timestamptz)) then called_at end) as first_bad
from turned
group by is_total, connector
order by is_total desc, calls desc, connector asc nulls last
