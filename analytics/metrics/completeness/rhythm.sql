-- The hours of each stream with what they have in other weeks. Where the clock was changed between them, some jobs have moved
-- with it and some have not: then only the weeks with the same clock count, when there are three of them; else the hour is
-- looked for by the local clock and by UTC, expected is the lesser of the two medians, and it is low when it is by both.
-- Where the clock is put back, the two hours of one name are low only together, whatever they are compared with: what runs at
-- night runs once. `calls` of by_clock are those of both.
with doubled as (
    select
        week,
        hour_of_week
    from calendar
    group by week, hour_of_week
    having count(*) > 1
),

together as (
    select
        observed.stream,
        observed.week,
        observed.hour_of_week,
        sum(observed.calls) as calls
    from observed
    inner join doubled on observed.week = doubled.week and observed.hour_of_week = doubled.hour_of_week
    group by observed.stream, observed.week, observed.hour_of_week
),

by_clock as (
    select
        observed.stream,
        observed.hour,
        observed.week,
        observed.hours_ahead,
        coalesce(together.calls, observed.calls) as calls,
        percentile(others.calls, 0.5) as expected,
        4 * count(*) filter (where others.calls > 2 * coalesce(together.calls, observed.calls)) >= 3 * count(others.calls)
        and count(others.calls) > 0 as is_low,
        4 * count(*) filter (where others.calls > 0) >= 3 * count(others.calls) and count(others.calls) > 0 as is_busy,
        count(*) filter (where others.hours_ahead = observed.hours_ahead) = any_value(neighbours.weeks) as is_unmoved
    from observed
    inner join neighbours on observed.stream = neighbours.stream and observed.week = neighbours.week
    left join together
        on
            observed.stream = together.stream
            and observed.week = together.week
            and observed.hour_of_week = together.hour_of_week
    left join observed as others
        on
            neighbours.stream = others.stream
            and neighbours.other_week = others.week
            and observed.hour_of_week = others.hour_of_week
            and others.is_known
    group by observed.stream, observed.hour, observed.week, observed.hours_ahead, coalesce(together.calls, observed.calls)
),

by_utc as (
    select
        by_clock.stream,
        by_clock.hour,
        percentile(others.calls, 0.5) as expected,
        4 * count(*) filter (where others.calls > 2 * by_clock.calls) >= 3 * count(*) as is_low,
        count(*) filter (where others.hours_ahead = by_clock.hours_ahead) as alike,
        percentile(case when others.hours_ahead = by_clock.hours_ahead then others.calls end, 0.5) as expected_alike,
        count(*) filter (where others.hours_ahead = by_clock.hours_ahead and others.calls > 2 * by_clock.calls) as low_alike,
        count(*) filter (where others.hours_ahead = by_clock.hours_ahead and others.calls > 0) as busy_alike
    from by_clock
    inner join neighbours on by_clock.stream = neighbours.stream and by_clock.week = neighbours.week
    inner join observed as others
        on
            neighbours.stream = others.stream
            and by_clock.hour + to_hours(168 * (neighbours.other_week - neighbours.week)) = others.hour
    where not by_clock.is_unmoved and others.is_known
    group by by_clock.stream, by_clock.hour, by_clock.calls
)

select
    observed.stream,
    observed.hour,
    observed.day,
    observed.calls,
    observed.is_known,
    observed.is_cut,
    observed.silence,
    case when by_utc.alike >= 3 then by_utc.expected_alike else least(by_clock.expected, by_utc.expected) end as expected,
    coalesce(
        case
            when by_utc.alike >= 3 then 4 * by_utc.low_alike >= 3 * by_utc.alike
            else by_clock.is_low and coalesce(by_utc.is_low, by_clock.is_unmoved)
        end,
        false
    ) as is_low,
    coalesce(case when by_utc.alike >= 3 then 4 * by_utc.busy_alike >= 3 * by_utc.alike else by_clock.is_busy end, false) as is_busy
from observed
left join by_clock on observed.stream = by_clock.stream and observed.hour = by_clock.hour
left join by_utc on observed.stream = by_utc.stream and observed.hour = by_utc.hour
