-- title: Logs that integrations are seen in
-- unit: streams
-- grain: one row per integration and stream
-- key: integration, stream
-- look_back: 0
-- steps: coverage/streams_of
-- meaning: In which logs each integration, or a customer of it, is seen: what these miss, its verdicts miss. Asked without a
-- beginning; partner, integration, customer, connector and stream do not narrow it.
select
    integration,
    stream
from streams_of
order by integration asc, stream asc
