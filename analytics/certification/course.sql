-- title: Customers in the rolling window, day by day
-- unit: customers
-- grain: one row per integration that ever called and day that the lake covers, from the integration's first call on
-- key: integration, day
-- look_back: 0
-- steps: certification/spans
-- meaning: How many customers the integration has in the $window days that end with this day. A customer counts if it
-- made a call in them that carries the integration's id, succeeded and was not a log-in; calls to the partner's own
-- environment do not count. Ask this without a beginning, because the window of the first days reaches back. It works
-- with intervals: a day with calls counts from itself until the next one, at most $window days.
-- silent: the customers among them that have not called for at least a week, and for three times as long as usual for
-- them. Their usual pause is the mean time between two days with calls, and needs at least two such days. If they stay
-- silent, they leave the window.
-- lasting: the customers among them that stay in the window for more than $warning days without another call, or that
-- are due to call: they called on at least three days, and have been silent for at most one and a half times as long as
-- usual.
-- calls: the calls of the day itself, errors and calls to the partner's own environment included.
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

-- The windows of the first days hold a stray call from before the first day too.
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
        added_up(calls) as calls
    from daily_calls
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
