-- Days on which calls are missing that the hours do not show: in a log of ten calls a day, no hour has a rhythm. One
-- row per stream and such day, with the calls that the day should have, and whether it is silent or thin.
-- By the day: ten or more calls are expected on the low days of an unbroken run of silent days, bursts counted once.
-- By the run, for the smallest logs, in which neither shows anything: a run of silent days this long, without holidays,
-- is less likely than 1 in 20,000, given the number of days with calls around it (eight weeks on each side, at least 28
-- days).
with by_hours as (
    select
        stream,
        day,
        max(case when is_missing then 1 else 0 end) = 1 as is_missing
    from weighed
    group by stream, day
),

marked as (
    select
        stream_days.stream,
        stream_days.day,
        stream_days.calls,
        stream_days.expected,
        stream_days.is_low,
        stream_days.is_whole,
        stream_days.is_whole and stream_days.calls = 0 as is_silent,
        by_hours.is_missing as is_missing_by_hours,
        excused.day is not null as is_holiday,
        case when stream_days.is_whole and stream_days.is_known and excused.day is null then 1 else 0 end as is_ordinary,
        coalesce(bursts.of_days, 1.0) as burst
    from stream_days
    inner join by_hours on stream_days.stream = by_hours.stream and stream_days.day = by_hours.day
    left join excused on stream_days.stream = excused.stream and stream_days.day = excused.day
    left join bursts on stream_days.stream = bursts.stream
),

around as (
    select
        *,
        sum(case when is_silent then 0 else 1 end) over (
            partition by stream order by day rows unbounded preceding
        ) as run,
        sum(is_ordinary) over (partition by stream order by day rows between 56 preceding and 1 preceding) as days_before,
        sum(is_ordinary) over (partition by stream order by day rows between 1 following and 56 following) as days_after,
        sum(case when calls > 0 then is_ordinary else 0 end) over (
            partition by stream order by day rows between 56 preceding and 1 preceding
        ) as active_before,
        sum(case when calls > 0 then is_ordinary else 0 end) over (
            partition by stream order by day rows between 1 following and 56 following
        ) as active_after,
        sum(calls * is_ordinary) over (
            partition by stream order by day rows between 56 preceding and 1 preceding
        ) as calls_before,
        sum(calls * is_ordinary) over (
            partition by stream order by day rows between 1 following and 56 following
        ) as calls_after
    from marked
),

runs as (
    select
        stream,
        run,
        sum(case when is_low and not is_holiday then expected / burst else 0.0 end) as missed,
        count(*) filter (where not is_holiday) as days,
        max(case when is_missing_by_hours then 1 else 0 end) = 1 as is_missing_by_hours,
        min_by(coalesce(days_before, 0), day) + max_by(coalesce(days_after, 0), day) as days_around,
        min_by(coalesce(active_before, 0), day) + max_by(coalesce(active_after, 0), day) as active_around,
        min_by(coalesce(calls_before, 0), day) + max_by(coalesce(calls_after, 0), day) as calls_around
    from around
    where is_silent
    group by stream, run
)

select
    around.stream,
    around.day,
    'silent' as found,
    case when runs.missed >= 10 then around.expected else runs.calls_around / runs.days_around end as expected
from around
inner join runs on around.stream = runs.stream and around.run = runs.run
where
    around.is_silent
    and case
        when runs.missed >= 10 then around.is_low and not around.is_holiday and not around.is_missing_by_hours
        else
            not runs.is_missing_by_hours
            and runs.days_around >= 28
            and power(1 - least(active_around / days_around, 0.9), runs.days) < 1 / 20000
    end
union all
select
    stream,
    day,
    'thin' as found,
    expected
from around
where
    is_whole
    and calls > 0
    and is_low
    and 2 * (sqrt(expected) - sqrt(calls)) >= 5 * sqrt(burst)
