-- Each hour, with the same hour of other weeks by the local clock: one row per stream and hour.
-- Reads: observed, neighbours, together.
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
