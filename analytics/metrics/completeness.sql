-- title: Completeness of the logs
-- unit: calls
-- grain: one row per stream and hour (UTC), from the stream's first call to the end of the logs
-- key: stream, hour
-- look_back: 0
-- meaning: Which hours a log has whole. It is about streams: all calls count, whatever their environment, product,
-- partner, integration, customer or connector; a scope chooses the days and the stream shown.
-- expected: the median of the same hour of the week (by the clock of the lake's time zone) in the four weeks before and
-- the four after in which the stream has calls: it follows growth, and a long gap does not become the rhythm. Null
-- where no other week knows the hour; such an hour is complete, for nothing is known against it.
-- low: at least three in four of those weeks had more than twice as many calls.
-- missing: silence that is low and surely no chance. All calls expected in one unbroken silence, counted in bursts as
-- large as the stream's calls come in, are 10 or more: by Poisson p(0) < 1 in 20,000. So a quiet night is complete.
-- thin: fewer calls, low, and 5 standard deviations below what is expected; and silence on a day on which the streams
-- that have calls, in three hours at least, have less than half of the usual (their median): a holiday. So an hour that
-- is thin may be a holiday, a disturbance or part of a log.
-- The first hour of a stream and the last of the lake are cut by where the logs begin and end, and never thin.
-- Where the clock is put back, the two hours of one name are low only together: what runs at night runs once.
-- A stream that stays behind the others is missing until the last call of the lake, for four weeks: then it has ended.
-- One that ends within a day of another's beginning was renamed, and ends there.
-- Limits: streams of about a call an hour and less are too quiet to judge; what is cut off in most weeks is the rhythm;
-- a fall by more than half is thin for two weeks, and so is what runs by UTC when the clock has changed; and when
-- everything is silent, a holiday looks like a gap.
with counted as (
    select
        stream,
        hour_of(called_at) as hour,
        count(*) as calls
    from calls_all
    group by stream, hour_of(called_at)
),

lifetimes as (
    select
        stream,
        min(hour) as first_hour,
        max(hour) as last_hour,
        max(max(hour)) over () as lake_hour
    from counted
    group by stream
),

renamed as (
    select distinct ended.stream
    from lifetimes as ended
    inner join lifetimes as begun
        on
            begun.first_hour between ended.last_hour - interval 24 hour and ended.last_hour + interval 24 hour
            and begun.last_hour > ended.last_hour
            and begun.stream <> ended.stream
),

judged as (
    select
        lifetimes.stream,
        lifetimes.first_hour,
        lifetimes.last_hour,
        lifetimes.lake_hour,
        case
            when renamed.stream is not null or lifetimes.last_hour + interval 28 day < lifetimes.lake_hour
                then lifetimes.last_hour
            else lifetimes.lake_hour
        end as end_hour
    from lifetimes
    left join renamed on lifetimes.stream = renamed.stream
),

observed as (
    select
        judged.stream,
        hours.hour,
        hours.day,
        hours.week,
        hours.hour_of_week,
        coalesce(counted.calls, 0) as calls,
        sum(coalesce(counted.calls, 0)) over (
            partition by judged.stream, hours.week, hours.hour_of_week
        ) as calls_at_place,
        hours.hour <= judged.last_hour as is_known,
        hours.hour in (judged.first_hour, judged.lake_hour) as is_cut
    from judged
    inner join hours on hours.hour between judged.first_hour and judged.end_hour
    left join counted on judged.stream = counted.stream and hours.hour = counted.hour
),

weeks as (
    select
        stream,
        week,
        max(calls) > 0 as has_calls,
        sum(case when max(calls) > 0 then 1 else 0 end) over (partition by stream order by week) as place
    from observed
    group by stream, week
),

neighbours as (
    select
        weeks.stream,
        weeks.week,
        others.week as other_week
    from weeks
    inner join weeks as others
        on
            weeks.stream = others.stream
            and weeks.week <> others.week
            and others.place between weeks.place - case when weeks.has_calls then 4 else 3 end and weeks.place + 4
    where others.has_calls
),

rhythm as (
    select
        observed.stream,
        observed.hour,
        percentile(others.calls, 0.5) as expected,
        4 * count(*) filter (where others.calls > 2 * observed.calls_at_place) >= 3 * count(*) as is_low,
        4 * count(*) filter (where others.calls > 0) >= 3 * count(*) as is_busy
    from observed
    inner join neighbours on observed.stream = neighbours.stream and observed.week = neighbours.week
    inner join observed as others
        on
            neighbours.stream = others.stream
            and neighbours.other_week = others.week
            and observed.hour_of_week = others.hour_of_week
    where others.is_known
    group by observed.stream, observed.hour, observed.calls_at_place
),

compared as (
    select
        observed.stream,
        observed.hour,
        observed.day,
        observed.calls,
        observed.is_cut,
        rhythm.expected,
        coalesce(rhythm.is_low, false) as is_low,
        coalesce(rhythm.is_busy, false) as is_busy,
        sum(case when observed.calls > 0 then 1 else 0 end) over (
            partition by observed.stream order by observed.hour rows unbounded preceding
        ) as silence
    from observed
    left join rhythm on observed.stream = rhythm.stream and observed.hour = rhythm.hour
),

-- How many calls come at once: how far hours lie from what is expected, against what chance alone would do.
bursts as (
    select
        stream,
        greatest(1.0, power(percentile(abs(calls - expected) / sqrt(expected), 0.5) / 0.6745, 2)) as burst
    from compared
    where is_busy and expected > 0
    group by stream
),

stream_levels as (
    select
        stream,
        day,
        sum(calls) / sum(expected) as level
    from compared
    where calls > 0 and expected > 0
    group by stream, day
    having count(*) >= 3
),

levels as (
    select
        day,
        percentile(level, 0.5) as level
    from stream_levels
    group by day
),

weighed as (
    select
        compared.stream,
        compared.hour,
        compared.day,
        compared.calls,
        compared.expected,
        compared.is_cut,
        compared.is_low,
        coalesce(bursts.burst, 1.0) as burst,
        levels.level,
        sum(case when compared.calls = 0 and compared.is_low then compared.expected / bursts.burst else 0.0 end) over (
            partition by compared.stream, compared.silence
        ) as bursts_missed
    from compared
    left join bursts on compared.stream = bursts.stream
    left join levels on compared.day = levels.day
)

select
    weighed.stream,
    weighed.hour,
    weighed.calls,
    weighed.expected,
    case
        when not weighed.is_low then 'complete'
        when weighed.calls = 0 and weighed.bursts_missed < 10 then 'complete'
        when weighed.calls = 0 and weighed.level < 0.5 then 'thin'
        when weighed.calls = 0 then 'missing'
        when weighed.is_cut then 'complete'
        when 2 * (sqrt(weighed.expected) - sqrt(weighed.calls)) >= 5 * sqrt(weighed.burst) then 'thin'
        else 'complete'
    end as state
from weighed
cross join scope
where
    (scope.since is null or weighed.day >= scope.since)
    and (scope.until is null or weighed.day < scope.until)
    and (scope.stream is null or weighed.stream = scope.stream)
order by weighed.hour asc, weighed.stream asc
