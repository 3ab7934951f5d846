-- Calls by the hour of the nodes that are wanted: one row per node and hour. Each kind of node joins by what it tells.
-- Reads: wanted, called, connected.
-- steps: incidents/called, incidents/connected
with found as (
    select wanted.*, called.hour, called.calls
    from called
    inner join wanted on called.day = wanted.day
    where wanted.integration = '' and wanted.customer = '' and wanted.connector = ''
    union all
    select wanted.*, called.hour, called.calls
    from called
    inner join wanted on called.integration = wanted.integration and called.day = wanted.day
    where wanted.customer = '' and wanted.connector = ''
    union all
    select wanted.*, called.hour, called.calls
    from called
    inner join wanted on called.customer = wanted.customer and called.day = wanted.day
    where wanted.integration = '' and wanted.connector = ''
    union all
    select wanted.*, called.hour, called.calls
    from called
    inner join wanted
        on called.integration = wanted.integration and called.customer = wanted.customer and called.day = wanted.day
    where wanted.connector = ''
    union all
    select wanted.*, connected.hour, connected.calls
    from connected
    inner join wanted on connected.connector = wanted.connector and connected.day = wanted.day
    where wanted.integration = '' and wanted.customer = ''
    union all
    select wanted.*, connected.hour, connected.calls
    from connected
    inner join wanted
        on
            connected.integration = wanted.integration
            and connected.connector = wanted.connector
            and connected.day = wanted.day
    where wanted.customer = ''
)

select
    integration,
    customer,
    connector,
    max(day) as day,
    hour,
    cast(sum(calls) as bigint) as calls
from found
group by integration, customer, connector, hour
