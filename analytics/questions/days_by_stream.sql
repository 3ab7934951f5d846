-- title: Days covered by each stream
-- unit: calls
-- grain: one row per stream with a call in scope, and day of the period that the lake covers
-- key: stream, day
-- look_back: 0
-- meaning: Where a day has no calls, a stream may be missing. Ask it for all environments.
with counted as (
    select
        stream,
        day,
        count(*) as calls
    from calls
    group by stream, day
),

streams as (
    select distinct stream
    from counted
)

select
    streams.stream,
    days.day,
    coalesce(counted.calls, 0) as calls
from streams
cross join days
left join counted on streams.stream = counted.stream and days.day = counted.day
order by streams.stream asc, days.day asc
