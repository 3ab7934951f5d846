-- JSON lines into the columns of raw. Names of fields are ours and exact; names of headers are matched in any case, a value
-- may be a text or a list of texts, and null is absent.
with judged as (
    select
        lines.line_number,
        lines.byte_offset,
        case
            when lines.fate is not null then lines.fate
            when regexp_full_match(lines.line, '\s*') or starts_with(lines.line, '#') then 'ignored'
            when defects.fate is not null then defects.fate
            when object_of(lines.line) is null then 'not_a_record'
        end as fate,
        case when lines.fate is null and defects.fate is null then object_of(lines.line) end as object
    from lines
    left join defects using (line_number)
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
    from judged
),
fields as (
    select line_number, byte_offset, fate, keys, header_keys, field.* from parsed
),
headed as (
    select
        fields.*,
        known_keys.repeats or coalesce(known_header_keys.repeats, false) as repeats,
        json_extract_string(headers, id_path) as first_id,
        json_extract_string(headers, second_id_path) as second_id,
        json_extract_string(headers, user_agent_path) as header_user_agent,
        json_extract_string(headers, authorization_path) as header_authorization,
        json_extract_string(headers, api_version_path) as header_api_version,
        json_extract_string(headers, request_id_path) as header_request_id,
        json_extract_string(headers, host_path) as header_host
    from fields
    left join known_keys using (keys)
    left join known_header_keys using (header_keys)
)
select
    line_number,
    byte_offset,
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
from headed
