-- title: Loads by stream
-- unit: lines
-- grain: one row per stream from which lines were loaded
-- key: stream
-- look_back: 0
-- meaning: The lines that were read from each stream, and the last time. Every line is a call, a reject or ignored. The
-- scope does not narrow this.
select
    stream,
    count(*) as loads,
    count(distinct source) as sources,
    min(log_format) as log_format,
    count(distinct log_format) as log_formats,
    added_up(lines) as lines,
    added_up(calls) as calls,
    added_up(rejects) as rejects,
    added_up(ignored) as ignored,
    min(first_call) as first_call,
    max(last_call) as last_call,
    max(loaded_at) as last_loaded_at
from loads
group by stream
order by stream asc
