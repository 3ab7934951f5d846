-- The hours (UTC) from the first to the last call that may be seen. Each has its business day, its week (numbered from
-- Monday) and its place in the week by the clock of the lake's time zone, and how many hours that clock is ahead of
-- UTC. When the clock is put back, two hours have the same place. When it is put forward, one place has no hour.
-- Reads: heard, scope (time_zone).
with listed as (
    select unnest(generate_series(min(hour), max(hour), interval 1 hour)) as hour
    from heard
),

numbered as (
    select
        listed.hour,
        cast(timezone(scope.time_zone, listed.hour) as date) as day,
        date_diff('hour', timestamp '1996-01-01 00:00:00', timezone(scope.time_zone, listed.hour)) as local_hour,
        date_diff('hour', timestamp '1996-01-01 00:00:00', timezone('UTC', listed.hour)) as utc_hour
    from listed
    cross join scope
)

select
    hour,
    day,
    local_hour // 168 as week,
    local_hour % 168 as hour_of_week,
    local_hour - utc_hour as hours_ahead
from numbered
