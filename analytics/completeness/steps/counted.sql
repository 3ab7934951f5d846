-- The calls of each stream by the hour (UTC), up to the end of the logs: a call that is ahead of them does not move it.
select
    stream,
    hour,
    calls
from heard
where not is_ahead
