-- The hours of each stream with what says whether they are missing or thin. Of a silence, as the clock reads it that is believed.
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
)

select
    believed.stream,
    believed.hour,
    believed.day,
    believed.calls,
    believed.expected,
    believed.silence,
    believed.is_known,
    believed.is_low,
    excused.day is not null as is_holiday,
    not believed.is_known or believed.hours > 1344 as is_long_silence,
    believed.calls = 0 and believed.is_low and excused.day is null and believed.missed >= 10 as is_missing,
    believed.is_low and case
        when believed.calls = 0 then excused.day is not null and believed.missed_with_holidays >= 10
        else
            not believed.is_cut
            and 2 * (sqrt(believed.expected) - sqrt(believed.calls)) >= 5 * sqrt(coalesce(bursts.of_hours, 1.0))
    end as is_thin
from believed
left join excused on believed.stream = excused.stream and believed.day = excused.day
left join bursts on believed.stream = bursts.stream
