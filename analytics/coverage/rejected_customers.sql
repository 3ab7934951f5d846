-- title: Customers in the rolling window, including those of rejected lines
-- unit: customers
-- grain: one row per integration for which a rejected line names a customer, and day that the lake covers
-- key: integration, day
-- look_back: 0
-- steps: coverage/rejected_lines, coverage/named_customers, coverage/rejected_spans
-- meaning: How many customers the integration would have in the $window days that end with this day, if each rejected
-- line that names a customer, and carries or may have carried the integration's id, were a use. A line without a time,
-- or with a time after $last_day, where the logs end, may belong to any day.
with changes as (
    select
        integration,
        since as day,
        1 as customers
    from rejected_spans
    where until is null or until > since
    union all
    select
        integration,
        until as day,
        -1 as customers
    from rejected_spans
    where until > since
),

changed as (
    select
        integration,
        day,
        sum(customers) as customers
    from changes
    group by integration, day
),

integrations as (
    select distinct integration
    from named_customers
)

select
    integrations.integration,
    days.day,
    cast(
        sum(coalesce(changed.customers, 0)) over (partition by integrations.integration order by days.day) as bigint
    ) as customers
from integrations
cross join days
left join changed on integrations.integration = changed.integration and days.day = changed.day
order by integrations.integration asc, days.day asc
