-- The hours in which the lines of a stream could not be read: those of a day on which more of them were rejected than
-- became calls, and those of a whole load in which even the time could not be read. A line of a host that is not the
-- platform's, and without an IntegrationId, was not meant for it. A few lines do not make an unreadable log: there have
-- to be at least ten, on successive days or in such loads of the stream.
-- A declared end of the stream holds here too. One row per stream and hour.
-- steps: completeness/bad_loads, completeness/meant_lines
with lines as (
    select
        stream,
        day,
        sum(rejects) as rejects,
        sum(calls) as calls
    from (
        select stream, day, count(*) as rejects, 0 as calls
        from meant_lines
        where day is not null
        group by stream, day
        union all
        select counted.stream, calendar.day, 0 as rejects, sum(counted.calls) as calls
        from counted
        inner join calendar on counted.hour = calendar.hour
        where counted.stream in (select stream from meant_lines)
        group by counted.stream, calendar.day
    )
    group by stream, day
),

runs as (
    select
        *,
        sum(case when rejects > calls then 0 else 1 end) over (
            partition by stream order by day rows unbounded preceding
        ) as run
    from lines
),

bad_days as (
    select
        stream,
        day,
        sum(rejects) over (partition by stream, run) as rejects
    from runs
    where rejects > calls
),

bounds as (
    select distinct
        lake_begin,
        lake_hour
    from lives
),

meant as (
    select
        bad_days.stream,
        calendar.hour,
        calendar.day
    from bad_days
    inner join calendar on bad_days.day = calendar.day
    where bad_days.rejects >= 10
    union
    select
        bad_loads.stream,
        calendar.hour,
        calendar.day
    from bad_loads
    inner join calendar on calendar.hour between coalesce(bad_loads.first_hour, calendar.hour) and coalesce(bad_loads.last_hour, calendar.hour)
    where bad_loads.rejects >= 10
),

timed as (
    select
        stream,
        hour,
        count(*) as rejects
    from meant_lines
    group by stream, hour
)

select
    meant.stream,
    meant.hour,
    meant.day,
    coalesce(timed.rejects, 0) as rejects
from meant
inner join bounds on meant.hour between bounds.lake_begin and bounds.lake_hour
left join lives on meant.stream = lives.stream
left join lake.stream_ends as declared
    on meant.stream = declared.stream and declared.ended_on >= coalesce(lives.last_day, declared.ended_on)
left join timed on meant.stream = timed.stream and meant.hour = timed.hour
where declared.ended_on is null or meant.day <= declared.ended_on
