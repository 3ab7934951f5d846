"""The table of branches for publication: where an integration is used, and nothing about any single customer.

Who sees the table may know some of the customers, the total, and how the table was made. So:

1. A branch is named only when at least `smallest` customers of it use the integration.
2. All others are one row, *other branches*, without names. As soon as one of them is too small to be named, the smallest of
   those that could be named goes there too (of equal ones, all): else the total would tell what is left out, or it would
   be known of every branch there that it is below `smallest`. As names play no part in it, nobody can say which branch of
   those is the small one. Customers whose branch nobody knows are in that row too, but do not help to hide others in it:
   how many they are can be guessed from shares and lifts.
3. An integration with fewer than `smallest` customers is not in the table.
4. Totals of a branch over integrations are not published: customers use several integrations, but with few of them
   such totals could be taken apart.
"""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.errors import AnalyticsError
from analytics.reports.csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse import Warehouse

SMALLEST = 5
"""Fewer customers than this are not shown by default."""

OTHER, ALL = "other branches", "all branches"
PUBLISHED_COLUMNS = ("integration", "name", "branch", "customers", "share", "lift")
SUFFIXES = (".csv", ".html")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One branch of one integration; `branch` is None for customers without one, and for all others together."""

    branch: str | None
    customers: int
    share: float | None = None
    lift: float | None = None


def safe_cells(cells: Sequence[Cell], *, smallest: int = SMALLEST) -> tuple[Cell, ...]:
    """What may be published of one integration: the largest first, and the others together as the last, if there are any."""
    known = [cell for cell in cells if cell.branch is not None]
    without_branch = sum(cell.customers for cell in cells) - sum(cell.customers for cell in known)
    named = [cell for cell in known if cell.customers >= smallest]
    if len(named) < len(known) or 0 < without_branch < smallest:
        least = min((cell.customers for cell in named), default=0)
        named = [cell for cell in named if cell.customers > least]
    named.sort(key=lambda cell: (-cell.customers, cell.branch or ""))
    others = sum(cell.customers for cell in known) - sum(cell.customers for cell in named)
    if others + without_branch < smallest or 0 < others < smallest:  # too few altogether, or none is left out
        return tuple(named)
    return (*named, Cell(branch=None, customers=others + without_branch))


def published(warehouse: Warehouse, scope: Scope, *, smallest: int = SMALLEST) -> pl.DataFrame:
    """PUBLISHED_COLUMNS of the integrations that the registry lists: what may be shown to everybody.

    Shares are rounded to whole percents and lifts to one decimal.
    """
    return published_of(warehouse.metric("branches_per_integration", scope), smallest=smallest)


def published_of(rows: pl.DataFrame, *, smallest: int = SMALLEST) -> pl.DataFrame:
    """The same from rows of the metric `branches_per_integration`, unnarrowed by customer."""
    import polars as pl

    shown: list[tuple[object, ...]] = []
    for (integration, name), group in rows.filter("listed").group_by("integration", "name", maintain_order=True):
        cells = [Cell(**row) for row in group.select("branch", "customers", "share", "lift").iter_rows(named=True)]
        safe = safe_cells(cells, smallest=smallest)
        rest = OTHER if any(cell.branch for cell in safe) else ALL
        shown += [
            (integration, name, cell.branch or rest, cell.customers, _rounded(cell.share, 2), _rounded(cell.lift, 1))
            for cell in safe
        ]
    types = (pl.String, pl.String, pl.String, pl.Int64, pl.Float64, pl.Float64)
    return pl.DataFrame(shown, schema=dict(zip(PUBLISHED_COLUMNS, types, strict=True)), orient="row")


def publish(rows: pl.DataFrame, file: Path, *, smallest: int, period: str) -> None:
    """Write such rows as CSV, or as an HTML table to put into a page, whichever the file's name says."""
    match file.suffix.lower():
        case ".csv":
            text = csv_text(PUBLISHED_COLUMNS, rows.rows())
        case ".html":
            text = _html(rows, smallest=smallest, period=period)
        case _:
            raise AnalyticsError(f"{file}: expected a name that ends in {' or '.join(SUFFIXES)}")
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise AnalyticsError(f"{file}: cannot be written: {error.strerror or error}") from error


def period_in_words(warehouse: Warehouse, scope: Scope) -> str:
    """The days that the figures are about, as far as there are any."""
    period = warehouse.period(scope)
    return f"{period[0]} to {period[1] - dt.timedelta(days=1)}" if period else "no calls"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _html(rows: pl.DataFrame, *, smallest: int, period: str) -> str:
    lines = [
        "<table>",
        (
            f"<caption>Customers by branch, {html.escape(period)}. Branches with fewer than {smallest} customers are "
            "not named.</caption>"
        ),
        (
            "<thead><tr><th>Integration</th><th>Branch</th><th>Customers</th><th>Share of the branch</th>"
            "<th>Times the usual share</th></tr></thead>"
        ),
        "<tbody>",
    ]
    for integration, name, branch, customers, share, lift in rows.iter_rows():
        cells = (name or integration, branch, f"{customers:,}", _percent(share), "–" if lift is None else f"{lift:.1f}")
        lines.append(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>", ""])


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
