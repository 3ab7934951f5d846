-- title: the calls of one day, as numbers, in the order in which its logs have them
-- Reads the tables of shape.sql and the variables day, day_number (from 0), calls, outcomes (how the hours share an office's
-- work), time_zone and refused (the fraction of sessions
-- whose token is refused), and the table faults: links whose calls fail, or which do not call. A link calls in sessions: runs of calls that follow each other closely.
-- long: one statement, and a bench has no steps.
create or replace temp table day_calls as
with busy as (
    select
        *,
        weight * case when rhythm = 1 and isodow(getvariable('day')) > 5 then 0.12 else 1 end as work
    from links
    where getvariable('day_number') between first_day and last_day
),

planned as (
    select
        *,
        work / sum(work) over () * (getvariable('calls') / 6.0 + 4)
        + unit(cast(getvariable('day_number') as bigint) * 1073741824 + link, 20) as expected
    from busy
),

begun as (
    select
        *,
        unnest(range(cast(floor(expected) as bigint))) as place
    from planned
),

sessions as (
    select
        *,
        cast(getvariable('day_number') as bigint) * 16777216 + row_number() over (order by link, place) as session
    from begun
),

long as (
    select
        *,
        least(1 + cast(floor(exp(1.3 + 1.15 * normal(session, 21))) as bigint), 2000) as wanted
    from sessions
),

stacked as (
    select
        *,
        sum(wanted) over (order by unit(session, 23), session rows unbounded preceding) as upto,
        lead(session) over (order by unit(session, 23), session) is null as is_last
    from long
),

-- exactly as many calls as the day has
cut as (
    select
        * exclude (wanted),
        cast(case when is_last then getvariable('calls') else least(upto, getvariable('calls')) end - (upto - wanted) as bigint)
            as calls
    from stacked
    where upto - wanted < getvariable('calls')
),

timed as (
    select
        *,
        least(exp(6.2 + normal(session, 24)), 3600000.0 / calls) as gap_ms,
        getvariable('office_hours')[1 + cast(floor(unit(session, 26) * len(getvariable('office_hours'))) as integer)] as hour,
        case rhythm
            when 1 then (hour + unit(session, 27)) * 3600000.0
            when 2 then (minute % 300 + 60) * 60000.0 + unit(session, 27) * 20000
            else (minute % 15 + 15 * floor(unit(session, 26) * 96)) * 60000.0 + unit(session, 27) * 5000
        end as begins_ms
    from cut
),

placed as (
    select
        *,
        -- a session ends before its day does
        timezone(
            getvariable('time_zone'),
            getvariable('day') + to_milliseconds(cast(floor(least(begins_ms, 86399000 - calls * gap_ms)) as bigint))
        ) as begins_at,
        program * 64 + cast(floor(unit(session, 28) * 64) as bigint) as own_slot,
        unit(session, 29) < getvariable('refused') as is_refused
    from timed
),

made as (
    select
        * exclude (calls),
        unnest(range(calls)) as page,
        session * 8192 + unnest(range(calls)) % 8192 as call
    from placed
),

drawn as (
    select
        stream,
        link,
        call,
        page,
        is_refused,
        case when unit(call, 30) < 0.85 then own_slot else program * 64 + cast(floor(unit(call, 31) * 64) as bigint) end as slot,
        begins_at + to_milliseconds(cast(floor((page + unit(call, 32)) * gap_ms) as bigint)) as called_at
    from made
)

select
    *,
    row_number() over (order by stream, called_at, call) as place,
    row_number() over (partition by stream order by called_at, call) as line_number
from drawn
where
    not exists (
        select 1 from faults
        where
            faults.status is null
            and faults.link = drawn.link
            and drawn.called_at >= faults.since
            and drawn.called_at < faults.until
    )
order by place
