-- The days from which and until which a customer counts, and the day in between from which it is silent or about to
-- leave. One row per integration, customer and day with a use.
with active as (
    select
        integration,
        customer,
        day
    from calls
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, customer, day
),

numbered as (
    select
        integration,
        customer,
        day,
        lead(day) over (partition by integration, customer order by day) as next_day,
        date_diff('day', min(day) over (partition by integration, customer), day) as days_since_first,
        row_number() over (partition by integration, customer order by day) as days
    from active
)

select
    integration,
    day as since,
    cast(least(coalesce(next_day, day + $window), day + $window) as date) as until,
    case
        when days > 1
            then cast(day + cast(greatest(7, ceil(3.0 * days_since_first / (days - 1))) as integer) as date)
    end as silent_since,
    cast(
        greatest(
            day + $window - $warning,
            case when days > 2 then day + cast(floor(1.5 * days_since_first / (days - 1)) as integer) + 1 else day end
        )
        as date
    ) as leaving_since
from numbered
