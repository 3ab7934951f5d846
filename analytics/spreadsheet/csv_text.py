"""The tables of a report as CSV, safe to open in a spreadsheet.

UTF-8, commas, one header row, and line ends as in RFC 4180. Numbers have no separators and no units, so that they stay numbers.
Rates are fractions, instants are UTC, and a cell without a value is empty.

A text that a spreadsheet would run as a formula gets an apostrophe in front (formulas.py): user agents, names and release notes are
written by strangers, and a formula in a list can send the whole list away. Numbers get none: a negative number is a number.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import numbers
from typing import TYPE_CHECKING

from analytics.spreadsheet.formulas import neutral

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole CSV file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: object) -> str:
    text = as_text(value)
    return text if isinstance(value, numbers.Number) else neutral(text)


def as_text(value: object) -> str:
    """A value as the exact text of a cell: a date as ISO 8601, an instant in UTC."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case dt.datetime():
            return f"{value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)
