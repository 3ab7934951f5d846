-- title: The hours of one incident, and of the weeks before
-- unit: calls
-- grain: one row per hour with calls of the node
-- key: hour
-- look_back: 57
-- steps: incidents/of_node
-- meaning: The calls of an integration, a customer, a connector, a pair or the platform, with the failed calls of one class. Hours that a
-- log misses are left out.
select
    to_timestamp(hour) as hour,
    calls,
    errors
from of_node
order by hour asc
