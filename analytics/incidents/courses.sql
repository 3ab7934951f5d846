-- title: The hours of nodes
-- unit: calls
-- grain: one row per node and hour with calls
-- key: integration, customer, connector, hour
-- look_back: 57
-- steps: incidents/wanted, incidents/made_nodes, incidents/failed_nodes
-- meaning: The calls of nodes that are wanted, on the days on which they are, and those that failed by the class of their errors. Hours
-- are seconds since 1970.
with by_class as (
    select
        integration,
        customer,
        connector,
        hour,
        added_up_if(class = 'platform', errors) as platform,
        added_up_if(class = 'rights', errors) as rights,
        added_up_if(class = 'content', errors) as content
    from failed_nodes
    group by integration, customer, connector, hour
)

select
    made_nodes.integration,
    made_nodes.customer,
    made_nodes.connector,
    made_nodes.hour,
    made_nodes.calls,
    coalesce(by_class.platform, 0) as platform,
    coalesce(by_class.rights, 0) as rights,
    coalesce(by_class.content, 0) as content
from made_nodes
left join by_class
    on
        made_nodes.integration = by_class.integration
        and made_nodes.customer = by_class.customer
        and made_nodes.connector = by_class.connector
        and made_nodes.hour = by_class.hour
order by made_nodes.integration asc, made_nodes.customer asc, made_nodes.connector asc, made_nodes.hour asc
