-- title: The heaviest users
-- unit: seconds
-- grain: one row per day and place, from 1 to 10
-- key: day, place
-- look_back: 0
-- meaning: The users that kept the service busy longest on each day. A user is an integration, at all of its customers.
-- If a call has no valid id, logged or not, its user is the customer.
-- seconds: the total duration of the user's calls. Null if no log has durations; then the number of calls decides.
-- connector: the one that took most of this time. share: the user's fraction of all calls of the day in scope.
-- seconds_share: its fraction of their duration.
with named as (
    select
        calls.day,
        calls.integration,
        case when calls.integration is null then calls.customer end as customer,
        spellings.connector,
        calls.status,
        calls.duration_ms
    from calls
    left join spellings on calls.connector = spellings.sent
),

by_connector as (
    select
        day,
        integration,
        customer,
        connector,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        sum(cast(duration_ms as decimal(18, 3))) as ms  -- whole microseconds: sums of floats differ from run to run
    from named
    group by day, integration, customer, connector
),

users as (
    select
        day,
        integration,
        customer,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors,
        sum(ms) as ms
    from by_connector
    group by day, integration, customer
),

placed as (
    select
        day,
        integration,
        customer,
        calls,
        errors,
        cast(ms as double) / 1000 as seconds,
        cast(calls as double) / sum(calls) over (partition by day) as share,
        cast(ms as double) / nullif(cast(sum(ms) over (partition by day) as double), 0) as seconds_share,
        row_number() over (
            partition by day
            order by ms desc nulls last, calls desc, integration asc nulls last, customer asc
        ) as place
    from users
),

busiest as (
    select
        day,
        integration,
        customer,
        connector,
        row_number() over (
            partition by day, integration, customer
            order by ms desc nulls last, calls desc, connector asc
        ) as place
    from by_connector
    where connector is not null
)

select
    placed.day,
    placed.place,
    placed.integration,
    integrations.name,
    placed.customer,
    busiest.connector,
    placed.calls,
    placed.errors,
    placed.seconds,
    placed.share,
    placed.seconds_share
from placed
left join busiest
    on
        placed.day = busiest.day
        and placed.integration is not distinct from busiest.integration
        and placed.customer is not distinct from busiest.customer
        and busiest.place = 1
left join integrations on placed.integration = integrations.integration
where placed.place <= 10
order by placed.day asc, placed.place asc
