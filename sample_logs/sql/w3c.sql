-- title: calls as lines of an IIS log, in UTC
select
    call,
    at_ms,
    strftime(make_timestamp(at_ms * 1000), '%Y-%m-%d %H:%M:%S') as time_text,
    concat_ws(
        ' ', time_text, method, path, case when query = '' then '-' else query end, calls.host, status, request_bytes,
        response_bytes, duration_ms, agent_w3c, id_w3c
    ) as line
from calls
inner join links using (link)
