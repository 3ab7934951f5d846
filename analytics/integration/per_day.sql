-- title: Integrations per day
-- unit: calls
-- grain: one row per integration with a call in scope and day of the period that the lake covers
-- key: integration, day
-- look_back: 0
-- meaning: How each integration developed: the small chart beside its name.
with counted as (
    select
        integration,
        day,
        added_up(calls) as calls
    from daily_calls
    where integration is not null
    group by integration, day
),

active as (
    select distinct integration
    from counted
)

select
    active.integration,
    days.day,
    coalesce(counted.calls, 0) as calls
from active
cross join days
left join counted on active.integration = counted.integration and days.day = counted.day
order by active.integration asc, days.day asc
