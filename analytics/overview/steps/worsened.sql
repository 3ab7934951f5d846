-- Findings about integrations that do worse than before: one row per integration and kind.
-- Reads: windows, last_day.
with error_rate_up as (
    select
        'error_rate_up' as kind,
        case when errors >= 0.25 * calls then 1 else 2 end as severity,
        integration as subject,
        partner,
        calls,
        errors,
        customers,
        cast(errors as double) / calls as now,
        cast(errors_earlier as double) / calls_earlier as before,
        last_call
    from windows
    where
        calls >= 20
        and calls_earlier >= 20
        and cast(errors as double) / calls - cast(errors_earlier as double) / calls_earlier >= 0.02
        and wilson_low(errors, calls) > wilson_high(errors_earlier, calls_earlier)
),

pauses as (
    select
        windows.integration,
        windows.partner,
        windows.calls,
        windows.errors,
        windows.customers,
        windows.customers_earlier,
        windows.last_call,
        date_diff('day', windows.last_active_day, last_day.day) as silent_days,
        cast(date_diff('day', windows.first_day, windows.last_active_day) as double)
        / nullif(windows.active_days - 1, 0) as usual_days
    from windows
    cross join last_day
),

gone_silent as (
    select
        'gone_silent' as kind,
        case when customers + customers_earlier >= 5 then 1 else 2 end as severity,
        integration as subject,
        partner,
        calls,
        errors,
        customers,
        cast(silent_days as double) as now,
        usual_days as before,
        last_call
    from pauses
    where silent_days >= 4 and silent_days >= 3 * usual_days
),

customers_down as (
    select
        'customers_down' as kind,
        2 as severity,
        integration as subject,
        partner,
        calls,
        errors,
        customers,
        cast(customers_this_month as double) as now,
        cast(customers_last_month as double) as before,
        last_call
    from windows
    where
        customers_last_month >= 4
        and customers_this_month > 0
        and 2 * customers_this_month <= customers_last_month
)

select * from error_rate_up
union all
select * from gone_silent
union all
select * from customers_down
