-- title: Integrations and their certification
-- unit: integrations
-- grain: one row per integration that the registry or a call names; an id that another one replaces is that one
-- key: integration
-- look_back: 0
-- meaning: What certification asks of an integration, at the end of the period, in the $window days that end there.
-- customers: with a call in the window that was no error, own calls excluded; failing_customers: who only had errors.
-- below_on: the first day on which the window holds fewer than $required customers when those who are silent now (see
-- certification_course) stay silent and the others stay; null when it does not come to that.
-- supplied_connectors: GetConnectors of the vendor (`Profit_...`) used in the window; they block certification.
-- has_registry: whether the registry knows any integration. $partner and $integration choose rows, null for all.
with last_day as (
    select max(day) as day
    from days
),

seen as (
    select
        calls.integration,
        calls.partner,
        count(*) as calls,
        bool_or(calls.product = 'profit') as has_profit,
        bool_or(calls.product = 'sb') as has_sb,
        max(calls.called_at) as last_call,
        max(calls.called_at) filter (where is_use(calls.status, calls.operation, calls.own)) as last_customer_call,
        count(distinct calls.customer) filter (
            where calls.day > last_day.day - $window and not calls.own
        ) as callers,
        count(distinct calls.customer) filter (
            where calls.day > last_day.day - $window and is_use(calls.status, calls.operation, calls.own)
        ) as customers,
        count(distinct lower(calls.connector)) filter (
            where
                calls.day > last_day.day - $window
                and calls.operation = 'get'
                and starts_with(lower(calls.connector), 'profit_')
        ) as supplied_connectors
    from calls
    cross join last_day
    where calls.id_status = 'valid'
    group by calls.integration, calls.partner
),

active as (
    select
        integration,
        customer,
        min(day) as first_day,
        max(day) as last_active_day,
        count(distinct day) as active_days
    from calls
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, customer
),

leaving as (
    select
        active.integration,
        active.last_active_day + $window as leaves_on,
        row_number() over (
            partition by active.integration order by active.last_active_day asc, active.customer asc
        ) as place
    from active
    cross join last_day
    where
        active.last_active_day > last_day.day - $window
        and active.active_days > 1
        and date_diff('day', active.last_active_day, last_day.day) >= greatest(
            7, 3.0 * date_diff('day', active.first_day, active.last_active_day) / (active.active_days - 1)
        )
),

known as (
    select
        coalesce(integrations.integration, seen.integration) as integration,
        coalesce(integrations.partner, seen.partner) as partner,
        integrations.name,
        integrations.integration is not null as in_registry,
        integrations.certified_since,
        integrations.certified_until,
        coalesce(seen.calls, 0) as calls,
        coalesce(seen.has_profit, false) as has_profit,
        coalesce(seen.has_sb, false) as has_sb,
        coalesce(seen.customers, 0) as customers,
        coalesce(seen.callers, 0) - coalesce(seen.customers, 0) as failing_customers,
        coalesce(seen.supplied_connectors, 0) as supplied_connectors,
        seen.last_call,
        seen.last_customer_call
    from integrations
    full outer join seen on integrations.integration = seen.integration
)

select
    known.integration,
    known.partner,
    known.name,
    partners.name as partner_name,
    known.in_registry,
    (select count(*) > 0 from integrations) as has_registry,
    known.certified_since,
    known.certified_until,
    known.calls,
    known.has_profit,
    known.has_sb,
    known.customers,
    known.failing_customers,
    known.supplied_connectors,
    known.last_call,
    known.last_customer_call,
    cast(leaving.leaves_on as date) as below_on
from known
left join partners on known.partner = partners.partner
left join leaving on known.integration = leaving.integration and leaving.place = known.customers - $required + 1
left join lake.renames as renames on known.integration = concat(renames.old_partner, '_', renames.old_project)
left join
    lake.renames as asked
    on concat(asked.old_partner, '_', asked.old_project) = cast($integration as varchar)
where
    renames.integration is null
    and (cast($partner as integer) is null or known.partner = cast($partner as integer))
    and (
        cast($integration as varchar) is null
        or known.integration = coalesce(asked.integration, cast($integration as varchar))
    )
order by known.integration asc
