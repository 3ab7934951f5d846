-- JSON lines into raw. Names of fields are ours and exact; names of headers are matched in any case, a value may be a text
-- or a list of texts, and null is absent.

-- What is a sound object, and under which keys. Keys repeat from line to line, so what they say is found once per set.
create or replace temp table sound as
select
    lines.line_number,
    lines.byte_offset,
    case
        when lines.fate is not null then lines.fate
        when regexp_full_match(lines.line, '\s*') or starts_with(lines.line, '#') then 'ignored'
        when defects.fate is not null then defects.fate
        when not json_valid(ltrim(lines.line, chr(65279))) then 'not_a_record'
    end as fate,
    lines.line
from lines
left join defects using (line_number);

create or replace temp table fields as
with objects as (
    select line_number, byte_offset, fate, case when fate is null then ltrim(line, chr(65279)) end as object
    from sound
),
parsed as (
    select
        line_number,
        byte_offset,
        fate,
        json_keys(object) as keys,
        json_keys(object, '$.headers') as header_keys,
        json_transform(
            object,
            '{"timestamp": "VARCHAR", "method": "VARCHAR", "url": "VARCHAR", "headers": "JSON", "integration_id": "VARCHAR",'
            || ' "status": "VARCHAR", "duration_ms": "VARCHAR", "request_bytes": "VARCHAR", "response_bytes": "VARCHAR",'
            || ' "user_agent": "VARCHAR", "request_id": "VARCHAR", "body": "VARCHAR"}'
        ) as field
    from objects
)
select line_number, byte_offset, fate, keys, header_keys, field.* from parsed;

create or replace temp table key_sets as
select keys, len(list_distinct(keys)) < len(keys) as repeats
from (select distinct keys from fields where keys is not null);

-- Which of a request's header names is which header, as JSON paths; a header that is there twice has its second path too.
create or replace temp table header_sets as
with named as (
    select
        header_keys,
        len(list_distinct(header_keys)) < len(header_keys) as repeats,
        lambda_names.names
    from (select distinct header_keys from fields where header_keys is not null)
    cross join lateral (
        select list_transform(
            header_keys, lambda key: {'name': lower(trim(key)), 'path': '$."' || replace(key, '"', '\"') || '"'}
        ) as names
    ) as lambda_names
)
select
    header_keys,
    repeats,
    list_filter(names, lambda header: header.name = 'integrationid')[1].path as id_path,
    list_filter(names, lambda header: header.name = 'integrationid')[2].path as second_id_path,
    list_filter(names, lambda header: header.name = 'user-agent')[1].path as user_agent_path,
    list_filter(names, lambda header: header.name = 'authorization')[1].path as authorization_path,
    list_filter(names, lambda header: header.name = 'accept-version')[1].path as api_version_path,
    list_filter(names, lambda header: header.name = 'x-request-id')[1].path as request_id_path,
    list_filter(names, lambda header: header.name = 'host')[1].path as host_path
from named;

create or replace macro header_text(headers, path) as
    case
        when path is null then null
        else json_extract_string(headers, path)
    end;

-- The values of a header that was logged as a list; null for one that was logged as a text.
create or replace macro listed(text) as
    case when starts_with(text, '[') then try(from_json(text, '["VARCHAR"]')) end;

-- A list of values as it would stand in one header line.
create or replace macro joined_list(text) as
    coalesce(array_to_string(listed(text), ', '), text);

insert into raw
with headed as (
    select
        fields.*,
        key_sets.repeats or coalesce(header_sets.repeats, false) as repeats,
        header_text(headers, id_path) as first_id,
        header_text(headers, second_id_path) as second_id,
        header_text(headers, user_agent_path) as header_user_agent,
        header_text(headers, authorization_path) as header_authorization,
        header_text(headers, api_version_path) as header_api_version,
        header_text(headers, request_id_path) as header_request_id,
        header_text(headers, host_path) as header_host
    from fields
    left join key_sets using (keys)
    left join header_sets using (header_keys)
)
select
    line_number,
    byte_offset,
    null as line,
    case when fate is null and repeats then 'duplicate_key' else fate end as fate,
    null as detail,
    coalesce(iso_instant(timestamp), epoch_instant(timestamp)) as called_at,
    method,
    case
        when starts_with(url, '/') and coalesce(getvariable('default_host'), joined_list(header_host)) is not null
            then 'https://' || coalesce(getvariable('default_host'), joined_list(header_host)) || url
        else url
    end as url,
    case
        when first_id is null and second_id is null then integration_id
        when second_id is null then joined_list(first_id)
        else concat_ws(', ', joined_list(first_id), joined_list(second_id))
    end as id_text,
    first_id is not null and second_id is not null or coalesce(len(listed(first_id)) > 1, false) as id_repeated,
    status,
    number_or_null(duration_ms) as duration_ms,
    number_or_null(request_bytes) as request_bytes,
    number_or_null(response_bytes) as response_bytes,
    coalesce(user_agent, joined_list(header_user_agent)) as user_agent,
    joined_list(header_authorization) as authorization_header,
    header_keys is not null as headers_logged,
    body,
    joined_list(header_api_version) as api_version,
    coalesce(request_id, joined_list(header_request_id)) as request_id
from headed;
