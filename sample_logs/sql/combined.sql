-- title: calls as lines of an nginx log, in local time; nginx writes the host in lower case, without port and last dot
select
    call,
    at_ms,
    strftime(make_timestamp((at_ms + offset_ms) * 1000), '%d/%b/%Y:%H:%M:%S ') || "offset" as time_text,
    concat(
        rtrim(replace(lower(calls.host), ':443', ''), '.'), ' ', address, ' - - [', time_text, '] "', method, ' ', path,
        case when query = '' then '' else '?' end, query, ' HTTP/1.1" ', status, ' ', response_bytes, ' "-" "', agent, '" "',
        id_combined, '" ', duration_ms // 1000, '.', lpad((duration_ms % 1000)::varchar, 3, '0')
    ) as line
from calls
inner join links using (link)
