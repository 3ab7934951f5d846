"""The kinds of sums: which columns each one keeps apart, and what it adds up.

A row of a sum stands for all calls that are alike in its keys. `of_calls/<kind>.sql` says what one call contributes, so a sum that is
read from calls and one that was built before have the same definition. A row adds up its calls with an
aggregate that also adds up rows (a sum, a minimum, a maximum, an or of bits). So sums of parts are added up in any order, and
any calls may still be calls.

Nothing in a sum depends on the registry: ids are as they were sent, and a question attributes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from ingest.call import CALL_COLUMNS, Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.lake.data_file import SealedTable, SumTable

SumName: TypeAlias = Literal[
    "daily_calls",
    "customer_months",
    "customer_days",
    "daily_senders",
    "daily_durations",
    "stream_hours",
    "customer_hours",
    "connector_hours",
    "error_hours",
]

SUM_MACROS: Final = (Path(__file__).parent / "macros.sql").read_text(encoding="utf-8")
"""The macros that `Kind.of_calls` uses."""

_TABLES: Final[Mapping[SumName, SumTable]] = {
    "daily_calls": "sums/daily_calls",
    "customer_months": "sums/customer_months",
    "customer_days": "sums/customer_days",
    "daily_senders": "sums/daily_senders",
    "daily_durations": "sums/daily_durations",
    "stream_hours": "sums/stream_hours",
    "customer_hours": "sums/customer_hours",
    "connector_hours": "sums/connector_hours",
    "error_hours": "sums/error_hours",
}

_SEALED_TABLES: Final[Mapping[SumName, SealedTable]] = {
    "daily_calls": "sealed/daily_calls",
    "customer_months": "sealed/customer_months",
    "customer_days": "sealed/customer_days",
    "daily_senders": "sealed/daily_senders",
    "daily_durations": "sealed/daily_durations",
    "stream_hours": "sealed/stream_hours",
    "customer_hours": "sealed/customer_hours",
    "connector_hours": "sealed/connector_hours",
    "error_hours": "sealed/error_hours",
}

_OF_CALLS: Final = {column.name: column for column in CALL_COLUMNS}


@dataclass(frozen=True)
class Measure:
    """A column whose values are put together by an aggregate that may be applied to its own results."""

    column: Column
    aggregate: Literal["sum", "min", "max", "bit_or"]


@dataclass(frozen=True)
class Kind:
    """One kind of sums. `meaning` is a sentence for people; its rows differ in `keys`. `late` has the columns that end its order."""

    name: SumName
    meaning: str
    keys: tuple[Column, ...]
    measures: tuple[Measure, ...]
    late: str = ""

    @property
    def table(self) -> SumTable:
        """The Delta table of the lake that holds them."""
        return _TABLES[self.name]

    @property
    def sealed_table(self) -> SealedTable:
        """The folder of those whose calls are gone, which other engines read as a Delta table."""
        return _SEALED_TABLES[self.name]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The keys, and then the measures."""
        return self.keys + tuple(measure.column for measure in self.measures)

    @cached_property
    def order(self) -> tuple[Column, ...]:
        """The columns by which its rows are in order in a file: the keys, those of `late` after the others.

        The order makes files small and questions quick. What comes back in many groups of rows, such as a customer of many integrations,
        stands late, so that the rows of a group are together.
        """
        named = {column.name: column for column in self.columns}
        late = [named[name] for name in self.late.split()]
        return (*(column for column in self.keys if column not in late), *late)

    @cached_property
    def of_calls(self) -> str:
        """What each call of the relation `sent` contributes: a query with exactly these columns."""
        return (Path(__file__).parent / "of_calls" / f"{self.name}.sql").read_text(encoding="utf-8")

    @property
    def counts_calls(self) -> bool:
        """Whether its rows say how many calls they stand for. Some say on which days there were any, or how many failed."""
        return any(measure.column.name == "calls" for measure in self.measures)

    def has(self, name: str) -> bool:
        """Whether its rows tell values of this column of calls apart."""
        return any(column.name == name for column in self.keys)


def _keys(names: str) -> tuple[Column, ...]:
    return tuple(_OF_CALLS[name] for name in names.split())


def _measure(
    name: str, sql_type: str, aggregate: Literal["sum", "min", "max", "bit_or"], meaning: str, *, nullable: bool = False
) -> Measure:
    return Measure(Column(name, sql_type, nullable=nullable, meaning=meaning), aggregate)


