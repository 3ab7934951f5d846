-- title: Calls per day
-- unit: calls
-- grain: one row per day of the period that the lake covers, also when nothing was called
-- key: day
-- look_back: 0
-- meaning: How busy a day was. Customers are those with at least one call that was no error and no log-in, own calls excluded;
-- integrations are the identified ones with any call.
with counted as (
    select
        day,
        count(*) as calls,
        count(*) filter (where status >= 400) as errors,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(distinct integration) as integrations
    from calls
    group by day
)

select
    days.day,
    coalesce(counted.calls, 0) as calls,
    coalesce(counted.errors, 0) as errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    coalesce(counted.customers, 0) as customers,
    coalesce(counted.integrations, 0) as integrations
from days
left join counted on days.day = counted.day
order by days.day asc
