-- title: Logs whose rejected lines do not show whose they are
-- unit: streams
-- grain: one row per stream
-- key: stream
-- look_back: 0
-- steps: coverage/unread
-- meaning: Logs in which at least one in twenty rejected lines names no customer or carries no id. If no line of such a
-- log became a call, the log may hold the calls of any integration.
select stream
from unread
order by stream
