-- title: calls as CSV, in local time with its offset
select
    call,
    at_ms,
    strftime(make_timestamp((at_ms + offset_ms) * 1000), '%Y-%m-%dT%H:%M:%S')
    || "offset"[:3] || ':' || "offset"[4:] as time_text,
    concat_ws(
        $separator, time_text, method,
        concat('"https://', calls.host, path, case when query = '' then '' else '?' end, query, '"'),
        id_csv, status, duration_ms, request_bytes, response_bytes, agent_csv, request_id
    ) as line
from calls
inner join links using (link)
