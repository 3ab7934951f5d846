-- The state of each hour, and the reason: the judgement by the rhythm, overruled by rejected lines. One row per stream
-- and hour.
-- steps: completeness/heard, completeness/counted, completeness/calendar, completeness/holidays, completeness/lives,
-- completeness/borders, completeness/ends, completeness/observed, completeness/neighbours, completeness/lapses,
-- completeness/rhythm, completeness/stream_days, completeness/bursts, completeness/excused, completeness/silences, completeness/weighed,
-- completeness/found_days, completeness/judged, completeness/quarantine
select
    coalesce(judged.stream, quarantine.stream) as stream,
    coalesce(judged.hour, quarantine.hour) as hour,
    coalesce(judged.day, quarantine.day) as day,
    case
        when quarantine.hour is not null then greatest(coalesce(judged.expected, 0.0), quarantine.rejects)
        else judged.expected
    end as expected,
    case when quarantine.hour is not null then 'missing' else judged.state end as state,
    case
        when quarantine.hour is not null then 'rejected'
        when judged.state = 'missing' then judged.why_missing
        when judged.state = 'thin' then judged.why_thin
    end as why
from judged
full join quarantine on judged.stream = quarantine.stream and judged.hour = quarantine.hour
