-- title: Customers per month
-- unit: customers
-- grain: one row per integration and month of the period, from the integration's first customer on
-- key: integration, month
-- look_back: 36500
-- meaning: How the customers of an integration come and go. A customer of a month has at least one call in it that succeeded
-- and was no log-in, the partner's own environment excepted. Customers = new + stayed + returning + unknown, and those of the month before =
-- stayed + lost. New: for the first time in what is loaded. Unknown: for the first time, but the logs begin in that month, so
-- nobody knows since when. Returning: not in the month before, but earlier. Lost: in the month before, and not in this one;
-- null where the logs do not reach over both, because who has not called yet is not lost. Months are whole ones, also where
-- the period begins or ends inside; complete says whether the logs cover all of its days.
with bounds as (
    select
        cast(date_trunc('month', extent.since) as date) as first_month,
        cast(date_trunc('month', cast(extent.until - interval 1 day as date)) as date) as last_month,
        extent.until,
        (select min(day) from calls_all) as first_day
    from extent
),

months as (
    select
        cast(month as date) as month,
        month + interval 1 month <= until as ends,
        first_day <= month as begins,
        first_day <= month - interval 1 month as begins_before
    from (
        select
            unnest(generate_series(first_month, last_month, interval 1 month)) as month,
            first_day,
            until
        from bounds
    )
),

present as (
    select
        integration,
        month,
        count(*) as customers,
        count(*) filter (where arrival = 'new') as new,
        count(*) filter (where arrival = 'stayed') as stayed,
        count(*) filter (where arrival = 'returning') as returning,
        count(*) filter (where arrival = 'unknown') as unknown
    from customer_months
    group by integration, month
),

lost as (
    select
        integration,
        cast(month + interval 1 month as date) as month,
        count(*) as lost
    from customer_months
    where month_after is distinct from month + interval 1 month
    group by integration, month
),

known as (
    select
        integration,
        min(month) as since
    from customer_months
    group by integration
)

select
    known.integration,
    integrations.name,
    months.month,
    coalesce(present.customers, 0) as customers,
    coalesce(present.new, 0) as new,
    coalesce(present.stayed, 0) as stayed,
    coalesce(present.returning, 0) as returning,
    coalesce(present.unknown, 0) as unknown,
    case when months.ends and months.begins_before then coalesce(lost.lost, 0) end as lost,
    months.begins and months.ends as complete
from known
inner join months on known.since <= months.month
left join present on known.integration = present.integration and months.month = present.month
left join lost on known.integration = lost.integration and months.month = lost.month
left join integrations on known.integration = integrations.integration
order by known.integration asc, months.month asc
