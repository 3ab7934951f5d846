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
with by_connector as (
    select
        day,
        integration,
        unnamed_customer as customer,
        lower(connector) as folded,
        sum(calls) as calls,
        added_up_if(is_error(status), calls) as errors,
        sum(duration_micros) as micros
    from daily_calls
    group by day, integration, unnamed_customer, folded
),

users as (
    select
        day,
        integration,
        customer,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors,
        sum(micros) as micros
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
        cast(micros as double) / 1000000 as seconds,
        cast(calls as double) / sum(calls) over (partition by day) as share,
        cast(micros as double) / nullif(cast(sum(micros) over (partition by day) as double), 0) as seconds_share,
        row_number() over (
            partition by day
            order by micros desc nulls last, calls desc, integration asc nulls last, customer asc
        ) as place
    from users
),

heaviest as (
    select *
    from placed
    where place <= 10
),

-- Names decide between connectors that took equally long, so they are looked up here, for ten users a day.
busiest as (
    select
        heaviest.day,
        heaviest.place,
        connectors.connector,
        row_number() over (
            partition by heaviest.day, heaviest.place
            order by by_connector.micros desc nulls last, by_connector.calls desc, connectors.connector asc
        ) as connector_place
    from heaviest
    inner join by_connector
        on
            heaviest.day = by_connector.day
            and heaviest.integration is not distinct from by_connector.integration
            and heaviest.customer is not distinct from by_connector.customer
    inner join connectors on by_connector.folded = connectors.folded
)

select
    heaviest.day,
    heaviest.place,
    heaviest.integration,
    integrations.name,
    heaviest.customer,
    busiest.connector,
    heaviest.calls,
    heaviest.errors,
    heaviest.seconds,
    heaviest.share,
    heaviest.seconds_share
from heaviest
left join busiest
    on heaviest.day = busiest.day and heaviest.place = busiest.place and busiest.connector_place = 1
left join integrations on heaviest.integration = integrations.integration
order by heaviest.day asc, heaviest.place asc
