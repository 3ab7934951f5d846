-- title: One integration
-- unit: calls
-- grain: one row for the integration $integration, also if it never called; no row if neither the registry nor a call
-- names it
-- key: none
-- look_back: 0
-- meaning: The integration as the registry has it, and what it did in scope, counted as in customers_per_integration.
with known as (
    select
        integration,
        partner,
        project,
        name,
        replaces,
        certified_since,
        certified_until,
        listed
    from integrations
    where integration = $integration
),

counted as (
    select
        integration,
        partner,
        project,
        count(distinct customer) filter (where served > 0 and not own) as customers,
        added_up(calls) as calls,
        added_up(errors) as errors,
        min(first_call) as first_call,
        max(last_call) as last_call
    from customer_days
    where integration = $integration
    group by integration, partner, project
),

profile as (
    select
        coalesce(counted.integration, known.integration) as integration,
        coalesce(counted.partner, known.partner) as partner,
        coalesce(counted.project, known.project) as project,
        known.name,
        known.replaces,
        known.certified_since,
        known.certified_until,
        known.listed,
        coalesce(counted.customers, 0) as customers,
        coalesce(counted.calls, 0) as calls,
        coalesce(counted.errors, 0) as errors,
        cast(counted.errors as double) / counted.calls as error_rate,
        counted.first_call,
        counted.last_call
    from counted
    full outer join known on counted.integration = known.integration
)

select
    profile.integration,
    profile.partner,
    profile.project,
    profile.name,
    partners.name as partner_name,
    partners.contact,
    partners.email,
    partners.phone,
    profile.replaces,
    profile.certified_since,
    profile.certified_until,
    profile.listed,
    profile.customers,
    profile.calls,
    profile.errors,
    profile.error_rate,
    profile.first_call,
    profile.last_call
from profile
left join partners on profile.partner = partners.partner
