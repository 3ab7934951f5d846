-- title: Rejected lines of integrations
-- unit: lines
-- grain: one row per integration and day; the day is null where nothing tells when it was
-- key: integration, day
-- look_back: 0
-- steps: ../metrics/coverage/rejected_lines
-- meaning: Rejected lines that carry a valid id. Each may be a call of a customer that nobody else saw. nameless: those of which
-- the URL or host could not be read, so that nobody knows the customer; the others are damaged in some other way. A line whose
-- time cannot be read is of the day of the last call of its load.
select
    integration,
    day,
    lines,
    nameless
from rejected_lines
order by integration asc, day asc nulls last
