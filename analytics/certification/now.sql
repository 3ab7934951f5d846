-- title: Integrations and their certification
-- unit: integrations
-- grain: one row per integration that the registry or a call names; a replaced id counts as the id that replaces it
-- key: integration
-- look_back: 0
-- steps: certification/last_day, certification/last_days, certification/counted_customers
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
        calls.integration,
        calls.partner,
        count(*) as calls,
        bool_or(calls.product = 'profit') as has_profit,
        bool_or(calls.product = 'sb') as has_sb,
        max(calls.called_at) as last_call,
        max(calls.called_at) filter (where is_use(calls.status, calls.operation, calls.own)) as last_customer_call,
        count(distinct lower(calls.connector)) filter (
            where
            calls.day > last_day.day - $window
            and calls.operation = 'get'
            and is_supplied(calls.connector)
        ) as supplied_connectors
    from calls
    cross join last_day
    where calls.id_status = 'valid'
    group by calls.integration, calls.partner
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
        seen.last_customer_call
    from integrations
    left join certificates on integrations.integration = certificates.integration
    full outer join seen on integrations.integration = seen.integration
    left join counted_customers on seen.integration = counted_customers.integration
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
