-- The activity of each integration in the period, in the 30 days before it, in the month that ends with it, and in the
-- month before that. One row per integration with a valid call since the 30 days began.
-- Reads: last_day.
with compared as (
    select
        scope.since,
        cast(scope.since - interval 30 day as date) as before_since,
        least(scope.since, cast(last_day.day - interval 29 day as date)) as month_since
    from scope
    cross join last_day
),

traffic as (
    select
        calls_before.integration,
        calls_before.partner,
        count(*) filter (where calls_before.day >= compared.since) as calls,
        count(*) filter (where calls_before.day >= compared.since and is_error(calls_before.status)) as errors,
        count(*) filter (where calls_before.day < compared.since) as calls_earlier,
        count(*) filter (where calls_before.day < compared.since and is_error(calls_before.status)) as errors_earlier,
        count(distinct calls_before.day) as active_days,
        min(calls_before.day) as first_day,
        max(calls_before.day) as last_active_day,
        max(calls_before.called_at) as last_call
    from calls_before
    cross join compared
    where calls_before.id_status = 'valid' and calls_before.day >= compared.before_since
    group by calls_before.integration, calls_before.partner
),

-- When each customer was one: in the period, in the days before it, in the month, and in the month before that.
presence as (
    select
        calls_before.integration,
        calls_before.customer,
        bool_or(calls_before.day >= compared.since) as is_here,
        bool_or(calls_before.day >= compared.before_since and calls_before.day < compared.since) as was_here,
        bool_or(calls_before.day >= compared.month_since) as is_here_this_month,
        bool_or(
            calls_before.day >= compared.month_since - interval 30 day and calls_before.day < compared.month_since
        ) as was_here_last_month
    from calls_before
    cross join compared
    where calls_before.id_status = 'valid' and is_use(calls_before.status, calls_before.operation, calls_before.own)
    group by calls_before.integration, calls_before.customer
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
    traffic.integration,
    traffic.partner,
    traffic.calls,
    traffic.errors,
    traffic.calls_earlier,
    traffic.errors_earlier,
    traffic.active_days,
    traffic.first_day,
    traffic.last_active_day,
    traffic.last_call,
    coalesce(customers_counted.customers, 0) as customers,
    coalesce(customers_counted.customers_earlier, 0) as customers_earlier,
    coalesce(customers_counted.customers_this_month, 0) as customers_this_month,
    coalesce(customers_counted.customers_last_month, 0) as customers_last_month
from traffic
left join customers_counted on traffic.integration = customers_counted.integration
