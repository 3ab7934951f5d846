-- The calls that break the rule about calls that are under way at the same time, `parallel`: the sixth call of a caller, and
-- each one after it. One row per integration, customer, own and connector.
-- Each call begins and ends; the number of beginnings minus the number of ends is how many are under way. A call that
-- ends at the moment at which another begins is over. After the last end of one caller none of its calls is under way, so
-- the sum begins at 0 for the next caller. Only three numbers per beginning and end are sorted, because all calls are.
-- Of calls that begin at the same moment, those that come last in the log are too many.
-- Reads: callers, timed.
with events as (
    select
        caller,
        surely_from as moment,
        1 as step
    from timed
    where until > surely_from
    union all
    select
        caller,
        until as moment,
        -1 as step
    from timed
    where until > surely_from
),

under_way as (
    select
        caller,
        moment,
        step,
        sum(step) over (order by caller, moment, step rows unbounded preceding) as calls_at_once
    from events
),

too_many as (
    select
        caller,
        moment,
        count(*) as calls
    from under_way
    where step = 1 and calls_at_once > 5
    group by caller, moment
),

last_first as (
    select
        timed.caller,
        timed.integration,
        timed.own,
        timed.connector,
        timed.called_at,
        row_number() over (
            partition by timed.caller, timed.surely_from
            order by timed.load_id desc, timed.line_number desc, timed.connector desc, timed.until desc
        ) <= too_many.calls as is_broken
    from timed
    inner join too_many on timed.caller = too_many.caller and timed.surely_from = too_many.moment
    where timed.until > timed.surely_from
)

select
    'parallel' as rule,
    last_first.integration,
    callers.customer,
    last_first.own,
    last_first.connector,
    count(*) as calls,
    min(last_first.called_at) as first_call,
    max(last_first.called_at) as last_call
from last_first
inner join callers on last_first.caller = callers.caller
where last_first.is_broken
group by last_first.integration, callers.customer, last_first.own, last_first.connector
