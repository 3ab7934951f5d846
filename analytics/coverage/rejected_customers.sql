-- title: Customers in the rolling window, those of rejected lines included
-- unit: customers
-- grain: one row per integration of which a rejected line names its customer, and day that the lake covers
-- key: integration, day
-- look_back: 0
-- steps: coverage/rejected_lines
-- meaning: How many customers an integration would have in the $window days that end with this day, if each rejected line that
-- names a customer and carries its id, or may have carried it, were a use. A line of which nobody knows when it was, or that is dated behind $last_day, where
-- the logs end, may be of any day.
with named as (
    select distinct
        integration,
        customer,
        case when day <= $last_day then day end as day
    from rejected_lines
    where customer is not null
),

undated as (
    select distinct
        integration,
        customer
    from named
    where day is null
),

active as (
    select
        integration,
        customer,
        day
    from calls
    where
        id_status = 'valid'
        and is_use(status, operation, own)
        and integration in (select named.integration from named)
    union
    select
        integration,
        customer,
        day
    from named
),

first_day as (
    select min(day) as day
    from days
),

-- A day with calls counts from itself until the next one, $window days at most; before the first day there is no window.
spans as (
    select
        active.integration,
        greatest(active.day, first_day.day) as since,
        cast(
            least(
                coalesce(
                    lead(active.day) over (partition by active.integration, active.customer order by active.day),
                    active.day + $window
                ),
                active.day + $window
            )
            as date
        ) as until
    from active
    cross join first_day
    left join undated on active.integration = undated.integration and active.customer = undated.customer
    where undated.customer is null
    union all
    select
        undated.integration,
        first_day.day as since,
        null as until
    from undated
    cross join first_day
),

changes as (
    select
        integration,
        since as day,
        1 as customers
    from spans
    where until is null or until > since
    union all
    select
        integration,
        until as day,
        -1 as customers
    from spans
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
    from named
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
