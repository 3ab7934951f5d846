-- Failed calls by the hour (seconds since 1970): one row per hour, class of errors, integration, customer and connector. A call
-- without a valid id or without a connector has '-' there. Connectors that differ only in case are one.
-- Reads: error_hours_before, left_out.
-- steps: incidents/left_out
select
    failing.day,
    cast(epoch(failing.hour) as bigint) as hour,
    error_class(failing.outcome) as class,
    coalesce(failing.integration, '-') as integration,
    failing.customer,
    coalesce(lower(failing.connector), '-') as connector,
    cast(sum(failing.errors) as bigint) as errors
from error_hours_before as failing
left join left_out on failing.stream = left_out.stream and cast(epoch(failing.hour) as bigint) = left_out.hour
where left_out.stream is null
group by all
