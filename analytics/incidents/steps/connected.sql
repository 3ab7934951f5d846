-- Calls of connectors by the hour (seconds since 1970), without hours that logs miss: one row per log, hour, integration and connector.
-- Reads: connector_hours_before, left_out.
-- steps: incidents/left_out
select
    called.day,
    cast(epoch(called.hour) as bigint) as hour,
    coalesce(called.integration, '-') as integration,
    coalesce(lower(called.connector), '-') as connector,
    called.calls
from connector_hours_before as called
left join left_out on called.stream = left_out.stream and cast(epoch(called.hour) as bigint) = left_out.hour
where left_out.stream is null
