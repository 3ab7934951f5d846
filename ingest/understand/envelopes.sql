-- What the envelopes of a block say: which connector, what an update does, a token, an IntegrationId that belongs into the
-- header. One row per row of `raw` that calls a SOAP service and has a body. No other text of it leaves this file.
--
--   <soap:Envelope ...><soap:Body><Execute xmlns="urn:Afas.Profit.Services">
--     <connectorType>KnSubject</connectorType>                      the connector; of a get: connectorId
--     <dataXml>&lt;KnSubject&gt;... Action="insert" ...</dataXml>    what the update does
--   </Execute></soap:Body></soap:Envelope>
with plain as (
    select
        line_number,
        body,
        lower(body) as low,
        plain_soap_text(body, '<connectorId>') as plain_id,
        plain_soap_text(body, '<connectorType>') as plain_type,
        list_distinct(list_transform(
            regexp_extract_all(body, '(?i)\bAction\s*=\s*(?:"|''|&quot;|&apos;|&#34;)(insert|update|delete)', 1),
            lambda word: lower(word)
        )) as actions
    from raw
    semi join (from known_request_bases where is_soap_service) as services on services.code = raw.request_bases_code
    where body is not null
),

named as (
    select
        line_number,
        -- One kind of action for all that is written, else it stays a write.
        case when len(actions) = 1 then actions[1] else 'write' end as update_operation,
        soap_text(body, low, 'integrationid', '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') as body_integration_id,
        regexp_matches(body, '(?i)(<|&lt;)([a-z0-9_]+:)?token\s*(>|&gt;)') as has_token,
        case
            when plain_id is not null then plain_id
            when contains(low, 'connectorid') then soap_text(body, low, 'connectorid', '[^<]+?')
            when plain_type is not null then plain_type
            else soap_text(body, low, 'connectortype', '[^<]+?')
        end as connector
    from plain
)

select
    line_number,
    coalesce(official.connector, redacted_name(named.connector)) as soap_connector,
    update_operation,
    body_integration_id,
    has_token
from named
left join official_connectors as official on official.lower_connector = lower(named.connector)
