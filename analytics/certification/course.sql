-- title: Customers in the rolling window, day by day
-- unit: customers
-- grain: one row per integration that ever called and day that the lake covers, from its first call on
-- key: integration, day
-- look_back: 0
-- steps: certification/spans
-- meaning: How many customers an integration has in the $window days that end with this day: customers with at least one
-- call in them that was no error and no log-in and carries its id, own calls excluded. Asked without a beginning, because
-- the window of the first days reaches back.
-- silent: those of them who have not called for a week at least, and for three times as long as is usual for them (the
-- mean time between two days with calls, at least two such days). If they stay silent, they leave the window.
-- lasting: those of them who are in the window for more than $warning days yet without another call, or are due to call:
-- three days with calls at least, and silent for no more than one and a half times as long as is usual.
-- calls: of the day itself, errors and own calls included.
-- Worked with intervals: a day with calls counts from itself until the next one, $window days at most.
with changes as (
    select integration, since as day, 1 as customers, 0 as silent, 0 as lasting
    from spans
    union all
    select integration, until as day, -1 as customers, 0 as silent, 0 as lasting
    from spans
    union all
    select integration, silent_since as day, 0 as customers, 1 as silent, 0 as lasting
    from spans
    where silent_since < until
    union all
    select integration, until as day, 0 as customers, -1 as silent, 0 as lasting
    from spans
    where silent_since < until
    union all
    select integration, since as day, 0 as customers, 0 as silent, 1 as lasting
    from spans
    where leaving_since > since
    union all
    select integration, least(leaving_since, until) as day, 0 as customers, 0 as silent, -1 as lasting
    from spans
    where leaving_since > since
),

-- A stray call before the first day is in the windows of the first days, too.
first_day as (
    select min(day) as day
    from days
),

changed as (
    select
        changes.integration,
        greatest(changes.day, first_day.day) as day,
        sum(changes.customers) as customers,
        sum(changes.silent) as silent,
        sum(changes.lasting) as lasting
    from changes
    cross join first_day
    group by changes.integration, greatest(changes.day, first_day.day)
),

made as (
    select
        integration,
        day,
        count(*) as calls
    from calls
    where id_status = 'valid'
    group by integration, day
),

lifetimes as (
    select
        integration,
        min(day) as first_day
    from made
    group by integration
)

select
    lifetimes.integration,
    days.day,
    cast(
        sum(coalesce(changed.customers, 0)) over (partition by lifetimes.integration order by days.day) as bigint
    ) as customers,
    cast(sum(coalesce(changed.silent, 0)) over (partition by lifetimes.integration order by days.day) as bigint) as silent,
    cast(
        sum(coalesce(changed.lasting, 0)) over (partition by lifetimes.integration order by days.day) as bigint
    ) as lasting,
    coalesce(made.calls, 0) as calls
from lifetimes
inner join days on days.day >= lifetimes.first_day
left join changed on lifetimes.integration = changed.integration and days.day = changed.day
left join made on lifetimes.integration = made.integration and days.day = made.day
order by lifetimes.integration asc, days.day asc
