-- The nodes whose hours are wanted, and the days: one row per node and day. Given as `$node_integrations`, `$node_customers` and `$node_connectors`, ''
-- where a part does not tell the node from others, and `$node_days`.
select distinct
    unnest(cast($node_integrations as varchar[])) as integration,
    unnest(cast($node_customers as varchar[])) as customer,
    unnest(cast($node_connectors as varchar[])) as connector,
    unnest(cast($node_days as date[])) as day
