-- What a call contributes to daily_senders. Reads: sent (calls as they were sent).
select
    day,
    stream,
    product,
    environment,
    id_defect,
    id_status,
    partner,
    project,
    integration,
    connector,
    user_agent,
    case when integration is null then body_integration_id end as body_integration_id,
    case when integration is null then integration_id end as malformed_id,
    case when integration is null then customer end as unnamed_customer,
    cast(1 as bigint) as calls,
    cast(is_error(status) as bigint) as errors,
    called_at as first_call,
    called_at as last_call
from sent
