-- The rule about calls that are under way at the same time, `parallel`. The sixth call of a caller at a customer breaks
-- it, and so does each one after it. Only calls beside which five others may be under way are looked at. One row per
-- integration, customer, own and connector with such calls, and one per integration for all other calls with a
-- duration.
-- Each call begins and ends; the number of beginnings minus the number of ends is how many are under way. A call that
-- ends at the moment at which another begins is over.
-- Reads: timed.
-- steps: practices/crowded_calls
with events as (
    select
        *,
        surely_from as moment,
        1 as step
    from crowded_calls
    union all
    select
        *,
        until as moment,
        -1 as step
    from crowded_calls
),

under_way as (
    select
        integration,
        customer,
        own,
        connector,
        called_at,
        step,
        sum(step) over (
            partition by caller, customer, environment order by moment, step rows unbounded preceding
        ) as calls_at_once
    from events
),

too_many as (
    select
        integration,
        customer,
        own,
        connector,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from under_way
    where step = 1 and calls_at_once > 5
    group by integration, customer, own, connector
),

counted as (
    select
        integration,
        count(*) as calls
    from timed
    where until is not null
    group by integration
    union all
    select
        integration,
        -calls as calls
    from too_many
)

select
    'parallel' as rule,
    integration,
    customer,
    own,
    connector,
    true as is_broken,
    calls,
    first_call,
    last_call
from too_many
union all
select
    'parallel' as rule,
    integration,
    null as customer,
    null as own,
    null as connector,
    false as is_broken,
    sum(calls) as calls,
    null as first_call,
    null as last_call
from counted
group by integration
