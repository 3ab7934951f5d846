-- What a call contributes to customer_hours. Reads: sent (calls as they were sent).
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
    hour_of(called_at) as hour,
    cast(1 as bigint) as calls,
    cast(is_error(status) as bigint) as errors
from sent
