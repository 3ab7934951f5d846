-- title: The calls of the parts of nodes
-- unit: calls
-- grain: one row per stretch that is asked for and part of its node with calls in it
-- key: place, integration, customer, connector
-- look_back: 57
-- steps: incidents/called, incidents/connected
-- meaning: A stretch is a node and the hours from `$since_hours` to before `$until_hours` (seconds since 1970). The node is given as
-- `$node_integrations`, `$node_customers` and `$node_connectors`, '' where a part does not tell it from others. `place` is its place in these lists. The
-- parts of the platform are integrations, customers and connectors. Those of anything else are pairs.
with asked as (
    select
        unnest(range(len(cast($since_hours as bigint[])))) as place,
        unnest(cast($node_integrations as varchar[])) as integration,
        unnest(cast($node_customers as varchar[])) as customer,
        unnest(cast($node_connectors as varchar[])) as connector,
        unnest(cast($since_hours as bigint[])) as since,
        unnest(cast($until_hours as bigint[])) as until
),

parts as (
    select asked.place, called.integration, '' as customer, '' as connector, called.calls
    from asked
    inner join called on called.hour >= asked.since and called.hour < asked.until
    where asked.integration = '' and asked.customer = '' and asked.connector = ''
    union all
    select asked.place, '' as integration, called.customer, '' as connector, called.calls
    from asked
    inner join called on called.hour >= asked.since and called.hour < asked.until
    where asked.integration = '' and asked.customer = '' and asked.connector = ''
    union all
    select asked.place, '' as integration, '' as customer, connected.connector, connected.calls
    from asked
    inner join connected on connected.hour >= asked.since and connected.hour < asked.until
    where asked.integration = '' and asked.customer = '' and asked.connector = ''
    union all
    select asked.place, '' as integration, called.customer, '' as connector, called.calls
    from asked
    inner join called
        on asked.integration = called.integration and called.hour >= asked.since and called.hour < asked.until
    where asked.customer = '' and asked.connector = ''
    union all
    select asked.place, '' as integration, '' as customer, connected.connector, connected.calls
    from asked
    inner join connected
        on asked.integration = connected.integration and connected.hour >= asked.since and connected.hour < asked.until
    where asked.customer = '' and asked.connector = ''
    union all
    select asked.place, called.integration, '' as customer, '' as connector, called.calls
    from asked
    inner join called on asked.customer = called.customer and called.hour >= asked.since and called.hour < asked.until
    where asked.integration = ''
    union all
    select asked.place, connected.integration, '' as customer, '' as connector, connected.calls
    from asked
    inner join connected
        on asked.connector = connected.connector and connected.hour >= asked.since and connected.hour < asked.until
    where asked.integration = ''
)

select
    place,
    integration,
    customer,
    connector,
    cast(sum(calls) as bigint) as calls
from parts
group by place, integration, customer, connector
