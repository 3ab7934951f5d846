"""Lakes of whose old calls only sums are left, and what all calls add up to, wherever they are counted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import ingest
from analytics.warehouse.warehouse import Warehouse
from ingest import Lake
from ingest.lake.sums.kinds import KINDS
from tests.ingest.lake.maintained import SMALL_FILES
from tests.ingest.lake.summed import DAY, varied
from tests.ingest.lakes import load_one
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import MaintenanceReport

FIRST, LAST = dt.date(2026, 9, 30), dt.date(2026, 10, 10)
"""The days of the calls in `made`."""

MADE = tuple(range(31))
"""The numbers of its calls: three a day."""


def at(number: int) -> int:
    """The number that `numbers` says of a line of `varied`: it is the line's time."""
    return number * DAY // 3


def seal(lake: Path, before: dt.date, *, keep_sums: int | None = None, now: dt.datetime = NOW) -> MaintenanceReport:
    """Remove the calls of days before this one."""
    return ingest.maintain(
        lake,
        now=now,
        keep_calls=1,
        keep_sums=keep_sums,
        as_of=before + dt.timedelta(days=1),
        sizes=SMALL_FILES,
    )


def made(folder: Path, *numbers: int) -> Path:
    """A lake with a load of these lines from the file `0.log`."""
    path = folder / "0.log"
    path.write_bytes(varied(*(numbers or MADE)))
    load_one(folder / "lake", path)
    return folder / "lake"


def adding_up(lake: Path) -> dict[str, list[dict[str, Any]]]:
    """What all calls of a lake add up to in each kind of sums, whether they are calls or sealed."""
    with Warehouse.open(lake) as warehouse:
        warehouse.bind_sums()
        return {
            kind.name: warehouse.query(
                f"select {', '.join(column.name for column in kind.keys)}, "
                + ", ".join(f"{one.aggregate}({one.column.name}) as {one.column.name}" for one in kind.measures)
                + f" from {kind.name} group by all order by all"
            ).to_dicts()
            for kind in KINDS.values()
        }


def sealed_days(lake: Path) -> dict[dt.date, int]:
    """How many calls of each day are sealed."""
    found: dict[dt.date, int] = {}
    for one in Lake(lake).snapshot().sealed.days:
        for day, calls in one.calls.items():
            found[day] = found.get(day, 0) + calls
    return found
