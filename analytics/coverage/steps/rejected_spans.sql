-- The days from which and until which each named customer would count: one row per integration, customer and day with a
-- use.
-- Reads: named_customers.
with undated as (
    select distinct
        integration,
        customer
    from named_customers
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
        and integration in (select named_customers.integration from named_customers)
    union
    select
        integration,
        customer,
        day
    from named_customers
),

first_day as (
    select min(day) as day
    from days
)

-- A day with calls counts from itself until the next one, at most $window days. Before the first day there is no window.
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
