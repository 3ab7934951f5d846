-- title: Streams
-- unit: streams
-- grain: one row per stream with a call in scope
-- key: stream
-- look_back: 0
-- meaning: Which logs these calls come from. Asked without a period, it says whose gaps concern a figure.
select distinct stream
from calls
order by stream asc
