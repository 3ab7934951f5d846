"""Log files in, clean calls out: reading, understanding, storing.

The door of this floor. What is behind it is imported when it is asked for, because a command that only prints its help
should not wait for engines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.errors import IngestError, LakeError, SourceError
    from ingest.lake.copying import back_up, restore
    from ingest.lake.lake import Lake
    from ingest.lake.maintenance import maintain
    from ingest.lake.snapshot import Snapshot
    from ingest.lake.status import status
    from ingest.lake.stream_ends import StreamEnd, declare_stream_end, withdraw_stream_end
    from ingest.lake.verification import verify
    from ingest.load.inspection import inspect
    from ingest.load.loader import ingest
    from ingest.load.repairing import repair
    from ingest.load.retry import retry_rejects
    from ingest.load.unloading import unload
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

_ROOMS = {
    "CopyReport": "report",
    "IngestError": "errors",
    "IngestReport": "report",
    "Inspection": "report",
    "Lake": "lake.lake",
    "LakeError": "errors",
    "LakeStatus": "report",
    "MaintenanceReport": "report",
    "ReadOptions": "report",
    "RepairReport": "report",
    "RetriedSource": "report",
    "RetryReport": "report",
    "Snapshot": "lake.snapshot",
    "SourceError": "errors",
    "SourceReport": "report",
    "StreamEnd": "lake.stream_ends",
    "UnloadReport": "report",
    "Verification": "report",
    "back_up": "lake.copying",
    "declare_stream_end": "lake.stream_ends",
    "ingest": "load.loader",
    "inspect": "load.inspection",
    "maintain": "lake.maintenance",
    "repair": "load.repairing",
    "restore": "lake.copying",
    "retry_rejects": "load.retry",
    "status": "lake.status",
    "unload": "load.unloading",
    "verify": "lake.verification",
    "withdraw_stream_end": "lake.stream_ends",
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
