"""The Delta tables and their ledger: what was decided, which files hold it, and how both stay whole.

In come staged rows and decisions; out go snapshots. Only this room and `load` write below a lake's folder, and it knows neither
log formats nor what lines mean.

    lake.py              the protocol: stage, decide, roll forward; tables.py: the Delta tables; settings.py: which lake it is
    ledger.py            all decisions together; ledger_row.py: one of them; ledger_files.py: how they are read
    snapshot.py          what a reader sees while others write; status.py, stream_ends.py, acknowledged.py, said.py, followers.py: what else is known
    data_file.py         a file of rows, and its hash (seal.py); durable.py: in which order files reach the disk
    delta_log.py         the log of a Delta table: its commits; checkpoints.py: which stand for older ones; log_files.py, log_damage.py
    maintenance.py       compaction (compaction.py, sorting.py) and retention, by rewriting.py; merging.py, merged.py: many loads become one
    leftovers.py         files that nobody needs any more
    verification.py      the invariants, one check each: file_checks.py, ledger_checks.py, row_checks/
    copying.py           a consistent copy, and a lake from a copy
"""
