-- title: Streams and their lives
-- unit: calls
-- grain: one row per stream with a call or a rejected line that may be seen
-- key: stream
-- look_back: 0
-- steps: completeness/heard, completeness/counted, completeness/calendar,
-- completeness/holidays, completeness/lives, completeness/borders, completeness/ends,
-- completeness/observed, completeness/neighbours, completeness/lapses,
-- completeness/rhythm, completeness/stream_days, completeness/bursts,
-- completeness/excused,
-- completeness/quarantine
-- meaning: The life of each stream: its first and last hour, without stray calls far away from all others, and the hour
-- until which its silence is judged. A stream goes on, was declared to have ended, handed its customers over to other
-- streams, or has stopped. Where it begins, it may continue another stream. It has power if ten silent days would be
-- noticed. The scope does not narrow this.
with by_day as (
    select
        stream_days.stream,
        avg(case when stream_days.is_whole and excused.day is null then stream_days.expected / coalesce(bursts.of_days, 1.0) end)
            as expected,
        count(*) as days,
        count(*) filter (where stream_days.calls > 0) as active_days
    from stream_days
    left join excused on stream_days.stream = excused.stream and stream_days.day = excused.day
    left join bursts on stream_days.stream = bursts.stream
    where stream_days.is_known
    group by stream_days.stream
),

by_hour as (
    select
        rhythm.stream,
        avg(rhythm.expected / coalesce(bursts.of_hours, 1.0)) as expected
    from rhythm
    left join bursts on rhythm.stream = bursts.stream
    where rhythm.is_known
    group by rhythm.stream
),

powers as (
    select
        by_day.stream,
        coalesce(10 * by_day.expected >= 10, false)
        or coalesce(240 * by_hour.expected >= 10, false)
        or power(1 - least(by_day.active_days / by_day.days, 0.9), 10) < 1 / 20000 as has_power
    from by_day
    inner join by_hour on by_day.stream = by_hour.stream
),

quarantined as (
    select distinct stream
    from quarantine
),

known as (
    select stream
    from heard
    union
    select stream
    from rejects
)

select
    known.stream,
    ends.first_hour,
    ends.last_hour,
    ends.end_hour,
    ends.ended,
    coalesce(ends.continues, false) as continues,
    coalesce(powers.has_power, false) as has_power,
    coalesce(lives.calls, 0) as calls,
    coalesce(lives.stray_calls, 0) as stray_calls,
    lives.first_stray,
    lives.last_stray,
    declared.ended_on as declared_on,
    coalesce(ends.declaration_is_void, false) as declaration_is_void,
    quarantined.stream is not null as is_quarantined
from known
left join lives on known.stream = lives.stream
left join ends on known.stream = ends.stream
left join powers on known.stream = powers.stream
left join quarantined on known.stream = quarantined.stream
left join lake.stream_ends as declared on known.stream = declared.stream
order by known.stream asc
