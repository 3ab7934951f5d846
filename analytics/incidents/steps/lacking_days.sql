-- The days of logs with an hour that is left out: they say nothing about what is usual. One row per log and day.
-- Reads: left_out, scope (time_zone).
-- steps: incidents/left_out
select distinct
    left_out.stream,
    cast(timezone(scope.time_zone, to_timestamp(left_out.hour)) as date) as day
from left_out
cross join scope
