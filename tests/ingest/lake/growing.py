"""A log that grows load by load, and everything that readers see of its lake."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from ingest import Lake, ReadOptions, ingest
from tests.ingest.lakes import calls, rows
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import IngestReport
    from ingest.lake.ledger_row import LedgerRow


LATER = NOW + dt.timedelta(days=3)
HOST = "1234.rest.afas.online"


def load_at(lake: Path, *paths: Path, now: dt.datetime = NOW, **options: Any) -> IngestReport:
    return ingest(lake, [str(path) for path in paths], ReadOptions(), now=now, **options)


def grow(lake: Path, log: Path, *parts: bytes, now: dt.datetime = NOW) -> None:
    """The log grows part by part, and each is a load."""
    for part in parts:
        with log.open("ab") as file:
            file.write(part)
        load_at(lake, log, now=now)


def ledger_rows(lake: Path) -> tuple[LedgerRow, ...]:
    return Lake(lake).ledger()[1].rows


def content_of(lake: Path) -> tuple[Counter[tuple[object, ...]], Counter[tuple[object, ...]], Counter[tuple[str, str]]]:
    """All that readers see of calls, rejects and loads, whatever load a line came with."""
    snapshot = Lake(lake).snapshot()
    held = set(snapshot.loads["load_id"].to_pylist())

    def seen(found: list[dict[str, Any]]) -> Counter[tuple[object, ...]]:
        assert {row["load_id"] for row in found} <= held
        return Counter(tuple(str(value) for name, value in row.items() if name != "load_id") for row in found)

    sums: Counter[tuple[str, str]] = Counter()
    for row in snapshot.loads.to_pylist():
        for name in ("lines", "calls", "rejects", "ignored"):
            sums[row["source"], name] += row[name]
    for load_id, counts in snapshot.removed.items():
        assert load_id in held
        sums["removed", "calls"] += counts[0]
        sums["removed", "rejects"] += counts[1]
    return seen(calls(lake)), seen(rows(snapshot.rejects)), sums
