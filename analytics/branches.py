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
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from analytics.errors import AnalyticsError
from analytics.reports.csv_text import csv_text
from analytics.reports.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse import Warehouse

Language: TypeAlias = Literal["en", "nl"]

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


def publish(
    rows: pl.DataFrame, file: Path, *, smallest: int, period: tuple[dt.date, dt.date] | None, language: Language = "en"
) -> None:
    """Write such rows as CSV, or as an HTML table to put into a page, whichever the file's name says.

    `period`: the days (since, until) that the figures are about, None where there are none. The names of CSV's columns are
    the same in every language.
    """
    words = _words()[language]
    rest = {OTHER: words["other_branches"], ALL: words["all_branches"]}
    shown = [(*row[:2], rest.get(row[2], row[2]), *row[3:]) for row in rows.rows()]
    match file.suffix.lower():
        case ".csv":
            text = csv_text(PUBLISHED_COLUMNS, shown)
        case ".html":
            caption = words["caption"].format(period=_period(period, words), smallest=smallest)
            text = _html(shown, caption, words, language)
        case _:
            raise AnalyticsError(f"{file}: expected a name that ends in {' or '.join(SUFFIXES)}")
    try:
        write_whole(file, text)
    except OSError as error:
        raise AnalyticsError(f"{file}: cannot be written: {error.strerror or error}") from error


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "reports" / "published.toml").read_text(encoding="utf-8"))


def _html(rows: Sequence[tuple[Any, ...]], caption: str, words: dict[str, Any], language: Language) -> str:
    headings = "".join(f"<th>{html.escape(name)}</th>" for name in words["headings"])
    lines = [
        f'<table lang="{language}">',
        f"<caption>{html.escape(caption)}</caption>",
        f"<thead><tr>{headings}</tr></thead>",
        "<tbody>",
    ]
    for integration, name, branch, customers, share, lift in rows:
        cells = (
            name or integration,
            branch,
            f"{customers:,}".replace(",", words["thousands"]),
            "–" if share is None else f"{share:.0%}",
            "–" if lift is None else f"{lift:.1f}".replace(".", words["decimal"]),
        )
        lines.append(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>", ""])


def _period(period: tuple[dt.date, dt.date] | None, words: dict[str, Any]) -> str:
    """The days in words, the last one included."""
    if period is None:
        return str(words["no_calls"])
    months = words["months"].split()
    first, last = (
        f"{day.day} {months[day.month - 1]} {day.year}" for day in (period[0], period[1] - dt.timedelta(days=1))
    )
    return str(words["period"].format(first=first, last=last)) if first != last else first
