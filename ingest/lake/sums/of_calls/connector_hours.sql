-- What a call contributes to connector_hours. Reads: sent (calls as they were sent).
select
    day,
    stream,
    product,
    environment,
    id_status,
    partner,
    project,
    integration,
    connector,
    hour_of(called_at) as hour,
    cast(1 as bigint) as calls,
    cast(is_error(status) as bigint) as errors
from sent
