-- What a call contributes to customer_days. Reads: sent (calls as they were sent).
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
    cast(1 as bigint) as calls,
    cast(is_error(status) as bigint) as errors,
    cast(is_served(status, operation) as bigint) as served,
    called_at as first_call,
    called_at as last_call,
    case when is_served(status, operation) then called_at end as last_served
from sent
