-- The hours of each stream, with the same hours in other weeks. If the clock changed between them, some jobs moved with
-- it and some did not. If at least three of the weeks have the same clock, only those count. Otherwise the hour is
-- looked up by the local clock and by UTC; the smaller median is expected, and the hour is low if it is low by both.
-- A silence is also read by each clock alone (`_by_clock`, `_by_utc`). By the wrong clock, a job stands one hour beside
-- the hour in which it runs. Within a silence that makes no difference, because the job is missing in both hours. Only
-- at one edge of the silence the job may have run just outside it; at that hour, the smaller number counts.
-- If the clock is put back, two hours have the same name. They are low only together, because a nightly job runs once,
-- whichever of the two it is compared with. `calls` of by_clock are those of both hours.
-- A part of the week that fell silent for weeks is expected as before (lapses).
-- steps: completeness/together, completeness/by_clock, completeness/by_utc
with by_both as (
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
