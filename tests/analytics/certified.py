"""Integrations with their registry, and the warehouses in which certification is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.analytics.given import call

if TYPE_CHECKING:
    from analytics.certification.certification import Certification

Calls = list[dict[str, Any]]
HEADER = "integration,name,replaces,certified_since,certified_until"


def on(days: str, integration: str, customers: int, *, first: int = 1, **said: Any) -> Calls:
    """One call by each of this number of customers, on each of these days (month-day)."""
    return [
        call(
            **{"called_at": f"2026-{day}T08:00:00Z", "integration_id": integration}
            | {"customer": str(7000000 + number)}
            | said
        )
        for day in days.split()
        for number in range(first, first + customers)
    ]


def registered(folder: Path, rows: Sequence[str]) -> Path:
    path = folder / "integrations.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def row_of(answer: Certification, integration: str) -> dict[str, Any]:
    return answer.rows.row(by_predicate=pl.col("integration") == integration, named=True)
