-- Calls by the day of every node that is looked at, of whole days of logs: one row per node and day. The platform and every integration
-- are among them, because others are compared with them.
-- Reads: customer_days_before, daily_calls_before, lacking_days, suspects.
-- steps: incidents/lacking_days, incidents/suspects
with named as (
    select distinct
        integration,
        customer,
        connector
    from suspects
),

called as (
    select
        made.day,
        coalesce(made.integration, '-') as integration,
        made.customer,
        sum(made.calls) as calls
    from customer_days_before as made
    left join lacking_days on made.stream = lacking_days.stream and made.day = lacking_days.day
    where lacking_days.stream is null
    group by all
),

connected as (
    select
        made.day,
        coalesce(made.integration, '-') as integration,
        coalesce(lower(made.connector), '-') as connector,
        sum(made.calls) as calls
    from daily_calls_before as made
    left join lacking_days on made.stream = lacking_days.stream and made.day = lacking_days.day
    where lacking_days.stream is null
    group by all
),

found as (
    select
        day,
        coalesce(integration, '') as integration,
        '' as customer,
        '' as connector,
        sum(calls) as calls
    from connected
    group by grouping sets ((day), (day, integration))
    union all
    select
        called.day,
        '' as integration,
        called.customer,
        '' as connector,
        sum(called.calls) as calls
    from called
    semi join named on called.customer = named.customer and named.integration = ''
    group by called.day, called.customer
    union all
    select
        called.day,
        called.integration,
        called.customer,
        '' as connector,
        called.calls
    from called
    semi join named on called.customer = named.customer and called.integration = named.integration
    union all
    select
        connected.day,
        '' as integration,
        '' as customer,
        connected.connector,
        sum(connected.calls) as calls
    from connected
    semi join named on connected.connector = named.connector and named.integration = ''
    group by connected.day, connected.connector
    union all
    select
        connected.day,
        connected.integration,
        '' as customer,
        connected.connector,
        connected.calls
    from connected
    semi join named on connected.connector = named.connector and connected.integration = named.integration
)

select
    integration,
    customer,
    connector,
    day,
    cast(calls as bigint) as calls
from found
