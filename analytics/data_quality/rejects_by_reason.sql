-- title: Rejected lines by reason
-- unit: lines
-- grain: one row per stream and reason
-- key: stream, reason
-- look_back: 0
-- meaning: The lines that did not become calls, and why. The scope does not narrow this, because a rejected line does
-- not say reliably whose it is.
select
    stream,
    reason,
    count(*) as lines
from rejects
group by stream, reason
order by lines desc, stream asc, reason asc
