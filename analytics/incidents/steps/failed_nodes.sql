-- Failed calls by the hour of each node of the tree: the platform, a connector, an integration, a customer, and their pairs with an
-- integration. One row per node, class and hour. What does not tell a node from others is '' there.
-- Reads: failed.
-- steps: incidents/failed
select
    day,
    hour,
    class,
    coalesce(integration, '') as integration,
    coalesce(customer, '') as customer,
    coalesce(connector, '') as connector,
    cast(sum(errors) as bigint) as errors
from failed
group by
    grouping sets (
        (day, hour, class),
        (day, hour, class, integration),
        (day, hour, class, customer),
        (day, hour, class, connector),
        (day, hour, class, integration, customer),
        (day, hour, class, integration, connector)
    )
