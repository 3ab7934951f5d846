-- The unbroken silences of each stream: the number of calls expected in each, bursts counted once, with and without
-- those of holidays. Ten or more are no chance: by Poisson p(0) < 1 in 20,000. Neither clock expects more calls in a
-- silence than are missing, so the clock that expects more is believed; if both expect the same, the local one.
with expecting as (
    select
        rhythm.stream,
        rhythm.silence,
        excused.day is not null as is_holiday,
        case when rhythm.is_low_by_clock then rhythm.expected_by_clock else 0.0 end as by_clock,
        case when rhythm.is_low_by_utc then rhythm.expected_by_utc else 0.0 end as by_utc
    from rhythm
    left join excused on rhythm.stream = excused.stream and rhythm.day = excused.day
    where rhythm.calls = 0
),

summed as (
    select
        stream,
        silence,
        count(*) as hours,
        sum(case when is_holiday then 0.0 else by_clock end) as by_clock,
        sum(case when is_holiday then 0.0 else by_utc end) as by_utc,
        sum(by_clock) as by_clock_with_holidays,
        sum(by_utc) as by_utc_with_holidays
    from expecting
    group by stream, silence
)

select
    summed.stream,
    summed.silence,
    summed.hours,
    summed.by_utc > summed.by_clock as is_by_utc,
    greatest(summed.by_clock, summed.by_utc) / coalesce(bursts.of_hours, 1.0) as missed,
    case when summed.by_utc > summed.by_clock then summed.by_utc_with_holidays else summed.by_clock_with_holidays end
    / coalesce(bursts.of_hours, 1.0) as missed_with_holidays
from summed
left join bursts on summed.stream = bursts.stream
