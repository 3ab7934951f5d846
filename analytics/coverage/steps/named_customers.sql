-- The customers that rejected lines name: one row per integration, customer and day. The day is null if it is not
-- known.
-- Reads: rejected_lines.
select distinct
    integration,
    customer,
    case when day <= $last_day then day end as day
from rejected_lines
where customer is not null
