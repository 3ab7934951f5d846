-- From what a format read to calls and rejects. Three steps, a block of lines at a time:
--
--   raw              one row a line, made by the format: its fields as text, or its fate where it is no record
--   the dictionaries what is expensive to understand is understood once per distinct value: URLs, queries, ids, agents
--   understood       one row a line: fate is null for a call, 'ignored', or the reason of its rejection

-- The names that a request's headers and its fields have in `raw`.
create or replace table raw (
    line_number bigint,
    byte_offset bigint,
    line varchar,
    fate varchar,           -- null, 'ignored', or a reject reason
    detail varchar,         -- what the format found, for rejects
    called_at timestamptz,
    method varchar,
    url varchar,
    id_text varchar,        -- the IntegrationId header as sent; several joined with ', '
    id_repeated boolean,
    status varchar,
    duration_ms double,
    request_bytes double,
    response_bytes double,
    user_agent varchar,
    authorization_header varchar,
    headers_logged boolean, -- whether the absence of a header means that it was not sent
    body varchar,
    api_version varchar,
    request_id varchar
);

create or replace table user_agent_texts (text varchar);

-- ISO 8601 with an offset or Z, whole; a date alone, week dates and the like are not instants. Without an offset the
-- session's variable `source_time_zone` says which zone is meant, or nobody knows. In the hour that a clock shows
-- twice the first one is meant; in the one it leaves out, the time that the clock would have shown without the change.
create or replace macro iso_instant(text) as
    case
        when regexp_full_match(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.,][0-9]{1,12})?[Zz]')
            then try_cast(replace(upper(text), ',', '.') as timestamptz)
        when regexp_full_match(
            text,
            '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.,][0-9]{1,12})? ?[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?'
        ) then try_cast(replace(replace(text, ' +', '+'), ',', '.') as timestamptz)
        when
            getvariable('source_time_zone') is not null
            and regexp_full_match(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.,][0-9]{1,12})?')
            then timezone(getvariable('source_time_zone'), try_cast(replace(text, ',', '.') as timestamp))
    end;

-- Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size: until the year 5138 they do not overlap.
create or replace macro epoch_instant(text) as
    case
        when not regexp_full_match(text, '[0-9]{1,19}([.][0-9]{1,9})?') then null
        when try_cast(text as double) < 1e11 then make_timestamptz(cast(round(try_cast(text as decimal(28, 9)) * 1000000) as bigint))
        when try_cast(text as double) < 1e14 then make_timestamptz(cast(round(try_cast(text as decimal(28, 9)) * 1000) as bigint))
        when try_cast(text as double) < 1e17 then make_timestamptz(cast(try_cast(text as decimal(28, 9)) as bigint))
        else make_timestamptz(cast(floor(try_cast(text as decimal(28, 9)) / 1000) as bigint))
    end;

-- 21/Oct/2026:13:55:36 +0200
create or replace macro common_log_instant(text) as
    case
        when regexp_full_match(text, '[0-3][0-9]/[A-Z][a-z]{2}/[0-9]{4}:([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2} [+-][0-9]{4}')
            then try_strptime(text, '%d/%b/%Y:%H:%M:%S %z')
    end;

create or replace macro number_or_null(text) as
    case when regexp_full_match(text, '[0-9]{1,18}([.][0-9]{1,9})?([eE][+-]?[0-9]{1,2})?') then try_cast(text as double) end;

-- An absolute URL from what a server logs: the host it was called by (or the one the operator names) and the target.
create or replace macro url_from_parts(host, target, query) as
    case
        when target is null then null
        when regexp_matches(target, '(?i)^https?://') then target || coalesce('?' || query, '')
        when coalesce(host, getvariable('default_host')) is null then target || coalesce('?' || query, '')
        else 'https://' || coalesce(host, getvariable('default_host')) || target || coalesce('?' || query, '')
    end;

create or replace macro with_default_host(url) as
    case
        when starts_with(url, '/') and getvariable('default_host') is not null then 'https://' || getvariable('default_host') || url
        else url
    end;

