-- title: calls as JSON lines, our own dialect
select
    call,
    at_ms,
    strftime(make_timestamp(at_ms * 1000), '%Y-%m-%dT%H:%M:%S')
    || case when at_ms % 1000 = 0 then 'Z' else printf('.%03dZ', at_ms % 1000) end as time_text,
    concat(
        '{"timestamp":"', time_text, '","method":"', method, '","url":"https://', calls.host, path,
        case when query = '' then '' else '?' end, query, '","headers":{', headers_json, content_type_json, '},"status":', status,
        ',"duration_ms":', duration_ms, ',"request_bytes":', request_bytes, ',"response_bytes":', response_bytes,
        ',"user_agent":', agent_json, ',"request_id":"', request_id, '"', body_json, '}'
    ) as line
from calls
inner join links using (link)
