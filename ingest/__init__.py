"""Log files in, clean calls out: reading, understanding, storing.

The door of this floor. What is behind it is imported when it is asked for, because a command that only prints its help
should not wait for engines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.copying import back_up, restore
    from ingest.errors import IngestError, LakeError, SourceError
    from ingest.inspection import inspect
    from ingest.lake import Lake, Snapshot
    from ingest.lake_status import status
    from ingest.loader import ingest
    from ingest.maintenance import maintain
    from ingest.repairing import repair
    from ingest.report import (
        CopyReport,
        IngestReport,
        Inspection,
        LakeStatus,
        MaintenanceReport,
        ReadOptions,
        RepairReport,
        RetriedSource,
        RetryReport,
        SourceReport,
        UnloadReport,
        Verification,
    )
    from ingest.retry import retry_rejects
    from ingest.stream_ends import StreamEnd, declare_stream_end, withdraw_stream_end
    from ingest.unloading import unload
    from ingest.verification import verify

_ROOMS = {
    "CopyReport": "report",
    "IngestError": "errors",
    "IngestReport": "report",
    "Inspection": "report",
    "Lake": "lake",
    "LakeError": "errors",
    "LakeStatus": "report",
    "MaintenanceReport": "report",
    "ReadOptions": "report",
    "RepairReport": "report",
    "RetriedSource": "report",
    "RetryReport": "report",
    "Snapshot": "lake",
    "SourceError": "errors",
    "SourceReport": "report",
    "StreamEnd": "stream_ends",
    "UnloadReport": "report",
    "Verification": "report",
    "back_up": "copying",
    "declare_stream_end": "stream_ends",
    "ingest": "loader",
    "inspect": "inspection",
    "maintain": "maintenance",
    "repair": "repairing",
    "restore": "copying",
    "retry_rejects": "retry",
    "status": "lake_status",
    "unload": "unloading",
    "verify": "verification",
    "withdraw_stream_end": "stream_ends",
}

__all__ = [
    "CopyReport",
    "IngestError",
    "IngestReport",
    "Inspection",
    "Lake",
    "LakeError",
    "LakeStatus",
    "MaintenanceReport",
    "ReadOptions",
    "RepairReport",
    "RetriedSource",
    "RetryReport",
    "Snapshot",
    "SourceError",
    "SourceReport",
    "StreamEnd",
    "UnloadReport",
    "Verification",
    "back_up",
    "declare_stream_end",
    "ingest",
    "inspect",
    "maintain",
    "repair",
    "restore",
    "retry_rejects",
    "status",
    "unload",
    "verify",
    "withdraw_stream_end",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
