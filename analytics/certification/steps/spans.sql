-- The days from which and until which a customer counts, and the day in between from which it is silent or about to leave. One row
-- per integration, customer and run of days with a use: a day that is followed by another one so soon that the customer is neither
-- silent nor about to leave in between changes nothing, so only the last day of each run is looked at. A month begins a run.
with used as (
    select
        integration,
        customer,
        month,
        bit_or(days) as days
    from customer_months
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, customer, month
),

runs as (
    select
        integration,
        customer,
        month,
        days,
        unnest(days_of(month, first_of_runs(days, least(7, $window - $warning)))) as since,
        unnest(days_of(month, last_of_runs(days, least(7, $window - $warning)))) as last_day
    from used
),

numbered as (
    select
        integration,
        customer,
        since,
        last_day,
        lead(since) over (partition by integration, customer order by since) as next_day,
        date_diff('day', min(since) over (partition by integration, customer), last_day) as days_since_first,
        cast(
            sum(bit_count(days_within(month, days, since, cast(last_day + 1 as date)))) over (
                partition by integration, customer
                order by since
            ) as bigint
        ) as days
    from runs
)

select
    integration,
    since,
    cast(least(coalesce(next_day, last_day + $window), last_day + $window) as date) as until,
    case
        when days > 1
            then cast(last_day + cast(greatest(7, ceil(3.0 * days_since_first / (days - 1))) as integer) as date)
    end as silent_since,
    cast(
        greatest(
            last_day + $window - $warning,
            case
                when days > 2 then last_day + cast(floor(1.5 * days_since_first / (days - 1)) as integer) + 1
                else last_day
            end
        )
        as date
    ) as leaving_since
from numbered
