-- title: One integration per week
-- unit: customers
-- grain: one row per week (named by its Monday) that the lake covers, for the integration $integration
-- key: week
-- look_back: 0
-- meaning: How many customers used the integration in each week. The period may cut the first and the last week: days
-- says how many of the seven days it holds.
with weeks as (
    select
        cast(date_trunc('week', day) as date) as week,
        count(*) as days
    from days
    group by cast(date_trunc('week', day) as date)
),

counted as (
    select
        cast(date_trunc('week', day) as date) as week,
        added_up(calls) as calls,
        added_up(errors) as errors,
        count(distinct customer) filter (where served > 0 and not own) as customers
    from customer_days
    where integration = $integration
    group by cast(date_trunc('week', day) as date)
)

select
    weeks.week,
    weeks.days,
    coalesce(counted.calls, 0) as calls,
    coalesce(counted.errors, 0) as errors,
    coalesce(counted.customers, 0) as customers
from weeks
left join counted on weeks.week = counted.week
order by weeks.week asc
