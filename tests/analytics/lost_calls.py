"""Integrations whose customers may be seen or not, and the verdict on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analytics.certification.certification import certification
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

Calls = list[dict[str, Any]]

FIRST = dt.date(2026, 6, 1)
IT, OTHER = "1000001_1", "1000002_1"
SIX = tuple(str(7000001 + number) for number in range(6))
EIGHT = tuple(str(7100001 + number) for number in range(8))


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def daily(customers: Sequence[str], integration: str | None, since: int, until: int, **said: Any) -> Calls:
    """Two calls of each customer on each day from `since` up to and without `until`, counted from FIRST."""
    return [
        call(
            **{
                "called_at": f"{day(number)}T{hour:02}:{10 + place:02}:00Z",
                "customer": customer,
                "integration_id": integration,
            }
            | said
        )
        for number in range(since, until)
        for place, customer in enumerate(customers)
        for hour in (9, 14)
    ]


def others(until: int, **said: Any) -> Calls:
    """A log that goes on, with another integration and other customers."""
    return daily(EIGHT, OTHER, 0, until, stream="others", **said)


def lake_of(folder: Path, calls: Calls, rejects: Sequence[dict[str, Any]] = ()) -> Path:
    folder.mkdir(exist_ok=True)
    registry = folder / "integrations.csv"
    registry.write_text(f"integration,certified_since\n{IT},2025-01-01\n", encoding="utf-8")
    return given_lake(folder / "lake", calls, rejects=rejects, registry=[registry])


def verdict(lake: Path, **asked: Any) -> dict[str, Any]:
    with Warehouse.open(lake) as warehouse:
        rows = certification(warehouse, Scope(**asked)).rows
    return rows.row(by_predicate=pl.col("integration") == IT, named=True)


def said(row: dict[str, Any], *reasons: str) -> tuple[str, int, bool, list[str]]:
    return row["state"], row["customers"], row["complete"], [reason for reason in row["reasons"] if reason in reasons]
