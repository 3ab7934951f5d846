-- What a call contributes to daily_durations. Reads: sent (calls as they were sent).
select
    day,
    stream,
    product,
    environment,
    id_status,
    partner,
    project,
    integration,
    operation,
    connector,
    duration_bucket(duration_ms) as duration_bucket,
    cast(1 as bigint) as calls,
    cast(coalesce(duration_ms > 1000, false) as bigint) as slow_calls
from sent
