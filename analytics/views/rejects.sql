-- The quarantine: one row per line that did not become a call, with the reason. Only rejects of the snapshot's loads
-- are shown.
-- Reads: lake.rejects, lake.loads.
select
    load_id,
    source,
    stream,
    line_number,
    byte_offset,
    reason,
    detail,
    sample,
    called_at,
    integration,
    customer,
    environment
from lake.rejects
where load_id in (select load_id from lake.loads)
