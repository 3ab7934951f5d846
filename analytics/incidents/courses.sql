-- title: The hours of nodes
-- unit: calls
-- grain: one row per node and hour with calls
-- key: integration, customer, connector, hour
-- look_back: 57
-- steps: incidents/wanted, incidents/made_nodes
-- meaning: The calls of nodes that are wanted, on the days on which they are. Hours are seconds since 1970.
select
    integration,
    customer,
    connector,
    hour,
    calls
from made_nodes
order by integration asc, customer asc, connector asc, hour asc