-- Quotes and backslashes as nginx and Apache escape them inside a quoted value.
create or replace macro unescaped(text) as
    case
        when contains(text, '\') then replace(replace(replace(replace(text, '\x22', '"'), '\"', '"'), '\x5C', '\'), '\\', '\')
        else text
    end;

-- The form of the authorization, never its value. A masked value says nothing about its form.
create or replace macro token_form_of(header, headers_logged, body) as
    case
        when coalesce(trim(header), '') not in ('', '-') then
            case
                when regexp_matches(header, '(?i)^\s*bearer(\s|$)') then 'bearer'
                when regexp_matches(header, '(?i)^\s*(afastoken\s+)?(<|&lt;|%3c)\s*token') then 'plain'
                when regexp_matches(header, '(?i)^\s*afastoken\s+\S*(PHRva2Vu|x0b2tlb|8dG9rZW4)') then 'base64'
                when regexp_matches(header, '(?i)^\s*afastoken\s+[a-z0-9+/_-]{24,}={0,2}\s*$') then 'base64'
                else 'not_logged'
            end
        when regexp_matches(body, '(?i)(<|&lt;)([a-z0-9_]+:)?token\s*(>|&gt;)') then 'soap_body'
        when headers_logged then 'none'
        else 'not_logged'
    end;

-- The text of an element of a SOAP envelope, whatever its namespace prefix.
create or replace macro soap_connector(body) as
    nullif(regexp_extract(body, '(?is)<(?:[a-z0-9_]+:)?connector(?:Id|Type)(?:\s[^>]*)?>\s*([^<]{1,200}?)\s*</', 1), '');

create or replace macro soap_integration_id(body) as
    nullif(
        regexp_extract(
            body, '(?is)<(?:[a-z0-9_]+:)?IntegrationId(?:\s[^>]*)?>\s*([1-9][0-9]{3,6}_[1-9][0-9]{0,8})\s*</', 1
        ),
        ''
    );

-- What an update does, from the Action attributes in its data: one kind for all of them, else it stays a write.
create or replace macro soap_update_operation(body) as
    case len(list_distinct(list_transform(
        regexp_extract_all(body, '(?i)\bAction\s*=\s*(?:"|''|&quot;|&apos;|&#34;)(insert|update|delete)', 1), lambda word: lower(word)
    )))
        when 1 then lower(regexp_extract(body, '(?i)\bAction\s*=\s*(?:"|''|&quot;|&apos;|&#34;)(insert|update|delete)', 1))
        else 'write'
    end;

create or replace view user_agents as
select text, redacted_user_agent(text) as user_agent
from user_agent_texts;

create or replace view understood as
with joined as (
    select
        raw.line_number,
        raw.byte_offset,
        raw.line,
        raw.fate,
        raw.detail,
        raw.called_at,
        upper(raw.method) as method,
        case when regexp_full_match(raw.status, '[1-5][0-9]{2}') then cast(raw.status as smallint) end as status,
        raw.status as status_text,
        raw.method as method_text,
        case when raw.duration_ms between 0 and 1e9 then raw.duration_ms end as duration_ms,
        case when raw.request_bytes between 0 and 1e15 then cast(raw.request_bytes as bigint) end as request_bytes,
        case when raw.response_bytes between 0 and 1e15 then cast(raw.response_bytes as bigint) end as response_bytes,
        raw.authorization_header,
        raw.headers_logged,
        case when bases.is_soap_service then raw.body end as envelope,
        raw.api_version,
        raw.request_id,
        bases.reason as url_reason,
        bases.product,
        bases.protocol,
        bases.environment,
        bases.customer,
        bases.operation,
        bases.connector,
        bases.endpoint,
        queries.query_length,
        queries.skip,
        queries.take,
        queries.ordered,
        queries.filter_fields,
        ids.integration_id,
        ids.id_status,
        ids.id_defect,
        ids.partner,
        ids.project,
        ids.integration,
        agents.user_agent
    from raw
    left join request_bases as bases
        on bases.base = url_base(raw.url) and bases.method = upper(raw.method) and bases.wsdl = asks_for_wsdl(raw.url)
    left join request_queries as queries on queries.query = url_query(raw.url)
    left join integration_ids as ids
        on ids.text is not distinct from raw.id_text and ids.repeated = coalesce(raw.id_repeated, false)
    left join user_agents as agents on agents.text = raw.user_agent
)
select
    line_number,
    byte_offset,
    line,
    case
        when fate is not null then fate
        when called_at is null or called_at < timestamptz '2000-01-01 00:00:00+00' or called_at > getvariable('latest_call')
            then 'bad_time'
        when method is null or not regexp_full_match(method, '[A-Z]{3,16}') then 'bad_method'
        when url_reason = 'bad_url' or url_reason is null and customer is null then 'bad_url'
        when status is null then 'bad_status'
        else url_reason
    end as fate,
    detail,
    called_at,
    cast(timezone(getvariable('time_zone'), called_at) as date) as day,
    product,
    protocol,
    environment,
    customer,
    integration_id,
    id_status,
    id_defect,
    partner,
    project,
    integration,
    coalesce(product = 'profit' and customer = cast(partner as varchar), false) as own,
    method,
    case
        when envelope is not null and operation = 'write' then soap_update_operation(envelope)
        else operation
    end as operation,
    case
        when envelope is not null and operation in ('get', 'write')
            then coalesce(official.connector, redacted_name(soap_connector(envelope)))
        else joined.connector
    end as connector,
    endpoint,
    status,
    outcome_of(status, duration_ms, query_length) as outcome,
    duration_ms,
    request_bytes,
    response_bytes,
    skip,
    take,
    case when operation = 'get' then ordered end as ordered,
    filter_fields,
    query_length,
    token_form_of(authorization_header, headers_logged, envelope) as token_form,
    soap_integration_id(envelope) as body_integration_id,
    user_agent,
    redacted_version(api_version) as api_version,
    redacted_request_id(request_id) as request_id
from joined
left join official_connectors as official
    on envelope is not null and official.lower_connector = lower(soap_connector(envelope));
