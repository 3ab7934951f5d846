-- One row per stream, customer, integration (null: all of the customer's) and hour.
-- Reads: pair_hours.
-- Each call as the customer's, and as the pair's where its integration is known.
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
