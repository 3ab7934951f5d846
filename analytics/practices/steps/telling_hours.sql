-- The hours that show the order of events: one row per caller, customer, environment and hour with a call.
-- Reads: timed.
with hours as (
    select
        caller,
        customer,
        environment,
        hour_of(called_at) as hour,
        bool_or(status in (401, 403, 503)) as is_telling
    from timed
    group by caller, customer, environment, hour_of(called_at)
)

select
    caller,
    customer,
    environment,
    hour,
    is_telling or lag(is_telling, 1, false) over (
        partition by caller, customer, environment order by hour
    ) as is_wanted
from hours
