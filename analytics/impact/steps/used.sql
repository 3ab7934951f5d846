-- What is called, as far as a change may be about it. What has no connector but an address of its own (ReportConnector,
-- ProfitVersion, AppConnectorReport) is a service: it goes by that name, and it has one operation.
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
