"""The table of branches for publication: where an integration is used, with nothing about any single customer.

A reader of a table may know some of the customers, how the table was made, and other tables: of another month or threshold, or of
the same month before the last logs were loaded. The difference of two tables must not show a customer either. Hence five rules:

1. A number is shown only as its class: 5 to 9, 10 to 14, and so on. Whichever two classes are compared, the numbers behind them
   may be the same, or may differ by five or more. So no reader can tell that one to four customers are in one table and not in the
   other. The classes are the same in every table, because two kinds of classes would split each other into smaller ones.
2. A branch with fewer customers than `smallest` is not shown. `smallest` is a multiple of five, so that it splits no class.
3. There are no totals and no row of other branches, because they would show what is left out. There is no share either: 6
   customers at 86 % would show that there are seven. The table shows the class of all customers of the branch instead.
4. A table covers all calls in production in one calendar month or quarter. If other selections were allowed, two tables could
   differ by the calls of one day or of one log. A partner and an integration only choose rows, and do not change them.
5. The order of the rows follows from the shown values alone.
"""

from __future__ import annotations

import calendar
import datetime as dt
import html
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from analytics.errors import AnalyticsError
from analytics.numbers import MONTHS
from analytics.scope import Scope
from analytics.spreadsheet.csv_text import csv_text
from ingest.lake.durable import replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

Language: TypeAlias = Literal["en", "nl"]

CLASS = 5
"""The number of counts that look the same in a table. No table shows fewer customers than this."""

PUBLISHED_COLUMNS = (
    "integration",
    "name",
    "branch",
    "customers_from",
    "customers_to",
    "branch_customers_from",
    "branch_customers_to",
)
SUFFIXES = (".csv", ".html")
_MAY_BE_ASKED = {"since", "until", "partner", "integration"}


@dataclass(frozen=True)
class Period:
    """A whole calendar month or quarter: `since` is its first day, `until` the day after its last.

    >>> Period.of(dt.date(2026, 10, 1), dt.date(2026, 11, 1)) == Period.month_of(dt.date(2026, 10, 18))
    True
    """

    since: dt.date
    until: dt.date

    @classmethod
    def of(cls, since: dt.date, until: dt.date) -> Period:
        """The period between these days. AnalyticsError if it is not a whole month or quarter."""
        period = cls(since, until)
        if period in {cls.month_of(since), cls.quarter_of(since)}:
            return period
        raise AnalyticsError(
            f"a published table covers one full calendar month or quarter, and {since} to {until} is neither; "
            f"for example, use --since {cls.month_of(since).since} --until {cls.month_of(since).until}"
        )

    @classmethod
    def month_of(cls, day: dt.date) -> Period:
        """The month of a day."""
        first = day.replace(day=1)
        return cls(first, first + dt.timedelta(days=calendar.monthrange(day.year, day.month)[1]))

    @classmethod
    def quarter_of(cls, day: dt.date) -> Period:
        """The quarter of a day."""
        first = day.month - (day.month - 1) % 3
        return cls(day.replace(month=first, day=1), cls.month_of(day.replace(month=first + 2, day=1)).until)

    @classmethod
    def last_of(cls, since: dt.date, until: dt.date) -> Period:
        """The last month that is over in data of these days; if none is over, the month in which they end."""
        ends = cls.month_of(until - dt.timedelta(days=1))
        before = cls.month_of(ends.since - dt.timedelta(days=1))
        return ends if ends.until <= until or before.since < since.replace(day=1) else before


def period_to_publish(warehouse: Warehouse, scope: Scope) -> Period | None:
    """The period of a table of this scope; None on an empty lake.

    By default it is the last month that is over in the days that the logs cover. AnalyticsError if the scope asks for calls that
    must not be published; the text says what to leave out.
    """
    asked = scope.model_dump(exclude_defaults=True)
    strange = [f"--{name}" for name in asked if name not in _MAY_BE_ASKED]
    if strange:
        raise AnalyticsError(
            "a published table covers all calls in production, because somebody could compare two tables of other calls and "
            f"find a single customer; leave {' and '.join(strange)} out"
        )
    if scope.since is not None and scope.until is not None:
        return Period.of(scope.since, scope.until)
    if scope.since is not None or scope.until is not None:
        raise AnalyticsError(
            "a published table covers one full calendar month or quarter: give both its --since and its --until"
        )
    lived = warehouse.lived()
    return Period.last_of(*lived) if lived else None


