"""Tables of a few rows, and the calls that are read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings

from ingest import ReadOptions, inspect
from tests.ingest import worked

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import Inspection


NAMES = ["timestamp", "method", "url", "integration_id", "status", "duration_ms", "user_agent"]
ROWS = [
    [
        "2026-10-01T09:00:00+02:00",
        "GET",
        "https://4321.rest.afas.online/ProfitRestServices/metainfo",
        "1107_301201",
        "200",
        "12.5",
        "Acme/1.0",
    ],
    [
        "2026-10-01T09:00:01+02:00",
        "POST",
        "https://7654321.rest.afas.online/ProfitRestServices/connectors/FbSales",
        "1107_301202",
        "201",
        "1234.75",
        "Acme(x)",
    ],
]
ANY = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def inspected(folder: Path, content: bytes, options: ReadOptions | None = None) -> Inspection:
    path = folder / "table.log"
    path.write_bytes(content)
    return inspect(str(path), options or ReadOptions(final=True), limit=None, now=worked.NOW)


def table(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


HEADER = ";".join(NAMES)
ROW = ";".join(ROWS[0])
