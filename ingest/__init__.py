"""Log files in, clean calls out: reading, understanding, storing.

The door of this floor. What is behind it is imported when somebody asks for it: see `ingest.door`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.door import door

if TYPE_CHECKING:
    from ingest.errors import IngestError as IngestError
    from ingest.errors import LakeError as LakeError
    from ingest.errors import SourceError as SourceError
    from ingest.lake.acknowledged import Acknowledged as Acknowledged
    from ingest.lake.acknowledged import acknowledge as acknowledge
    from ingest.lake.acknowledged import withdraw_acknowledged as withdraw_acknowledged
    from ingest.lake.copying import back_up as back_up
    from ingest.lake.copying import restore as restore
    from ingest.lake.lake import Lake as Lake
    from ingest.lake.maintenance import maintain as maintain
    from ingest.lake.snapshot import Snapshot as Snapshot
    from ingest.lake.status import status as status
    from ingest.lake.stream_ends import StreamEnd as StreamEnd
    from ingest.lake.stream_ends import declare_stream_end as declare_stream_end
    from ingest.lake.stream_ends import withdraw_stream_end as withdraw_stream_end
    from ingest.lake.verification import verify as verify
    from ingest.load.inspection import inspect as inspect
    from ingest.load.loader import ingest as ingest
    from ingest.load.repairing import repair as repair
    from ingest.load.retry import retry_rejects as retry_rejects
    from ingest.load.unloading import unload as unload
    from ingest.load.visits import Visits as Visits
    from ingest.load.visits import read_visits as read_visits
    from ingest.report import CopyReport as CopyReport
    from ingest.report import IngestReport as IngestReport
    from ingest.report import Inspection as Inspection
    from ingest.report import LakeStatus as LakeStatus
    from ingest.report import MaintenanceReport as MaintenanceReport
    from ingest.report import ReadOptions as ReadOptions
    from ingest.report import RepairReport as RepairReport
    from ingest.report import RetriedSource as RetriedSource
    from ingest.report import RetryReport as RetryReport
    from ingest.report import SourceReport as SourceReport
    from ingest.report import UnloadReport as UnloadReport
    from ingest.report import Verification as Verification
else:
    __all__, __getattr__ = door(__file__)
