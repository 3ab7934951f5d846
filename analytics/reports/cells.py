"""The form of a value in a table that shows its rows as they are. It depends on the type and on the name of the column."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from analytics import numbers
from analytics.reports.wording import has, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.reports.model import Record

_NAMES = ("partner", "project", "status")
"""Columns whose numbers are names and not counts."""


def in_words(column: str, value: object, *, time_zone: str) -> str:
    """The value as a reader expects it. Values of a closed vocabulary have words. A float is a rate, unless it is in milliseconds.

    >>> in_words("calls", 1234, time_zone="UTC"), in_words("partner", 1234, time_zone="UTC")
    ('1,234', '1234')
    >>> in_words("error_rate", 0.0456, time_zone="UTC"), in_words("outcome", "timeout", time_zone="UTC")
    ('4.6%', 'Timed out')
    >>> in_words("p95_ms", 1234.4, time_zone="UTC")
    '1,234'
    """
    match value:
        case None:
            return numbers.NOTHING
        case float() if column.endswith("_ms"):
            return numbers.count(round(value))
        case float():
            return numbers.rate(value)
        case int() if column not in _NAMES:
            return numbers.count(value)
        case dt.datetime():
            return numbers.instant(value, time_zone)
        case dt.date():
            return numbers.day(value)
        case str() if has(column, value):
            return words(column)[value]
        case _:
            return str(value)


def is_figure(column: str, rows: Iterable[Record]) -> bool:
    """Whether the column holds counts or rates, which are aligned by their last digit."""
    return column not in _NAMES and any(isinstance(getattr(row, column), int | float) for row in rows)
