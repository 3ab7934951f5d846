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

used as (
    select
        integration,
        customer,
        month,
        bit_or(days) as days
    from customer_months
    where
        id_status = 'valid'
        and is_use(status, operation, own)
        and integration in (select named_customers.integration from named_customers)
    group by integration, customer, month
),

active as (
    select
        integration,
        customer,
        unnest(days_of(month, days)) as day
    from used
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
