-- The hours of each stream, from its first one to the last in which its silence is judged. Calls after its life are
-- stray; `calls` are those of its life.
with filled as (
    select
        ends.stream,
        ends.first_hour,
        ends.last_hour,
        ends.end_hour,
        ends.lake_hour,
        calendar.*,
        case when calendar.hour <= ends.last_hour then coalesce(counted.calls, 0) else 0 end as calls
    from ends
    inner join calendar on calendar.hour between ends.first_hour and ends.end_hour
    left join counted on ends.stream = counted.stream and calendar.hour = counted.hour
)

select
    stream,
    hour,
    day,
    week,
    hour_of_week,
    hours_ahead,
    calls,
    hour <= last_hour as is_known,
    hour > first_hour and hour < end_hour as is_inside,
    hour in (first_hour, lake_hour) as is_cut,
    sum(case when calls > 0 then 1 else 0 end) over (partition by stream order by hour rows unbounded preceding) as silence,
    coalesce(lag(calls) over (partition by stream order by hour), 1) > 0 as is_behind_calls,
    coalesce(lead(calls) over (partition by stream order by hour), 1) > 0 as is_before_calls
from filled
