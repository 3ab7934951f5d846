-- The days of each stream that are holidays for it: on which the other streams that have calls, in three hours at least, have
-- less than half of the usual (their median). Where no other stream tells, the calendar of the Netherlands does. A stream's own
-- silence is no holiday.
with levels as (
    select
        stream,
        day,
        sum(calls) / sum(expected) as level
    from rhythm
    where calls > 0 and expected > 0
    group by stream, day
    having count(*) >= 3
),

ranked as (
    select
        stream,
        day,
        level,
        row_number() over (partition by day order by level, stream) as place,
        count(*) over (partition by day) as streams
    from levels
),

-- The median of the others is in the middle of all of them, one further where the stream's own level stands before it.
middles as (
    select
        stream_days.stream,
        stream_days.day,
        coalesce(of_day.streams, 0) - case when own.place is null then 0 else 1 end as others,
        coalesce(own.place, of_day.streams + 1) as place
    from stream_days
    left join (select day, max(streams) as streams from ranked group by day) as of_day on stream_days.day = of_day.day
    left join ranked as own on stream_days.stream = own.stream and stream_days.day = own.day
),

placed as (
    select
        stream,
        day,
        others,
        (others + 1) // 2 + case when (others + 1) // 2 >= place then 1 else 0 end as lower,
        others // 2 + 1 + case when others // 2 + 1 >= place then 1 else 0 end as upper
    from middles
)

select
    placed.stream,
    placed.day
from placed
left join ranked as lower_ones on placed.day = lower_ones.day and placed.lower = lower_ones.place
left join ranked as upper_ones on placed.day = upper_ones.day and placed.upper = upper_ones.place
left join holidays on placed.day = holidays.day
where case when placed.others > 0 then lower_ones.level + upper_ones.level < 1.0 else holidays.day is not null end
