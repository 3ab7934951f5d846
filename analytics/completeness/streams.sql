-- title: Streams
-- unit: streams
-- grain: one row per stream with a call in scope
-- key: stream
-- look_back: 0
-- meaning: The logs that these calls come from. Asked without a period, it shows whose gaps affect a figure.
select distinct stream
from daily_calls
order by stream asc
