-- Days with calls that belong together: one row per stream and island.
-- Reads: counted, calendar.
with counted_days as (
    select
        counted.stream,
        calendar.day,
        sum(counted.calls) as calls,
        min(counted.hour) as first_hour,
        max(counted.hour) as last_hour
    from counted
    inner join calendar on counted.hour = calendar.hour
    group by counted.stream, calendar.day
),

parted as (
    select
        *,
        case when date_diff('day', lag(day) over (partition by stream order by day), day) < 8 then 0 else 1 end as begins
    from counted_days
),

numbered as (
    select
        *,
        sum(begins) over (partition by stream order by day rows unbounded preceding) as island
    from parted
)

select
    stream,
    island,
    sum(calls) as calls,
    percentile(calls, 0.5) as median_day,
    min(day) as first_day,
    max(day) as last_day,
    min(first_hour) as first_hour,
    max(last_hour) as last_hour
from numbered
group by stream, island
