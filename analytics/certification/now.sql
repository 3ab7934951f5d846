-- title: Integrations and their certification
-- unit: integrations
-- grain: one row per integration that the registry or a call names; a replaced id counts as the id that replaces it
-- key: integration
-- look_back: 0
-- steps: certification/last_day, certification/last_days, certification/last_calls,
-- certification/counted_customers
-- meaning: What certification asks of an integration, at the end of the period, in the $window days that end there.
-- $partner and $integration choose rows; null chooses all.
-- customers: those with a call in the window that succeeded and was not a log-in; calls to the partner's own
-- environment do not count.
-- failing_customers: those with only errors in the window.
-- below_on: the first day on which the window would hold fewer than $required customers if no customer called again:
-- the day on which the last call of the $required-th most recent customer leaves it. This holds whatever the rhythm of
-- the customers. Null if there are too few customers already.
-- inherited_from: the replaced id that the dates of the certificate come from.
-- supplied_connectors: the vendor's own GetConnectors (`Profit_...`) that were used in the window. They block
-- certification.
-- has_registry: whether the registry knows any integration.
with seen as (
    select
        daily_calls.integration,
        daily_calls.partner,
        added_up(daily_calls.calls) as calls,
        bool_or(daily_calls.product = 'profit') as has_profit,
        bool_or(daily_calls.product = 'sb') as has_sb,
        max(daily_calls.last_call) as last_call,
        count(distinct lower(daily_calls.connector)) filter (
            where
            daily_calls.day > last_day.day - $window
            and daily_calls.operation = 'get'
            and is_supplied(daily_calls.connector)
        ) as supplied_connectors
    from daily_calls
    cross join last_day
    where daily_calls.id_status = 'valid'
    group by daily_calls.integration, daily_calls.partner
),

known as (
    select
        coalesce(integrations.integration, seen.integration) as integration,
        coalesce(integrations.partner, seen.partner) as partner,
        integrations.name,
        integrations.integration is not null as in_registry,
        certificates.certified_since,
        certificates.certified_until,
        certificates.inherited_from,
        coalesce(seen.calls, 0) as calls,
        coalesce(seen.has_profit, false) as has_profit,
        coalesce(seen.has_sb, false) as has_sb,
        coalesce(counted_customers.customers, 0) as customers,
        coalesce(counted_customers.failing_customers, 0) as failing_customers,
        counted_customers.below_on,
        coalesce(seen.supplied_connectors, 0) as supplied_connectors,
        seen.last_call,
        last_calls.last_customer_call
    from integrations
    left join certificates on integrations.integration = certificates.integration
    full outer join seen on integrations.integration = seen.integration
    left join counted_customers on seen.integration = counted_customers.integration
    left join last_calls on seen.integration = last_calls.integration
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
    known.inherited_from,
    known.calls,
    known.has_profit,
    known.has_sb,
    known.customers,
    known.failing_customers,
    known.supplied_connectors,
    known.last_call,
    known.last_customer_call,
    cast(known.below_on as date) as below_on
from known
left join partners on known.partner = partners.partner
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
