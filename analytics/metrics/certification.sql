-- title: Certification: customers in the last 30 days
-- unit: customers
-- grain: one row per integration that the registry or a call of the period or the 29 days before it names
-- key: integration
-- look_back: 29
-- steps: certification/last_day, certification/last_days
-- meaning: What certification counts, at the end of the period: customers with a call in the last 30 days of it that was
-- no error and no log-in and carries the integration's id, own calls excluded; five are required. Certified is what the registry says
-- of the last day. A figure without a verdict: whether logs are missing in these days, what follows, other windows and
-- the reasons say `koppelzicht certification`.
with seen as (
    select
        last_days.integration,
        count(*) filter (where last_days.last_active_day > last_day.day - certification_days()) as customers,
        max(last_days.last_customer_call) as last_customer_call
    from last_days
    cross join last_day
    group by last_days.integration
),

registered as (
    select
        integrations.integration,
        integrations.name,
        certificates.certified_since,
        certificates.certified_until
    from integrations
    inner join certificates on integrations.integration = certificates.integration
    left join integrations as newer on integrations.integration = newer.replaces
    where newer.integration is null
),

known as (
    select
        coalesce(registered.integration, seen.integration) as integration,
        registered.name,
        (registered.certified_since is not null or registered.certified_until is not null)
        and coalesce(registered.certified_since <= last_day.day, true)
        and coalesce(registered.certified_until > last_day.day, true) as certified,
        coalesce(seen.customers, 0) as customers,
        seen.last_customer_call
    from registered
    full outer join seen on registered.integration = seen.integration
    cross join last_day
    where last_day.day is not null
)

select
    integration,
    name,
    coalesce(certified, false) as certified,
    customers,
    cast(certification_customers() as bigint) as customers_required,
    cast(certification_days() as bigint) as window_days,
    last_customer_call
from known
order by customers desc, integration asc
