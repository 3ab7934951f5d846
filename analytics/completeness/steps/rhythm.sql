-- The hours of each stream with what they have in other weeks. Where the clock was changed between them, some jobs have moved
-- with it and some have not: then only the weeks with the same clock count, when there are three of them. Else the hour is
-- looked for by the local clock and by UTC, expected is the lesser of the two medians, and it is low when it is by both.
-- A silence is read by each clock as well (`_by_clock`, `_by_utc`): by the wrong one a job stands one hour beside where it runs,
-- so within a silence, also there. Only at one edge of it the job could have run just outside: at that hour the lesser counts.
-- Where the clock is put back, the two hours of one name are low only together, whatever they are compared with: what runs at
-- night runs once. `calls` of by_clock are those of both.
-- What fell silent for weeks is expected as before (lapses).
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
        max(others.hours_ahead) > observed.hours_ahead as was_ahead,
        count(*) = any_value(neighbours.weeks)
        and count(*) filter (where others.hours_ahead <> observed.hours_ahead) = 0 as is_unmoved
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
),

by_both as (
    select
        observed.*,
        case when by_utc.alike >= 3 then by_utc.expected_alike else by_clock.expected end as expected_by_clock,
        case
            when by_utc.alike >= 3 then by_utc.expected_alike
            else coalesce(by_utc.expected, by_clock.expected)
        end as expected_by_utc,
        case when by_utc.alike >= 3 then 4 * by_utc.low_alike >= 3 * by_utc.alike else coalesce(by_clock.is_low, false) end
            as is_low_by_clock,
        case
            when by_utc.alike >= 3 then 4 * by_utc.low_alike >= 3 * by_utc.alike
            else coalesce(by_utc.is_low, by_clock.is_unmoved, false) and (by_clock.is_low or not by_clock.is_unmoved)
        end as is_low_by_utc,
        coalesce(case when by_utc.alike >= 3 then 4 * by_utc.busy_alike >= 3 * by_utc.alike else by_clock.is_busy end, false)
            as is_busy,
        observed.calls = 0 and together.stream is null as is_silent,
        by_clock.was_ahead
    from observed
    left join by_clock on observed.stream = by_clock.stream and observed.hour = by_clock.hour
    left join by_utc on observed.stream = by_utc.stream and observed.hour = by_utc.hour
    left join together
        on
            observed.stream = together.stream
            and observed.week = together.week
            and observed.hour_of_week = together.hour_of_week
),

lesser as (
    select
        *,
        least(expected_by_clock, expected_by_utc) as expected,
        is_low_by_clock and is_low_by_utc as is_low,
        is_silent and not case when was_ahead then is_behind_calls else is_before_calls end as is_sure_by_clock,
        is_silent and not case when was_ahead then is_before_calls else is_behind_calls end as is_sure_by_utc
    from by_both
)

select
    lesser.stream,
    lesser.hour,
    lesser.day,
    lesser.calls,
    lesser.is_known,
    lesser.is_cut,
    lesser.silence,
    lesser.is_busy,
    greatest(lesser.expected, unmoved.expected) as expected,
    lesser.is_low or unmoved.stream is not null as is_low,
    greatest(
        case when lesser.is_sure_by_clock then lesser.expected_by_clock else lesser.expected end,
        unmoved.expected,
        moved.expected
    ) as expected_by_clock,
    case when lesser.is_sure_by_clock then lesser.is_low_by_clock else lesser.is_low end
    or unmoved.stream is not null
    or moved.stream is not null as is_low_by_clock,
    greatest(
        case when lesser.is_sure_by_utc then lesser.expected_by_utc else lesser.expected end,
        unmoved.expected
    ) as expected_by_utc,
    case when lesser.is_sure_by_utc then lesser.is_low_by_utc else lesser.is_low end or unmoved.stream is not null as is_low_by_utc
from lesser
left join lapses as unmoved
    on
        lesser.stream = unmoved.stream
        and lesser.week = unmoved.week
        and lesser.hour_of_week = unmoved.slot
        and lesser.is_known
        and unmoved.kind = 'hour'
        and not unmoved.is_moved
left join lapses as moved
    on
        lesser.stream = moved.stream
        and lesser.week = moved.week
        and lesser.hour_of_week = moved.slot
        and lesser.is_known
        and moved.kind = 'hour'
        and moved.is_moved
        and not case when moved.was_ahead then lesser.is_behind_calls else lesser.is_before_calls end
