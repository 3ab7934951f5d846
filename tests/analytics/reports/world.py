"""A small world for reports, whose figures are worked out by hand.

Partner 1234 has two integrations. The calls of partner 2345 fill the days, and partner 1234 must never see them.
"""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any

from analytics.registry import load_registry, registry_files
from analytics.reports import every_kind, write_report
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_snapshot

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
SEPTEMBER = [dt.date(2026, 9, day) for day in range(1, 31)]
ACME = Scope(partner=1234)
ABOUT = {"partner": "1234", "integration": "1234_1", "customer": "7000001", "connector": "KnSubject"}
"""The subject of a report that is about one partner, integration, customer or connector."""
OCTOBER = [dt.date(2026, 10, day) for day in range(1, 32)]


def at(day: str, time: str = "08:00:00") -> str:
    """A moment in UTC on a day like 2026-10-01; in Amsterdam it is the same day."""
    return f"{day}T{time}Z"


def every_day(days: list[dt.date], **said: Any) -> list[dict[str, Any]]:
    """One call of the other partner on each of these days."""
    other = {"integration_id": "2345_7", "customer": "8000001", "connector": "Other_Secret"}
    return [call(**(other | {"called_at": at(str(day), "12:00:00")} | said)) for day in days]


def acme(day: str, time: str = "08:00:00", **said: Any) -> dict[str, Any]:
    """One call of Acme HR."""
    return call(**({"called_at": at(day, time), "integration_id": "1234_1", "customer": "7000001"} | said))


def acme_calls() -> list[dict[str, Any]]:
    """Acme's calls in September and October."""
    return [
        acme("2026-09-03"),
        acme("2026-09-04", customer="7000002"),
        acme("2026-10-01", "08:00:00"),
        acme("2026-10-01", "09:00:00"),
        acme("2026-10-02", "10:00:00", status=500, operation="insert", method="POST"),
        acme("2026-10-02", "11:00:00", customer="7000002", status=401, connector="Acme_Staff"),
        acme("2026-10-05", customer="1234"),
        acme("2026-10-06", integration_id="1234_2", customer="7000001", connector=None, operation="version"),
        acme("2026-10-07", environment="accept", customer="7000001", status=500),
    ]


def registry(folder: Path) -> Path:
    """The registry's files, loaded; returns the lake they were loaded into."""
    texts = {
        "partners.csv": "partner,name\n1234,Acme Software\n2345,Other Company\n",
        "integrations.csv": "integration,name\n1234_1,Acme HR\n2345_7,Other Tool\n",
        "customers.csv": "customer,name,branch\n7000001,School One,Education\n8000001,Other Customer,Care\n",
    }
    files = []
    for name, text in texts.items():
        files.append(folder / name)
        files[-1].write_text(text, encoding="utf-8")
    load_registry(folder / "lake", files, now=NOW)
    return folder / "lake"


def warehouse(
    folder: Path, calls: list[dict[str, Any]], *, named: bool = True, viewer: Scope | None = None
) -> Warehouse:
    """A warehouse over these calls."""
    lake = registry(folder) if named else folder / "nowhere"
    return Warehouse.over(given_snapshot(folder, calls), registry_files(lake), viewer)


def every_report(everything: Warehouse, out: Path) -> dict[str, list[Path]]:
    """The files of every report that there is, of October, by its name; of those about one, about Acme's."""
    about: dict[str, dict[str, str]] = {
        name: {} if kind.about is None else {kind.about: ABOUT[kind.about]} for name, kind in every_kind().items()
    }
    return {
        name: write_report(everything, name, "2026-10", out, about=Scope.parse(narrowed))
        for name, narrowed in about.items()
    }


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
