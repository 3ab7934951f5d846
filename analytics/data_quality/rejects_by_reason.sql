-- title: Rejected lines by reason
-- unit: lines
-- grain: one row per stream and reason
-- key: stream, reason
-- look_back: 0
-- meaning: Lines that are no calls, and why. Not narrowed by the scope: nobody knows whose they are.
select
    stream,
    reason,
    count(*) as lines
from rejects
group by stream, reason
order by lines desc, stream asc, reason asc
