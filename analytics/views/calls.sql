-- The calls, attributed to the integrations that the registry knows now. If an id replaces an old one, the new partner,
-- project, integration and own are shown; integration_id stays as it was sent. The partner's own environment from
-- before its number changed stays its own, whichever of the two ids a call carries.
-- Reads: sent (the calls of the lake, narrowed), lake.renames (old_partner, old_project, partner, project, integration),
-- lake.former_numbers (partner, customer).
select
    sent.called_at,
    sent.day,
    sent.stream,
    sent.product,
    sent.protocol,
    sent.environment,
    sent.customer,
    sent.integration_id,
    sent.id_status,
    sent.id_defect,
    coalesce(renames.partner, sent.partner) as partner,
    coalesce(renames.project, sent.project) as project,
    coalesce(renames.integration, sent.integration) as integration,
    sent.own
    or coalesce(sent.customer = cast(renames.partner as varchar), false)
    or former_numbers.customer is not null as own,
    sent.method,
    sent.operation,
    sent.connector,
    sent.endpoint,
    sent.status,
    sent.outcome,
    sent.duration_ms,
    sent.request_bytes,
    sent.response_bytes,
    sent.skip,
    sent.take,
    sent.ordered,
    sent.filter_fields,
    sent.operator_types,
    sent.query_length,
    sent.token_form,
    sent.body_integration_id,
    sent.user_agent,
    sent.api_version,
    sent.request_id,
    sent.load_id,
    sent.line_number
from sent
left join lake.renames as renames on sent.partner = renames.old_partner and sent.project = renames.old_project
left join
    lake.former_numbers as former_numbers
    on coalesce(renames.partner, sent.partner) = former_numbers.partner and sent.customer = former_numbers.customer
