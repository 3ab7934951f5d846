-- What the envelope of a SOAP call says: which connector, what an update does, a token, an IntegrationId that belongs into the
-- header. No other text of it leaves this file.
--
--   <soap:Envelope ...><soap:Body><Execute xmlns="urn:Afas.Profit.Services">
--     <connectorType>KnSubject</connectorType>                      the connector; of a get: connectorId
--     <dataXml>&lt;KnSubject&gt;... Action="insert" ...</dataXml>    what the update does
--   </Execute></soap:Body></soap:Envelope>

-- The text of an element, whatever its namespace prefix.
-- Captures are slow over a long text, so the first try is near the place where the name is first found.
create or replace macro soap_pattern(name, value) as
    '(?is)<(?:[a-z0-9_]+:)?' || name || '(?:\s[^>]*)?>\s*(' || value || ')\s*</';

create or replace macro soap_text(body, low, name, value) as
    case
        when contains(low, name) then coalesce(
            nullif(regexp_extract(substr(body, greatest(strpos(low, name) - 64, 1), 600), soap_pattern(name, value), 1), ''),
            nullif(regexp_extract(body, soap_pattern(name, value), 1), '')
        )
    end;

-- The text of an element that is written just so; null where it is not.
create or replace macro plain_soap_text(body, tag) as
    case
        when contains(body, tag) then nullif(regexp_extract(
            body[strpos(body, tag) + length(tag) : strpos(body, tag) + length(tag) + 120], '^\s*([A-Za-z0-9_]+)\s*</', 1
        ), '')
    end;

-- One row per row of soap_envelope_texts(code, body): the distinct envelopes of a block.
create or replace table soap_envelope_texts (code integer, body varchar);

create or replace view soap_envelopes as
with plain as (
    select
        code,
        body,
        lower(body) as low,
        plain_soap_text(body, '<connectorId>') as plain_id,
        plain_soap_text(body, '<connectorType>') as plain_type,
        list_distinct(list_transform(
            regexp_extract_all(body, '(?i)\bAction\s*=\s*(?:"|''|&quot;|&apos;|&#34;)(insert|update|delete)', 1),
            lambda word: lower(word)
        )) as actions
    from soap_envelope_texts
),
named as (
    select
        code,
        body,
        low,
        actions,
        case
            when plain_id is not null then plain_id
            when contains(low, 'connectorid') then soap_text(body, low, 'connectorid', '[^<]+?')
            when plain_type is not null then plain_type
            else soap_text(body, low, 'connectortype', '[^<]+?')
        end as connector
    from plain
)
select
    code,
    coalesce(official.connector, redacted_name(named.connector)) as soap_connector,
    -- One kind of action for all that is written, else it stays a write.
    case when len(actions) = 1 then actions[1] else 'write' end as update_operation,
    soap_text(body, low, 'integrationid', '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') as body_integration_id,
    regexp_matches(body, '(?i)(<|&lt;)([a-z0-9_]+:)?token\s*(>|&gt;)') as has_token
from named
left join official_connectors as official on official.lower_connector = lower(named.connector);
