-- The calls of one node and its failed calls of one class, or of all classes, by the hour (seconds since 1970): one row per hour with calls. The
-- node is given as `$node_integration`, `$node_customer` and `$node_connector`, '' where a part does not tell it from others, and the class as
-- `$error_class`, '' for all.
-- steps: incidents/called, incidents/connected, incidents/failed
with made as (
    select hour, calls, 0 as errors
    from called
    where
        $node_connector = ''
        and $node_integration in ('', integration)
        and $node_customer in ('', customer)
    union all
    select hour, calls, 0 as errors
    from connected
    where $node_connector <> '' and $node_connector = connector and $node_integration in ('', integration)
    union all
    select hour, 0 as calls, errors
    from failed
    where
        $node_integration in ('', integration)
        and $node_customer in ('', customer)
        and $node_connector in ('', connector)
        and $error_class in ('', class)
)

select
    hour,
    cast(sum(calls) as bigint) as calls,
    cast(sum(errors) as bigint) as errors
from made
group by hour
