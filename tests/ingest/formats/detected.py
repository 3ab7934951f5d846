"""A record in our dialect, and the detection of the format of a log with such records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest import ReadOptions, inspect
from tests.ingest import worked

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import Inspection

PATH = "/ProfitRestServices/connectors/KnSubject"
CUSTOMERS = ("4321", "7654321", "5432")
OURS = {
    "timestamp": "2026-10-01T07:00:00Z",
    "method": "GET",
    "url": f"https://4321.rest.afas.online{PATH}",
    "status": 200,
    "headers": {"IntegrationId": "1234_5678"},
}


def looked_at(path: Path, **options: Any) -> Inspection:
    return inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)


def without(name: str, record: dict[str, Any] = OURS) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}
