-- Each hour, with the same hour of other weeks by UTC, if the clock changed between the weeks: one row per stream and
-- hour.
-- Reads: observed, neighbours, by_clock.
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
