-- title: The hours in which one pair called
-- unit: calls
-- grain: one row per stream and hour (UTC) with a call of the integration $integration at the customer $customer
-- key: stream, hour
-- look_back: 0
-- meaning: The rhythm of one integration at one customer, with the log that each call came from.
select
    stream,
    hour,
    bool_or(own) as own,
    added_up(calls) as calls,
    added_up(errors) as errors
from customer_hours
where integration = $integration and customer = $customer
group by stream, hour
order by hour asc, stream asc
