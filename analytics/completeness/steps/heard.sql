-- The calls of each stream by the hour (UTC), and whether the hour is ahead: after the last hour with calls up to which
-- any log was loaded. No call was made then yet, so a clock is wrong. If the lake has no such hour, no hour is ahead.
-- It reads the calls as they were sent, because whose they are does not matter here: to look that up takes as long as to count.
-- Reads: lake.sent, lake.last_load.
with by_hour as (
    select
        stream,
        hour_of(called_at) as hour,
        count(*) as calls
    from lake.sent
    group by stream, hour_of(called_at)
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
