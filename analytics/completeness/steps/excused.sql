-- The holidays of each stream: the days on which its witnesses have less than half of their usual calls (the median of
-- the witnesses). A witness is another stream with calls in at least three hours of the day. The stream's own silence
-- proves no holiday.
-- A stream rests at weekends if it has fewer than half as many calls a day as on workdays. Only other streams that rest
-- are its witnesses, because a job that runs every day says nothing about offices. If there is none, the calendar of
-- the Netherlands decides.
-- For any other stream, all others are witnesses, and the calendar does not count: a stream that works on Sundays works
-- on holidays.
with resting as (
    select stream
    from stream_days
    where is_known
    group by stream
    having
        2 * added_up_if(isodow(day) >= 6, calls) * count(*) filter (where isodow(day) < 6)
        < added_up_if(isodow(day) < 6, calls) * count(*) filter (where isodow(day) >= 6)
),

levels as (
    select
        stream,
        day,
        sum(calls) / sum(expected) as level,
        stream in (from resting) as is_resting
    from rhythm
    where calls > 0 and expected > 0
    group by stream, day
    having count(*) >= 3
),

-- A stream that rests at weekends is a witness for all streams, and once more for those that rest too.
witnesses as (
    select
        levels.*,
        askers.rest
    from levels
    inner join (values (false), (true)) as askers (rest) on levels.is_resting or not askers.rest
),

ranked as (
    select
        stream,
        day,
        level,
        rest,
        row_number() over (partition by day, rest order by level, stream) as place,
        count(*) over (partition by day, rest) as streams
    from witnesses
),

asking as (
    select
        stream,
        day,
        stream in (from resting) as rests
    from stream_days
),

-- The median of the other streams is in the middle of them, one place further if the stream's own level comes before it.
middles as (
    select
        asking.stream,
        asking.day,
        asking.rests,
        coalesce(of_day.streams, 0) - case when own.place is null then 0 else 1 end as others,
        coalesce(own.place, of_day.streams + 1) as place
    from asking
    left join (select day, rest, max(streams) as streams from ranked group by day, rest) as of_day
        on asking.day = of_day.day and asking.rests = of_day.rest
    left join ranked as own on asking.stream = own.stream and asking.day = own.day and asking.rests = own.rest
),

placed as (
    select
        stream,
        day,
        rests,
        others,
        (others + 1) // 2 + case when (others + 1) // 2 >= place then 1 else 0 end as lower,
        others // 2 + 1 + case when others // 2 + 1 >= place then 1 else 0 end as upper
    from middles
)

select
    placed.stream,
    placed.day
from placed
left join ranked as lower_ones
    on placed.day = lower_ones.day and placed.rests = lower_ones.rest and placed.lower = lower_ones.place
left join ranked as upper_ones
    on placed.day = upper_ones.day and placed.rests = upper_ones.rest and placed.upper = upper_ones.place
left join holidays on placed.day = holidays.day
where case
    when placed.others > 0 then lower_ones.level + upper_ones.level < 1.0
    else placed.rests and holidays.day is not null
end
