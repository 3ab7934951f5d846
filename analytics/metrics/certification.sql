-- title: Certification: customers in the last 30 days
-- unit: customers
-- grain: one row per integration that the registry names, or that called in the period or in the 29 days before it
-- key: integration
-- look_back: 29
-- steps: certification/last_day, certification/last_days, certification/last_calls
-- meaning: The customers that count for certification at the end of the period. A customer counts if it made a call in
-- the last 30 days of the period that carries the integration's id, succeeded and was not a log-in. Calls to the
-- partner's own environment do not count. Five customers are required. Certified is the state in the registry on the
-- last day. This metric gives no verdict: `koppelzicht certification` also says whether logs are missing in these days
-- and what follows, gives the reasons, and takes other windows.
with seen as (
    select
        last_days.integration,
        count(*) filter (where last_days.last_active_day > last_day.day - certification_days()) as customers
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
        last_calls.last_customer_call
    from registered
    full outer join seen on registered.integration = seen.integration
    left join last_calls on seen.integration = last_calls.integration
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
