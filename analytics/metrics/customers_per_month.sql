-- title: Customers per month
-- unit: customers
-- grain: one row per integration and month of the period on which logs live, from the integration's first customer on, and
-- per other month in which it has a customer
-- key: integration, month
-- look_back: 36500
-- steps: coverage/broken_months, customers/arrivals, customers/months
-- meaning: How the customers of an integration come and go. A customer of a month has at least one call in it that
-- succeeded and was no log-in, the partner's own environment excepted. Customers = new + stayed + returning + unknown, and
-- those of the month before = stayed + lost. New: for the first time in what is loaded. Returning: not in the month before,
-- but earlier. Unknown: nobody can tell which of the two, because the logs begin in that month, or miss more than three days
-- of the one before. Lost: in the month before, and not in this one; null where the logs do not reach over both, or miss more
-- than three days of one, because who was not seen is not lost; nor is who is named in this one by rejected lines. Months are whole ones, also where the period begins or ends
-- inside; complete says whether the logs cover all of its days, and those in which the integration or a customer of it is seen
-- miss nothing of them.
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
