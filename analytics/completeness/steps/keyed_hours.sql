-- Each call counts for its customer, and also for its pair if its integration is known. One row per stream, customer,
-- integration (null: all of the customer's) and hour.
-- Reads: pair_hours.
select
    stream,
    who,
    null as integration,
    hour,
    sum(calls) as calls
from pair_hours
group by stream, who, hour
union all
select
    stream,
    who,
    integration,
    hour,
    calls
from pair_hours
where integration is not null
