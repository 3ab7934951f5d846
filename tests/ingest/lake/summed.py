"""Lakes with sums of calls, and how often each call in them counts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import ingest
from ingest import Lake
from ingest.lake.sums.files import Cover, cover
from ingest.lake.sums.kinds import KINDS
from tests.ingest.lake.maintained import SMALL_FILES
from tests.ingest.lakes import broken, calls, line
from tests.ingest.lakes import rows as rows_of
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from ingest import MaintenanceReport
    from ingest.lake.compaction import FileSizes
    from ingest.lake.sums.kinds import Kind

SUMMED = dataclasses.replace(SMALL_FILES, summed_rows=1, unsummed_rows=1)
"""With these sizes every lake gets sums, however small it is, and every load adds some."""

DAY = 86_400


def maintain(
    lake: Path,
    *,
    now: dt.datetime = NOW,
    sizes: FileSizes = SUMMED,
    sums: Literal["build", "rebuild", "drop"] = "build",
) -> MaintenanceReport:
    return ingest.maintain(lake, now=now, sizes=sizes, sums=sums)


def varied(*numbers: int) -> bytes:
    """Lines of several customers, integrations, connectors, outcomes and days, with and without a duration."""
    made = b""
    for number in numbers:
        customer, connector = 1234 + number % 3, ("KnSubject", "knsubject", "Profit_Debtor")[number % 3]
        more: dict[str, Any] = {
            "url": f"https://{customer}.rest.afas.online/ProfitRestServices/connectors/{connector}?skip={number}",
            "headers": [
                {"IntegrationId": f"{customer}_1"},
                {"IntegrationId": "4321_1"},
                {"IntegrationId": "4321-1"},
                {},
            ][number % 4],
            "status": (200, 200, 401, 503, 500)[number % 5],
        }
        if number % 4:
            more["duration_ms"] = 700.5 + 100 * (number % 7)
        made += line(number * DAY // 3, **more)
    return made


# -- how often each call is counted


def covered(lake: Path, kind: Kind) -> Cover:
    snapshot = Lake(lake).snapshot()
    return cover(snapshot.calls, snapshot.sums.files(kind))


def stored(files: Cover) -> list[dict[str, Any]]:
    """The rows of the sums that are read in the place of calls."""
    return rows_of([one.path for one in files.sums])


def counted(lake: Path) -> dict[str, int]:
    """How many calls each kind of sums counts, together with the calls that are in none. Some count days, or errors alone."""
    counts: dict[str, int] = {}
    for kind in KINDS.values():
        if kind.counts_calls:
            found = covered(lake, kind)
            rows = sum(file.rows for file in found.calls)
            counts[kind.name] = rows + sum(row["calls"] for row in stored(found))
    return counts


def assert_each_call_counts_once(lake: Path) -> None:
    expected = len(calls(lake))
    assert counted(lake) == dict.fromkeys(counted(lake), expected)
    assert broken(lake) == {}
