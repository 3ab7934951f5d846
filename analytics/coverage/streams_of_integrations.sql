-- title: Logs in which integrations are seen
-- unit: streams
-- grain: one row per integration and stream
-- key: integration, stream
-- look_back: 0
-- steps: coverage/streams_of
-- meaning: The logs in which each integration, or one of its customers, is seen. If such a log misses hours, the
-- verdict on the integration misses them too. Ask this without a beginning. Partner, integration, customer, connector
-- and stream do not narrow it.
select
    integration,
    stream
from streams_of
order by integration asc, stream asc
