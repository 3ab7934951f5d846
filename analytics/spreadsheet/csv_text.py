"""The tables of a report as CSV, safe to open in a spreadsheet.

UTF-8, commas, one header row, lines ended as RFC 4180 says. Numbers stand as they are, without separators or units, so that they stay numbers; rates are
fractions; instants are UTC; a cell without a value is empty.

What a spreadsheet would run as a formula gets an apostrophe in front (formulas.py). Only texts: a negative number is
a number.
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
    """A value as the text of a cell, exact: a date as ISO 8601, an instant in UTC."""
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