def published(warehouse: Warehouse, scope: Scope, *, smallest: int = CLASS) -> pl.DataFrame:
    """PUBLISHED_COLUMNS of the integrations that the registry marks as listed: everything here may be published.

    AnalyticsError if the scope must not be published (see `period_to_publish`).
    """
    period = period_to_publish(warehouse, scope)
    asked = Scope(partner=scope.partner, integration=scope.integration)
    if period is not None:
        asked = asked.replace(since=period.since, until=period.until)
    return published_of(warehouse.metric("branches_per_integration", asked), smallest=smallest)


def published_of(rows: pl.DataFrame, *, smallest: int = CLASS) -> pl.DataFrame:
    """The same from rows of the metric `branches_per_integration`, for such a period and all calls in production."""
    import polars as pl

    check_smallest(smallest)
    shown = rows.filter(pl.col("listed"), pl.col("branch").is_not_null(), pl.col("customers") >= smallest)
    classes = [
        bound
        for name in ("customers", "branch_customers")
        for lowest in [pl.col(name) // CLASS * CLASS]
        for bound in (lowest.alias(f"{name}_from"), (lowest + CLASS - 1).alias(f"{name}_to"))
    ]
    return (
        shown.with_columns(classes)
        .select(*PUBLISHED_COLUMNS)
        .sort("integration", "customers_from", "branch", descending=[False, True, False])
    )


def check_smallest(smallest: int) -> None:
    """AnalyticsError if this cannot be the smallest number of customers in a table."""
    if smallest < CLASS or smallest % CLASS:
        raise AnalyticsError(
            f"{smallest} is not {CLASS}, {2 * CLASS}, {3 * CLASS} or another multiple of {CLASS}: "
            f"numbers are published as {CLASS} to {2 * CLASS - 1}, {2 * CLASS} to {3 * CLASS - 1} and so on"
        )


def publish(rows: pl.DataFrame, file: Path, *, smallest: int, period: Period | None, language: Language = "en") -> None:
    """Write such rows as CSV or as an HTML table for a page, depending on the file's name.

    `period`: the period of the figures, None if there are none; in CSV, each row holds its days. The names of the CSV columns are
    the same in every language.
    """
    words = _words()[language]
    match file.suffix.lower():
        case ".csv":
            text = published_csv(rows, period)
        case ".html":
            caption = words["caption"].format(period=_period(period, words, language), smallest=smallest)
            text = _html(rows.rows(), caption, words, language)
        case _:
            raise AnalyticsError(f"{file}: expected a name that ends in {' or '.join(SUFFIXES)}")
    try:
        replace_file(file, text)
    except OSError as error:
        raise AnalyticsError(f"{file}: cannot be written: {error.strerror or error}") from error


def published_csv(rows: pl.DataFrame, period: Period | None) -> str:
    """Such rows as a CSV file, with the days of their period."""
    days = (period.since, period.until) if period else (None, None)
    return csv_text(("since", "until", *PUBLISHED_COLUMNS), [(*days, *row) for row in rows.rows()])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "published.toml").read_text(encoding="utf-8"))


def _html(rows: Sequence[tuple[Any, ...]], caption: str, words: dict[str, Any], language: Language) -> str:
    headings = "".join(f"<th>{html.escape(name)}</th>" for name in words["headings"])
    lines = [
        f'<table lang="{language}">',
        f"<caption>{html.escape(caption)}</caption>",
        f"<thead><tr>{headings}</tr></thead>",
        "<tbody>",
    ]
    for integration, name, branch, *bounds in rows:
        first, last, branch_first, branch_last = (f"{bound:,}".replace(",", words["thousands"]) for bound in bounds)
        cells = (name or integration, branch, f"{first}–{last}", f"{branch_first}–{branch_last}")
        lines.append(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>", ""])


def _period(period: Period | None, words: dict[str, Any], language: Language) -> str:
    """The months in words."""
    if period is None:
        return str(words["no_calls"])
    months = MONTHS[language]
    first, last = (f"{months[day.month - 1]} {day.year}" for day in (period.since, period.until - dt.timedelta(days=1)))
    return str(words["period"].format(first=first, last=last)) if first != last else first