_CALLS = _measure("calls", "bigint", "sum", "how many calls")
_ERRORS = _measure("errors", "bigint", "sum", "calls that failed")
_FIRST = _measure("first_call", "timestamptz", "min", "when the first of them was made")
_LAST = _measure("last_call", "timestamptz", "max", "when the last of them was made")
_SLOW = _measure("slow_calls", "bigint", "sum", "calls that took longer than a second")

_UNNAMED = Column(
    "unnamed_customer",
    "varchar",
    nullable=True,
    meaning="the customer of calls without a valid id; null for those with one",
)

_HOUR = Column("hour", "timestamptz", nullable=False, meaning="when the hour begins, UTC")

_SENT_BY = "id_status partner project integration"

KINDS: Final[Mapping[SumName, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "daily_calls",
            "Calls of each day by integration, connector and outcome, at whatever customer",
            (
                *_keys(f"day stream product protocol environment id_defect {_SENT_BY}"),
                *_keys("operation connector status outcome"),
                _UNNAMED,
            ),
            (
                _CALLS,
                _FIRST,
                _LAST,
                _measure("timed_calls", "bigint", "sum", "calls with a duration"),
                _measure(
                    "duration_micros", "bigint", "sum", "how long they took together, microseconds", nullable=True
                ),
                _SLOW,
                _measure("request_bytes", "bigint", "sum", "size of the requests, bytes", nullable=True),
                _measure("response_bytes", "bigint", "sum", "size of the responses, bytes", nullable=True),
            ),
            late="calls unnamed_customer",
        ),
        Kind(
            "customer_months",
            "The days of each month on which a customer made calls of one kind",
            (
                Column("month", "date", nullable=False, meaning="the first day of the month"),
                *_keys(f"stream product protocol environment customer own id_defect {_SENT_BY}"),
                *_keys("operation connector status outcome"),
            ),
            (_measure("days", "integer", "bit_or", "a bit for each day with a call; the lowest one is the first"),),
            late="own days customer",
        ),
        Kind(
            "customer_days",
            "Calls of each day by integration and customer",
            _keys(f"day stream product environment customer own {_SENT_BY}"),
            (
                _CALLS,
                _ERRORS,
                _measure("served", "bigint", "sum", "calls that succeeded and were no log-in"),
                _FIRST,
                _LAST,
                _measure(
                    "last_served", "timestamptz", "max", "when the last of the served ones was made", nullable=True
                ),
            ),
            late="own calls customer",
        ),
        Kind(
            "daily_senders",
            "Calls of each day by the program that made them, and by what it sent in the place of an id",
            (
                *_keys(f"day stream product environment id_defect {_SENT_BY} connector user_agent body_integration_id"),
                Column(
                    "malformed_id",
                    "varchar",
                    nullable=True,
                    meaning="what was sent as an id and is none, as in integration_id; null for calls with a valid id",
                ),
                _UNNAMED,
            ),
            (_CALLS, _ERRORS, _FIRST, _LAST),
            late="calls unnamed_customer",
        ),
        Kind(
            "daily_durations",
            "How long the calls of each day took, by integration, connector and operation",
            (
                *_keys(f"day stream product environment {_SENT_BY} operation connector"),
                Column(
                    "duration_bucket",
                    "smallint",
                    nullable=True,
                    meaning="the bucket of the duration, as the macro of that name says; null without a duration",
                ),
            ),
            (_CALLS, _SLOW),
            # The same buckets come back every day. Added up over many days, they stay in the processor's cache.
            late="duration_bucket day",
        ),
        Kind(
            "stream_hours",
            "Calls of each log by the hour",
            (*_keys("day stream product environment"), _HOUR),
            (_CALLS, _ERRORS),
        ),
        Kind(
            "customer_hours",
            "Calls of each integration and customer by the hour",
            (*_keys(f"day stream product environment customer own {_SENT_BY}"), _HOUR),
            (_CALLS, _ERRORS),
            late="hour own calls customer",
        ),
        Kind(
            "connector_hours",
            "Calls of each integration and connector by the hour",
            (*_keys(f"day stream product environment {_SENT_BY} connector"), _HOUR),
            (_CALLS, _ERRORS),
            late="hour calls connector",
        ),
        Kind(
            "error_hours",
            "Calls that failed, by the hour, with all that they concern",
            (*_keys(f"day stream product environment customer own {_SENT_BY} connector status outcome"), _HOUR),
            (_ERRORS,),
            late="own errors customer",
        ),
    )
}
"""Every kind of sums by its name."""
