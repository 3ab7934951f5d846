-- title: Customers in the rolling window, day by day
-- unit: customers
-- grain: one row per integration that ever had a customer and day that the lake covers, from its first customer on
-- key: integration, day
-- look_back: 0
-- meaning: How many customers an integration has in the $window days that end with this day: customers with at least one
-- call in them that was no error and no log-in and carries its id, own calls excluded. Asked without a beginning, because the window
-- of the first days reaches back.
-- silent: those of them who have not called for a week at least, and for three times as long as is usual for them (the
-- mean time between two days with calls, at least two such days). If they stay silent, they leave the window.
-- Worked with intervals: a day with calls counts from itself until the next one, $window days at most.
with active as (
    select
        integration,
        customer,
        day
    from calls
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, customer, day
),

numbered as (
    select
        integration,
        customer,
        day,
        lead(day) over (partition by integration, customer order by day) as next_day,
        min(day) over (partition by integration, customer) as first_day,
        row_number() over (partition by integration, customer order by day) as days
    from active
),

spans as (
    select
        integration,
        day as since,
        cast(least(coalesce(next_day, day + $window), day + $window) as date) as until,
        case
            when days > 1
                then cast(
                    day
                    + cast(greatest(7, ceil(3.0 * date_diff('day', first_day, day) / (days - 1))) as integer)
                    as date
                )
        end as silent_since
    from numbered
),

changes as (
    select integration, since as day, 1 as customers, 0 as silent
    from spans
    union all
    select integration, until as day, -1 as customers, 0 as silent
    from spans
    union all
    select integration, silent_since as day, 0 as customers, 1 as silent
    from spans
    where silent_since < until
    union all
    select integration, until as day, 0 as customers, -1 as silent
    from spans
    where silent_since < until
),

changed as (
    select
        integration,
        day,
        sum(customers) as customers,
        sum(silent) as silent
    from changes
    group by integration, day
),

lifetimes as (
    select
        integration,
        min(since) as first_day
    from spans
    group by integration
)

select
    lifetimes.integration,
    days.day,
    cast(
        sum(coalesce(changed.customers, 0)) over (partition by lifetimes.integration order by days.day) as bigint
    ) as customers,
    cast(sum(coalesce(changed.silent, 0)) over (partition by lifetimes.integration order by days.day) as bigint) as silent
from lifetimes
inner join days on days.day >= lifetimes.first_day
left join changed on lifetimes.integration = changed.integration and days.day = changed.day
order by lifetimes.integration asc, days.day asc
