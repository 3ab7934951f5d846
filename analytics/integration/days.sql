-- title: One integration per day
-- unit: calls
-- grain: one row per day of the period that the lake covers, for the integration $integration
-- key: day
-- look_back: 0
-- meaning: How the integration developed: its calls, errors and customers on each day.
with counted as (
    select
        day,
        added_up(calls) as calls,
        added_up(errors) as errors,
        count(distinct customer) filter (where served > 0 and not own) as customers
    from customer_days
    where integration = $integration
    group by day
)

select
    days.day,
    coalesce(counted.calls, 0) as calls,
    coalesce(counted.errors, 0) as errors,
    coalesce(counted.customers, 0) as customers
from days
left join counted on days.day = counted.day
order by days.day asc
