-- The customers that count in the $window days that end with the period: one row per integration.
-- Reads: last_days, last_day.
with placed as (
    select
        last_days.integration,
        last_days.last_active_day,
        last_days.last_failed_day > last_day.day - $window as has_failed,
        coalesce(last_days.last_active_day > last_day.day - $window, false) as counts,
        row_number() over (
            partition by last_days.integration
            order by last_days.last_active_day desc nulls last, last_days.customer asc
        ) as place
    from last_days
    cross join last_day
)

select
    integration,
    count(*) filter (where counts) as customers,
    count(*) filter (where has_failed and not counts) as failing_customers,
    max(last_active_day + $window) filter (where counts and place = $required) as below_on
from placed
group by integration
