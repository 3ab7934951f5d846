-- How many calls of a stream arrive together, by the hour and by the day: how far its busy hours (days) are from the
-- expected number, compared with pure chance. If calls arrive in bursts of ten, ten expected calls that do not come are
-- no surprise.
with deviations as (
    select
        stream,
        'hour' as slot,
        abs(calls - expected) / sqrt(expected) as deviation
    from rhythm
    where is_known and is_busy and expected > 0
    union all
    select
        stream,
        'day' as slot,
        abs(calls - expected) / sqrt(expected) as deviation
    from stream_days
    where is_known and is_busy and expected > 0
)

select
    stream,
    greatest(1.0, power(percentile(case when slot = 'hour' then deviation end, 0.5) / 0.6745, 2)) as of_hours,
    greatest(1.0, power(percentile(case when slot = 'day' then deviation end, 0.5) / 0.6745, 2)) as of_days
from deviations
group by stream
