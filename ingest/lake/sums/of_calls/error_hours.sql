-- What a call contributes to error_hours: nothing unless it failed. Reads: sent (calls as they were sent).
select
    day,
    stream,
    product,
    environment,
    customer,
    own,
    id_status,
    partner,
    project,
    integration,
    connector,
    status,
    outcome,
    hour_of(called_at) as hour,
    cast(1 as bigint) as errors
from sent
where is_error(status)
