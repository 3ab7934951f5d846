-- title: Customers per month
-- unit: customers
-- grain: one row per integration and month of the period that the logs cover, from the integration's first customer on,
-- and per other month in which it has a customer
-- key: integration, month
-- look_back: 0
-- steps: coverage/broken_months, customers/arrivals, customers/months
-- meaning: How the customers of an integration come and go. A customer of a month made at least one call in it that
-- succeeded and was not a log-in; the partner's own environment is not a customer. Customers = new + stayed + returning
-- + unknown. The customers of the month before = stayed + lost. Months are whole, also if the period begins or ends
-- within one.
-- new: a customer for the first time in the loaded logs.
-- returning: not a customer in the month before, but earlier.
-- unknown: new or returning; the logs cannot tell which. They begin in that month, or miss more than three days of the
-- month before.
-- lost: a customer in the month before, but not in this month. Null if the logs do not cover both months, or miss more
-- than three days of one of them: a customer may have called on a day that is missing. A customer that rejected lines
-- of this month name is not lost either.
-- complete: whether the logs cover all days of the month, and miss nothing in the streams in which the integration or
-- one of its customers is seen.
with present as (
    select
        integration,
        month,
        count(*) as customers,
        count(*) filter (where arrival = 'new') as new,
        count(*) filter (where arrival = 'stayed') as stayed,
        count(*) filter (where arrival = 'returning') as "returning",
        count(*) filter (where arrival = 'unknown') as unknown
    from arrivals
    group by integration, month
),

lost as (
    select
        integration,
        cast(month + interval 1 month as date) as month,
        count(*) as lost
    from arrivals
    where month_after is distinct from month + interval 1 month and not is_named_after
    group by integration, month
),

known as (
    select
        integration,
        min(month) as since
    from arrivals
    group by integration
)

select
    known.integration,
    integrations.name,
    months.month,
    coalesce(present.customers, 0) as customers,
    coalesce(present.new, 0) as new,
    coalesce(present.stayed, 0) as stayed,
    coalesce(present.returning, 0) as "returning",
    coalesce(present.unknown, 0) as unknown,
    case
        when
            months.ends
            and months.begins_before
            and not coalesce(broken.is_unknown, false)
            and not coalesce(broken_before.is_unknown, false)
            then coalesce(lost.lost, 0)
    end as lost,
    months.begins and months.ends and broken.month is null as complete
from known
inner join months on known.since <= months.month
left join present on known.integration = present.integration and months.month = present.month
left join lost on known.integration = lost.integration and months.month = lost.month
left join broken_months as broken on known.integration = broken.integration and months.month = broken.month
left join
    broken_months as broken_before
    on
        known.integration = broken_before.integration
        and broken_before.month = months.month - interval 1 month
left join integrations on known.integration = integrations.integration
where months.is_lived or present.month is not null
order by known.integration asc, months.month asc
