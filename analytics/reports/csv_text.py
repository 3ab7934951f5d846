"""The tables of a report as CSV, safe to open in a spreadsheet.

UTF-8, commas, one header row, lines ended as RFC 4180 says. Numbers stand as they are, without separators or units, so that they stay numbers; rates are
fractions; instants are UTC; a cell without a value is empty.

A text that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or a line feed (or with the full-width form of the four
signs) would be run as a formula by spreadsheets. It gets an apostrophe in front, which makes it text there. Only texts: a
negative number is a number. To get the original back, take that one apostrophe away.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width forms


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole CSV file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def neutral(text: str) -> str:
    """The text in a form no spreadsheet takes for a formula.

    >>> neutral("=HYPERLINK(1)"), neutral("-1+2"), neutral("KnSubject")
    ("'=HYPERLINK(1)", "'-1+2", 'KnSubject')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cell(value: object) -> str:
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
            return neutral(str(value))
