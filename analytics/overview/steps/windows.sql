-- The activity of each integration in the period, in the 30 days before it, in the month that ends with it, and in the
-- month before that. One row per integration with a valid call since the 30 days began.
-- Reads: last_day, traffic.
with compared as (
    select
        scope.since,
        scope.until,
        cast(scope.since - interval 30 day as date) as before_since,
        least(scope.since, cast(last_day.day - interval 29 day as date)) as month_since
    from scope
    cross join last_day
),

counted as (
    select
        traffic.integration,
        traffic.partner,
        added_up_if(traffic.day >= compared.since, traffic.calls) as calls,
        added_up_if(traffic.day >= compared.since, traffic.errors) as errors,
        added_up_if(traffic.day < compared.since, traffic.calls) as calls_earlier,
        added_up_if(traffic.day < compared.since, traffic.errors) as errors_earlier,
        count(distinct traffic.day) as active_days,
        min(traffic.day) as first_day,
        max(traffic.day) as last_active_day,
        max(traffic.last_call) as last_call
    from traffic
    cross join compared
    where traffic.id_status = 'valid' and traffic.day >= compared.before_since
    group by traffic.integration, traffic.partner
),

used as (
    select
        integration,
        customer,
        month,
        bit_or(days) as days
    from customer_months_before
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, customer, month
),

-- The days of each month that are in the period, in the days before it, in the month, and in the month before that.
masks as (
    select
        months.month,
        days_within(months.month, -1, compared.since, compared.until) as now,
        days_within(months.month, -1, compared.before_since, compared.since) as earlier,
        days_within(months.month, -1, compared.month_since, compared.until) as this_month,
        days_within(months.month, -1, cast(compared.month_since - interval 30 day as date), compared.month_since)
            as last_month
    from (select distinct month from used) as months
    cross join compared
),

-- When each customer was one.
presence as (
    select
        used.integration,
        used.customer,
        bool_or(used.days & masks.now <> 0) as is_here,
        bool_or(used.days & masks.earlier <> 0) as was_here,
        bool_or(used.days & masks.this_month <> 0) as is_here_this_month,
        bool_or(used.days & masks.last_month <> 0) as was_here_last_month
    from used
    inner join masks on used.month = masks.month
    group by used.integration, used.customer
),

customers_counted as (
    select
        integration,
        count(*) filter (where is_here) as customers,
        count(*) filter (where was_here) as customers_earlier,
        count(*) filter (where is_here_this_month) as customers_this_month,
        count(*) filter (where was_here_last_month) as customers_last_month
    from presence
    group by integration
)

select
    counted.integration,
    counted.partner,
    counted.calls,
    counted.errors,
    counted.calls_earlier,
    counted.errors_earlier,
    counted.active_days,
    counted.first_day,
    counted.last_active_day,
    counted.last_call,
    coalesce(customers_counted.customers, 0) as customers,
    coalesce(customers_counted.customers_earlier, 0) as customers_earlier,
    coalesce(customers_counted.customers_this_month, 0) as customers_this_month,
    coalesce(customers_counted.customers_last_month, 0) as customers_last_month
from counted
left join customers_counted on counted.integration = customers_counted.integration
