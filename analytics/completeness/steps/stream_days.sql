-- The local days of each stream, with the calls of the same weekday in other weeks, or before it fell silent for weeks
-- (lapses). Only whole days are compared: neither the day on which the stream begins nor the day on which it ends.
with counted_days as (
    select
        stream,
        day,
        any_value(week) as week,
        any_value(hour_of_week) // 24 as weekday,
        sum(calls) as calls,
        min(case when is_inside then 1 else 0 end) = 1 as is_whole,
        max(case when is_known then 1 else 0 end) = 1 as is_known
    from observed
    group by stream, day
),

compared as (
    select
        counted_days.stream,
        counted_days.day,
        percentile(others.calls, 0.5) as expected,
        4 * count(*) filter (where others.calls > 2 * counted_days.calls) >= 3 * count(*) as is_low,
        4 * count(*) filter (where others.calls > 0) >= 3 * count(*) as is_busy
    from counted_days
    inner join neighbours on counted_days.stream = neighbours.stream and counted_days.week = neighbours.week
    inner join counted_days as others
        on
            neighbours.stream = others.stream
            and neighbours.other_week = others.week
            and counted_days.weekday = others.weekday
    where counted_days.is_whole and others.is_whole and others.is_known
    group by counted_days.stream, counted_days.day, counted_days.calls
)

select
    counted_days.stream,
    counted_days.day,
    counted_days.calls,
    counted_days.is_whole,
    counted_days.is_known,
    greatest(compared.expected, lapses.expected) as expected,
    coalesce(compared.is_low, false) or lapses.stream is not null as is_low,
    coalesce(compared.is_busy, false) as is_busy
from counted_days
left join compared on counted_days.stream = compared.stream and counted_days.day = compared.day
left join lapses
    on
        counted_days.stream = lapses.stream
        and counted_days.week = lapses.week
        and counted_days.weekday = lapses.slot
        and lapses.kind = 'day'
