-- title: Logs whose rejected lines do not tell whose they are
-- unit: streams
-- grain: one row per stream
-- key: stream
-- look_back: 0
-- steps: coverage/unread
-- meaning: Logs of whose rejected lines one in twenty or more name no customer or carry no id. Where no line of such a log became a
-- call, it may hold anybody's calls.
select stream
from unread
order by stream
