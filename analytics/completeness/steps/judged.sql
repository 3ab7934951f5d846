-- The state of each hour by the rhythm of its stream. If a day was found as a whole, its missing calls are expected in
-- the hours that have them in other weeks. If those add up to less than half of the day's calls, each hour gets a 24th.
-- A silence at the end of a stream, and one of more than eight weeks, is missing as a whole if a part of it is missing:
-- what to expect that far away is not known.
with shares as (
    select
        weighed.stream,
        weighed.day,
        case
            when 2 * sum(weighed.expected) >= any_value(found_days.expected)
                then any_value(found_days.expected) / sum(weighed.expected)
        end as scale
    from weighed
    inner join found_days on weighed.stream = found_days.stream and weighed.day = found_days.day
    group by weighed.stream, weighed.day
),

expecting as (
    select
        weighed.*,
        found_days.found,
        case
            when shares.scale is null then found_days.expected / 24
            else coalesce(weighed.expected, 0) * shares.scale
        end as expected_by_day
    from weighed
    left join found_days on weighed.stream = found_days.stream and weighed.day = found_days.day
    left join shares on weighed.stream = shares.stream and weighed.day = shares.day
),

found as (
    select
        *,
        is_missing or coalesce(found = 'silent' and expected_by_day > 0, false) as is_found
    from expecting
),

long_silences as (
    select
        stream,
        silence
    from found
    where is_long_silence and calls = 0 and is_found
    group by stream, silence
)

select
    found.stream,
    found.hour,
    found.day,
    case when found.found is not null and not found.is_missing then found.expected_by_day else found.expected end as expected,
    case
        when found.is_found or long_silences.stream is not null then 'missing'
        when found.is_thin or found.found = 'thin' and found.calls < found.expected_by_day then 'thin'
        else 'complete'
    end as state,
    case when found.is_known then 'silent' else 'stopped' end as why_missing,
    case when found.is_holiday then 'holiday' else 'low' end as why_thin
from found
left join long_silences
    on
        found.stream = long_silences.stream
        and found.silence = long_silences.silence
        and found.calls = 0
        and found.is_long_silence
