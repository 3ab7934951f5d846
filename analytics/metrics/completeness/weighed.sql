-- The hours of each stream with what says whether they are missing or thin.
select
    rhythm.stream,
    rhythm.hour,
    rhythm.day,
    rhythm.calls,
    rhythm.expected,
    rhythm.silence,
    rhythm.is_known,
    rhythm.is_low,
    excused.day is not null as is_holiday,
    not rhythm.is_known or silences.hours > 1344 as is_long_silence,
    rhythm.calls = 0 and rhythm.is_low and excused.day is null and silences.missed >= 10 as is_missing,
    rhythm.is_low and case
        when rhythm.calls = 0 then excused.day is not null and silences.missed_with_holidays >= 10
        else
            not rhythm.is_cut
            and 2 * (sqrt(rhythm.expected) - sqrt(rhythm.calls)) >= 5 * sqrt(coalesce(bursts.of_hours, 1.0))
    end as is_thin
from rhythm
left join excused on rhythm.stream = excused.stream and rhythm.day = excused.day
left join bursts on rhythm.stream = bursts.stream
left join silences
    on rhythm.stream = silences.stream and rhythm.silence = silences.silence and rhythm.calls = 0
