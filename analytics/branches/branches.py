"""The table of branches for publication: where an integration is used, and nothing about any single customer.

Who sees a table may know some of the customers, how it was made, and other tables: of another month or threshold, or of the
same month before the last logs were loaded. So nothing is said that two tables could be differenced by:

1. Of a number only its class is said: 5 to 9, 10 to 14, and so on. Whatever two classes are compared, the numbers behind them
   may be the same, or may differ by five or more: nobody can tell that there are one to four customers who are in one table
   and not in the other. The classes are the same in every table, for two kinds of classes would cut each other to pieces.
2. A branch below `smallest` is not named; it is a multiple of five, so that it cuts no class.
3. There are no totals and no row of other branches: they would say what is left out. There is no share either: 6 at 86 % says
   that there are seven. Beside the class of the customers stands that of all customers of the branch.
4. A table is about all calls in production of one calendar month or quarter. Of any other calls there could be two tables that
   differ by those of one day, or of one log. A partner and an integration choose rows, and change none.
5. Rows are in the order of what they show.
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
from ingest.lake.durable import write_anew

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

Language: TypeAlias = Literal["en", "nl"]

CLASS = 5
"""So many numbers look the same in a table; and fewer customers than this are in none."""

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
        """The period between these days. AnalyticsError where it is no whole month or quarter."""
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
        """The last month that is over in data of these days; the month of their end where none is."""
        ends = cls.month_of(until - dt.timedelta(days=1))
        before = cls.month_of(ends.since - dt.timedelta(days=1))
        return ends if ends.until <= until or before.since < since.replace(day=1) else before


def period_to_publish(warehouse: Warehouse, scope: Scope) -> Period | None:
    """The period that a table of this scope is about; None on an empty lake.

    Without one that is asked for it is the last month that is over, of the days on which logs live. AnalyticsError where the
    scope asks for other calls than a table may be about: which, and what to leave out.
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
    """PUBLISHED_COLUMNS of the integrations that the registry lists: what may be shown to everybody.

    AnalyticsError where the scope is none that may be published (see `period_to_publish`).
    """
    period = period_to_publish(warehouse, scope)
    asked = Scope(partner=scope.partner, integration=scope.integration)
    if period is not None:
        asked = asked.replace(since=period.since, until=period.until)
    return published_of(warehouse.metric("branches_per_integration", asked), smallest=smallest)


def published_of(rows: pl.DataFrame, *, smallest: int = CLASS) -> pl.DataFrame:
    """The same from rows of the metric `branches_per_integration` of such a period, of all calls in production."""
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
    """AnalyticsError where this cannot be the smallest number of customers that is shown."""
    if smallest < CLASS or smallest % CLASS:
        raise AnalyticsError(
            f"{smallest} is not {CLASS}, {2 * CLASS}, {3 * CLASS} or another multiple of {CLASS}: "
            f"numbers are published as {CLASS} to {2 * CLASS - 1}, {2 * CLASS} to {3 * CLASS - 1} and so on"
        )


def publish(rows: pl.DataFrame, file: Path, *, smallest: int, period: Period | None, language: Language = "en") -> None:
    """Write such rows as CSV, or as an HTML table to put into a page, whichever the file's name says.

    `period`: what the figures are about, None where there are none; in CSV its days stand in each row. The names of CSV's
    columns are the same in every language.
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
        write_anew(file, text)
    except OSError as error:
        raise AnalyticsError(f"{file}: cannot be written: {error.strerror or error}") from error


def published_csv(rows: pl.DataFrame, period: Period | None) -> str:
    """Such rows as a CSV file, with the days that they are about."""
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
