-- The calls of each hour of the week, and of each of its days: one row per stream, kind of slot, week and slot.
-- Reads: observed.
select
    stream,
    'hour' as kind,
    week,
    hour_of_week as slot,
    count(*) as hours,
    sum(calls) as calls,
    max(hours_ahead) as hours_ahead
from observed
where is_known
group by stream, week, hour_of_week
union all
select
    stream,
    'day' as kind,
    week,
    hour_of_week // 24 as slot,
    1 as hours,
    sum(calls) as calls,
    0 as hours_ahead
from observed
group by stream, week, hour_of_week // 24
having min(case when is_inside then 1 else 0 end) = 1 and max(case when is_known then 1 else 0 end) = 1
