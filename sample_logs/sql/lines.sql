-- title: the lines of one log, in order of time, as one text each with its line feed
-- `call_lines` are those of one format, put in here. Other lines, bad ones and ignored ones, stand behind every so many calls.
with call_lines as (
    {lines}
    where at_ms >= $since_ms and at_ms < $until_ms and ($stream is null or links.stream = $stream)
),
inserted as (
    select
        call_lines.call,
        call_lines.at_ms,
        replace(other_lines.line, '{time}', call_lines.time_text) as line
    from call_lines
    inner join other_lines on other_lines.place = call_lines.call % other_lines.period
),
all_lines as (
    select call, at_ms, 0 as part, line from call_lines
    union all
    select call, at_ms, 1 as part, line from inserted
)
select line || chr(10) as line
from all_lines
order by at_ms, call, part
