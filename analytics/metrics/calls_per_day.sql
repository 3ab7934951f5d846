-- title: Calls per day
-- unit: calls
-- grain: one row per day of the period on which logs live, also when nothing was called, and per other day with a call
-- key: day
-- look_back: 0
-- meaning: How busy a day was. Customers are those with at least one call that was no error and no log-in, own calls excluded;
-- integrations are the identified ones with any call.
with counted as (
    select
        day,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(distinct integration) as integrations
    from calls
    group by day
),

-- A stray call has its own day, and the months between it and all others have none.
listed as (
    select day
    from days
    union
    select day
    from counted
)

select
    listed.day,
    coalesce(counted.calls, 0) as calls,
    coalesce(counted.errors, 0) as errors,
    cast(counted.errors as double) / counted.calls as error_rate,
    coalesce(counted.customers, 0) as customers,
    coalesce(counted.integrations, 0) as integrations
from listed
left join counted on listed.day = counted.day
order by listed.day asc
