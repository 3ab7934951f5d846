-- The suspects as `wanted`: each of them on its day and the day before.
-- steps: incidents/suspects
select distinct
    integration,
    customer,
    connector,
    cast(day - cast(unnest([0, 1]) as integer) as date) as day
from suspects
