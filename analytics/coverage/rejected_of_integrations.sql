-- title: Rejected lines of integrations
-- unit: lines
-- grain: one row per integration and day; the day is null if nothing shows it
-- key: integration, day
-- look_back: 0
-- steps: coverage/rejected_lines
-- meaning: The rejected lines that may be calls of the integration. A line without a readable time counts on the day of
-- the last call of its load.
-- lines: those that carry its id. A line that only may have carried it names a customer instead.
-- unnamed: those whose customer is in doubt. Each may be a call of a customer that no other line shows.
-- nameless: those among the unnamed ones with an unreadable URL or host; the others are damaged in another way.
select
    integration,
    day,
    cast(sum(lines) as bigint) as lines,
    cast(sum(lines) filter (where customer is null) as bigint) as unnamed,
    cast(sum(nameless) as bigint) as nameless
from rejected_lines
group by integration, day
order by integration asc, day asc nulls last
