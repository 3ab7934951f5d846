-- The hours of each stream, with everything that decides whether they are missing or thin. A silence is read by the
-- clock that is believed.
-- Silence is followed in two ways: hour by hour, and day by day in the same hour (a streak). A job of three calls a
-- night is not missed after one silent night, but after five. A streak needs 15 missed calls, because it may begin in
-- each hour of each day: with 10, one in ten logs of two calls an hour would have one by chance in 100 days. Hours that
-- are missing by their own silence do not count for a streak. Otherwise a long gap would also condemn the silent hours
-- beside it.
with believed as (
    select
        rhythm.stream,
        rhythm.hour,
        rhythm.day,
        rhythm.calls,
        rhythm.silence,
        rhythm.is_known,
        rhythm.is_cut,
        silences.hours,
        silences.missed,
        silences.missed_with_holidays,
        case
            when silences.is_by_utc then rhythm.expected_by_utc
            when rhythm.calls = 0 then rhythm.expected_by_clock
            else rhythm.expected
        end as expected,
        case
            when silences.is_by_utc then rhythm.is_low_by_utc
            when rhythm.calls = 0 then rhythm.is_low_by_clock
            else rhythm.is_low
        end as is_low
    from rhythm
    left join silences
        on rhythm.stream = silences.stream and rhythm.silence = silences.silence and rhythm.calls = 0
),

placed as (
    select
        believed.*,
        excused.day is not null as is_holiday,
        coalesce(bursts.of_hours, 1.0) as burst,
        calendar.hour_of_week % 24 as hour_of_day,
        sum(case when believed.calls > 0 then 1 else 0 end) over (
            partition by believed.stream, calendar.hour_of_week % 24 order by believed.hour rows unbounded preceding
        ) as streak
    from believed
    inner join calendar on believed.hour = calendar.hour
    left join excused on believed.stream = excused.stream and believed.day = excused.day
    left join bursts on believed.stream = bursts.stream
),

streaks as (
    select
        stream,
        hour_of_day,
        streak,
        sum(case when is_low and not is_holiday and missed < 10 then expected else 0.0 end) / any_value(burst) as missed
    from placed
    where calls = 0
    group by stream, hour_of_day, streak
)

select
    placed.stream,
    placed.hour,
    placed.day,
    placed.calls,
    placed.expected,
    placed.silence,
    placed.is_known,
    placed.is_low,
    placed.is_holiday,
    not placed.is_known or placed.hours > 1344 as is_long_silence,
    placed.calls = 0
    and placed.is_low
    and not placed.is_holiday
    and (placed.missed >= 10 or coalesce(streaks.missed >= 15, false)) as is_missing,
    placed.is_low and case
        when placed.calls = 0 then placed.is_holiday and placed.missed_with_holidays >= 10
        else
            not placed.is_cut
            and 2 * (sqrt(placed.expected) - sqrt(placed.calls)) >= 5 * sqrt(placed.burst)
    end as is_thin
from placed
left join streaks
    on
        placed.stream = streaks.stream
        and placed.hour_of_day = streaks.hour_of_day
        and placed.streak = streaks.streak
        and placed.calls = 0
