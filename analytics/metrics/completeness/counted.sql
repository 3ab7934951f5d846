-- The calls of each stream by the hour (UTC).
select
    stream,
    hour_of(called_at) as hour,
    count(*) as calls
from calls_all
group by stream, hour_of(called_at)
