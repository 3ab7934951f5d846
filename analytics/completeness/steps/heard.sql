-- The calls of each stream by the hour (UTC), and whether the hour is ahead: after the last hour with calls up to which
-- any log was loaded. No call was made then yet, so a clock is wrong. If the lake has no such hour, no hour is ahead.
-- Reads: stream_hours_all, lake.last_load.
with by_hour as (
    select
        stream,
        hour,
        added_up(calls) as calls
    from stream_hours_all
    group by stream, hour
),

logs_end as (
    select max(by_hour.hour) as hour
    from by_hour
    cross join lake.last_load as last_load
    where by_hour.hour <= last_load.loaded_at
)

select
    by_hour.stream,
    by_hour.hour,
    by_hour.calls,
    coalesce(by_hour.hour > logs_end.hour, false) as is_ahead
from by_hour
cross join logs_end
