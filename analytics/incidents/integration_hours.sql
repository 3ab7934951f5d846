-- title: Hours with calls of each integration
-- unit: calls
-- grain: one row per log, integration and hour with calls
-- key: stream, integration, hour
-- look_back: 57
-- meaning: As `active_hours`, with '' for the customer: all of them together. Hours are seconds since 1970.
select
    stream,
    integration,
    '' as customer,
    cast(epoch(hour) as bigint) as hour,
    cast(sum(calls) as bigint) as calls
from customer_hours_before
where integration is not null
group by all
order by integration asc, hour asc, stream asc
