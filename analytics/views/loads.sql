-- The ledger: one row per decided load of one source. If a log grew, the loads of one day are later merged into one.
-- Reads: lake.loads (the loads of the snapshot).
select
    load_id,
    source,
    stream,
    log_format,
    dialect,
    start_byte,
    end_byte,
    content_sha256,
    lines,
    calls,
    rejects,
    ignored,
    first_call,
    last_call,
    loaded_at,
    version
from lake.loads
