-- The calls, by everything that a change may name. A call without a connector but with an address of its own
-- (ReportConnector, ProfitVersion, AppConnectorReport) is a call to a service. The address is the name of the service,
-- and a service has one operation.
-- One row per integration, customer, name, operation, endpoint, token_form, protocol and api_version.
-- Reads: calls.
select
    integration,
    max(partner) as partner,
    customer,
    bool_or(own) as own,
    connector is null as is_service,
    coalesce(lower(connector), lower(split_part(split_part(endpoint, '/', 1), '.', 1))) as name,
    operation,
    lower(endpoint) as endpoint,
    token_form,
    protocol,
    api_version,
    bool_or(is_use(status, operation, own)) as is_customer,
    count(*) as calls,
    count(*) filter (where is_error(status)) as errors,
    max(called_at) as last_call
from calls
group by
    integration,
    customer,
    connector is null,
    coalesce(lower(connector), lower(split_part(split_part(endpoint, '/', 1), '.', 1))),
    operation,
    lower(endpoint),
    token_form,
    protocol,
    api_version
