-- The quarantine: one row per line that is no call, with the reason; of the snapshot's loads only.
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
