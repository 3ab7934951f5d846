-- title: Rejected lines of integrations
-- unit: lines
-- grain: one row per integration and day; the day is null where nothing tells when it was
-- key: integration, day
-- look_back: 0
-- steps: coverage/rejected_lines
-- meaning: Rejected lines that carry a valid id: lines. Those that may have carried it name a customer. unnamed: those whose customer is in doubt: each may be a call of one that nobody
-- else saw. nameless: those of them of which the URL or host could not be read; the others are damaged in some other way. A line
-- whose time cannot be read is of the day of the last call of its load.
select
    integration,
    day,
    cast(sum(lines) as bigint) as lines,
    cast(sum(lines) filter (where customer is null) as bigint) as unnamed,
    cast(sum(nameless) as bigint) as nameless
from rejected_lines
group by integration, day
order by integration asc, day asc nulls last
