-- title: What needs attention
-- unit: findings
-- grain: one row per finding
-- key: kind, subject
-- look_back: 60
-- meaning: What somebody should look at, worst first. `now` and `before` are, by kind:
-- error_rate_up: the error rate in the period and in the 30 days before it, when the two are surely different (their
-- Wilson intervals do not meet) and 2 points apart;
-- gone_silent: days without a call at the end of the period, and the usual days between two days with calls; at least
-- four days, and three times as long as usual;
-- customers_down: customers in the period (in the 30 days that end with it, where it is shorter: fewer days have
-- fewer customers) and in the 30 days before, when half or more are gone;
-- unidentified: the fraction of calls without an id, and with a malformed one, among those whose log could have held it;
-- not_logged: the fraction of calls whose log could not have held the id;
-- example_id: the id of the documentation, copied; id_in_envelope: an id in the SOAP envelope instead of the header.
with last_day as (
    select max(day) as day
    from days
),

compared as (
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

-- Of each customer, when it was one: in the period, in the days before it, in the month, in the one before that.
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
),

windows as (
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
),

error_rate_up as (
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
),

total as (
    select
        count(*) as all_calls,
        count(*) filter (where id_status <> 'not_logged') as logged_calls
    from calls
),

nameless as (
    select
        id_status as subject,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        count(distinct customer) as customers,
        max(called_at) as last_call
    from calls
    where id_status <> 'valid'
    group by id_status
),

shared as (
    select
        nameless.*,
        case when nameless.subject = 'not_logged' then 'not_logged' else 'unidentified' end as kind,
        cast(nameless.calls as double)
        / case when nameless.subject = 'not_logged' then total.all_calls else total.logged_calls end as share
    from nameless
    cross join total
),

unidentified as (
    select
        kind,
        case when share >= 0.05 then 2 else 3 end as severity,
        subject,
        cast(null as integer) as partner,
        calls,
        errors,
        customers,
        share as now,
        cast(null as double) as before,
        last_call
    from shared
),

example_id as (
    select
        'example_id' as kind,
        2 as severity,
        integration_id as subject,
        cast(null as integer) as partner,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        count(distinct customer) as customers,
        cast(null as double) as now,
        cast(null as double) as before,
        max(called_at) as last_call
    from calls
    where is_example_id(integration_id)
    group by integration_id
),

id_in_envelope as (
    select
        'id_in_envelope' as kind,
        2 as severity,
        body_integration_id as subject,
        cast(null as integer) as partner,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors,
        count(distinct customer) as customers,
        cast(null as double) as now,
        cast(null as double) as before,
        max(called_at) as last_call
    from calls
    where id_status in ('missing', 'malformed') and body_integration_id is not null
    group by body_integration_id
),

findings as (
    select * from error_rate_up
    union all
    select * from gone_silent
    union all
    select * from customers_down
    union all
    select * from unidentified
    union all
    select * from example_id
    union all
    select * from id_in_envelope
)

select
    findings.kind,
    case findings.severity when 1 then 'high' when 2 then 'medium' else 'low' end as severity,
    findings.subject,
    integrations.name,
    findings.partner,
    findings.calls,
    findings.errors,
    findings.customers,
    findings.now,
    findings.before,
    findings.last_call
from findings
left join integrations on findings.subject = integrations.integration
order by findings.severity asc, findings.calls desc, findings.kind asc, findings.subject asc
