-- title: Hours with calls
-- unit: calls
-- grain: one row per log, integration, customer and hour with calls
-- key: stream, integration, customer, hour
-- look_back: 57
-- meaning: '-' is the integration of calls without a valid id. Hours are seconds since 1970.
select
    stream,
    coalesce(integration, '-') as integration,
    customer,
    cast(epoch(hour) as bigint) as hour,
    cast(sum(calls) as bigint) as calls
from customer_hours_before
group by all
order by integration asc, customer asc, hour asc, stream asc
