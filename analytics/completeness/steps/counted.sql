-- The calls of each stream by the hour (UTC), up to the end of the logs. A call dated after their end does not move it.
select
    stream,
    hour,
    calls
from heard
where not is_ahead
