-- JSON lines into the columns of raw. Each object is parsed for all its fields at once: `value` holds them in the order of
-- the paths, and the names say which is which. What is no object has its fate already. A header's value may be a text or a list of texts, and null is absent.
with objects as (
    select line_number, byte_offset, fate, case when fate is null then line end as object
    from lines
),
parsed as (
    select
        line_number,
        byte_offset,
        fate,
        object,
        json_extract_string(object, [$paths]) as value
    from objects
),
named as (
    select line_number, byte_offset, fate, object, $names
    from parsed
)
select
    line_number,
    byte_offset,
    fate,
    null::varchar as detail,
    coalesce(iso_instant(timestamp), epoch_instant(timestamp)) as called_at,
    method,
    case
        when starts_with(url, '/') and coalesce(getvariable('default_host'), joined_list(header_host)) is not null
            then 'https://' || coalesce(getvariable('default_host'), joined_list(header_host)) || url
        else url
    end as url,
    case when header_id is null then integration_id else joined_list(header_id) end as id_text,
    header_ids > 1 or coalesce(len(listed(header_id)) > 1, false) as id_repeated,
    status,
    number_or_null(duration_ms) as duration_ms,
    number_or_null(request_bytes) as request_bytes,
    number_or_null(response_bytes) as response_bytes,
    coalesce(user_agent, joined_list(header_user_agent)) as user_agent,
    joined_list(header_authorization) as authorization_header,
    -- asked for where it matters, because it means to parse the line once more
    case
        when $all_log_headers or header_authorization is not null then true
        else coalesce(json_type(object, '$.headers') = 'OBJECT', false)
    end as headers_logged,
    body,
    joined_list(header_accept_version) as api_version,
    coalesce(request_id, joined_list(header_x_request_id)) as request_id
from named
