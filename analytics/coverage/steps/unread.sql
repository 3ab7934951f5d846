-- Logs whose rejected lines do not show whose they are: at least one in twenty of these lines names no customer or
-- carries no id. If no line of such a log became a call, it may hold the calls of any integration. For all other logs,
-- rejected_lines knows which integrations they affect.
-- Reads: rejects.
select stream
from rejects
group by stream
having 20 * count(*) filter (where integration is null or customer is null) >= count(*)
