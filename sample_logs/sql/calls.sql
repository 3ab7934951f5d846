-- title: the calls of some hours, with every field a log may want as text
-- grain: one call
-- From $first_hour to $last_hour, that one included. What varies from call to call follows from the MD5 of the call's number
-- (and of $calls, so that no two logs look alike), cut into pieces of some bits, and only whole numbers are used: so the
-- calls are the same on every machine.
-- long: one statement, and the sample logs have no steps.
with numbered as (
    select
        cells.* exclude (first_call, end_call),
        unnest(range(first_call, end_call)) as call,
        concat(call, '/', $calls) as name
    from cells
    where hour between $first_hour and $last_hour
),

drawn as (
    select
        *,
        md5(name) as hex,
        md5_number_lower(name) as low,
        md5_number_upper(name) as high
    from numbered
),

slots as (
    select
        actions.* exclude (first_slot, share),
        unnest(range(first_slot, first_slot + share)) as slot
    from actions
),

named as (
    select
        drawn.call,
        drawn.hex,
        drawn.turn_status,
        drawn.turn_of_10k,
        drawn.turn_kinds,
        links.link,
        links.stream,
        links.within_ms,
        links.host,
        links.segment,
        links.errors,
        slots.* exclude (client, slot),
        hours.offset_ms,
        hours."offset",
        hours.yesterday,
        (drawn.hour * 3600000 + (low & 4194303) % links.within_ms)::bigint as exact_at_ms,
        (low >> 54)::bigint & 1023 as page_draw,
        (low >> 38)::bigint & 65535 as duration_draw,
        (high & 65535)::bigint % 10000 as status_draw,
        (high >> 16)::bigint & 255 as error_draw,
        (high >> 24)::bigint & 65535 as size_draw,
        (100000 + (high >> 40)::bigint % 900000)::varchar as key
    from drawn
    inner join links on links.link = drawn.link
    inner join slots on slots.client = links.client and slots.slot = ((low >> 22)::bigint & 65535) % $slots
    inner join hours on hours.hour = drawn.hour
),

filled as (
    select
        *,
        case when $whole_seconds then exact_at_ms // 1000 * 1000 else exact_at_ms end as at_ms,
        replace(host, '{protocol}', protocol) as raw_host,
        segment || replace(replace(path, '{key}', key), '{guid}', guid) as raw_path,
        replace(
            replace(replace(replace(replace(query, '{key}', key), '{guid}', guid), '{day}', yesterday), '{page}', page),
            '{deep}', (100000 + page_draw * 1000)::varchar
        ) as raw_query,
        replace(replace(replace(body_json, '{key}', key), '{guid}', guid), '{page}', page) as raw_body_json,
        case
            when status_draw < turn_of_10k and (turn_kinds = '' or contains(turn_kinds, kind)) then turn_status
            when ok_status < 400 and 9999 - status_draw < errors_in_10k * errors // 100
                then error_statuses[1 + error_draw % len(error_statuses)]
            else ok_status
        end as signed_status
    from (
        select
            *,
            concat_ws('-', hex[:8], hex[9:12], hex[13:16], hex[17:20], hex[21:32]) as guid,
            (page_draw * page_draw // 65536 * 100)::varchar as page
        from named
    )
),

measured as (
    select
        *,
        durations[step] + (durations[step + 1] - durations[step]) * (duration_draw & 4095) // 4096 as usual_ms,
        sizes[size_step] + (sizes[size_step + 1] - sizes[size_step]) * (size_draw & 4095) // 4096 as usual_bytes
    from (select *, 1 + (duration_draw >> 12) as step, 1 + (size_draw >> 12) as size_step from filled)
)

select
    call,
    stream,
    at_ms,
    offset_ms,
    "offset",
    method,
    raw_host as host,
    raw_path as path,
    raw_query as query,
    abs(signed_status) as status,
    case
        when signed_status = -500 then 900000 + duration_draw % 400
        when signed_status in (200, 201, 404, 500) then usual_ms
        else 1 + usual_ms // 8
    end as duration_ms,
    request_from + size_draw % request_range as request_bytes,
    case when abs(signed_status) < 400 then usual_bytes else 90 + error_draw end as response_bytes,
    raw_body_json as body_json,
    hex[:12] as request_id,
    link,
    content_type_json
from measured
