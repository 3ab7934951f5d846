-- Logs whose rejected lines do not tell whose they are: one in twenty or more of them name no customer or carry no id. Where no line
-- of such a log became a call, it may hold anybody's. Of the others it is known whom they concern (rejected_lines).
-- Reads: rejects.
select stream
from rejects
group by stream
having 20 * count(*) filter (where integration is null or customer is null) >= count(*)
