"""Rows and records for people: a table no wider than necessary, fields with their names, and long values cut."""

from __future__ import annotations

import datetime as dt
import decimal
import sys
from typing import TYPE_CHECKING

from command_line.printing.rows import Rows
from command_line.printing.standard import console, say, write
from command_line.printing.values import as_plain, cell, heading, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_ROWS = 1000
"""People see at most this many rows. Programs get all rows."""

_MOST_CELLS = 200_000
_LONGEST_CELL = 10_000
_NARROWEST_TEXT = 16


def print_first(columns: tuple[str, ...], parts: Iterator[Rows], count: int) -> None:
    """Print a table of the first rows, which come in parts, and how many more of these `count` rows there are."""
    most = min(MOST_ROWS, max(1, _MOST_CELLS // max(1, len(columns))))
    _print_cells(columns, *_cells_of(columns, parts, most))
    if count > most:
        say(f"{most:,} of {count:,} rows are shown; --json has them all")


def print_table(rows: Rows) -> None:
    """Print a table for people, no wider than necessary. If it does not fit the terminal, print one field a line."""
    _print_cells(rows.columns, *_cells_of(rows.columns, iter([rows]), len(rows.values)))


def print_record(record: object) -> None:
    """Print one object: its fields, then its tables."""
    plain = as_plain(record)
    single = {name: value for name, value in plain.items() if not _is_table(value)}
    if single:
        _print_fields(single)
    for name, value in plain.items():
        if _is_table(value):
            write(f"\n{_title(name)}\n")
            print_table(Rows.from_records(value))


def _cells_of(columns: Sequence[str], parts: Iterator[Rows], most: int) -> tuple[list[list[str]], list[bool]]:
    """The first rows as people read them, with long texts cut; and for each column whether it holds only numbers."""
    cells: list[list[str]] = []
    numeric = [True] * len(columns)
    for rows in parts:
        shown_rows = rows.values[: most - len(cells)]
        cells += [[_cut_cell(name, value) for name, value in zip(columns, row, strict=True)] for row in shown_rows]
        for place in range(len(columns)):
            numeric[place] = numeric[place] and all(_is_number(row[place]) for row in shown_rows)
        if len(cells) >= most:
            break
    return cells, numeric


def _cut_cell(name: str, value: object) -> str:
    if isinstance(value, (str, bytes)) and len(value) > _LONGEST_CELL:
        # Before it is spelled out, which may take many times as much.
        return f"{cell(name, value[:_LONGEST_CELL])}… ({len(value) - _LONGEST_CELL:,} more)"
    text = cell(name, value)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}… ({len(text) - _LONGEST_CELL:,} more)"


def _print_cells(columns: Sequence[str], cells: list[list[str]], numeric: list[bool]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    terminal = console(sys.stdout)
    widths = [max([len(heading(name)), *(len(row[place]) for row in cells)]) for place, name in enumerate(columns)]
    narrowest = sum(
        width if is_number else min(width, _NARROWEST_TEXT) for width, is_number in zip(widths, numeric, strict=True)
    )
    if narrowest + 2 * len(widths) > terminal.width:
        _print_one_field_a_line(columns, cells)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name, is_number in zip(columns, numeric, strict=True):
        table.add_column(
            Text(shown(heading(name))), justify="right" if is_number else "left", no_wrap=is_number, overflow="fold"
        )
    for row in cells:
        table.add_row(*(Text(text) for text in row))
    with terminal.capture() as capture:
        terminal.print(table)
    write("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def _print_one_field_a_line(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns))
    for number, row in enumerate(rows, start=1):
        fields = "".join(f"{shown(name):<{width}}  {text}\n" for name, text in zip(columns, row, strict=True))
        write(f"{f'row {number:,} ':─<{width + 2}}\n{fields}")


def _print_fields(fields: Mapping[str, object]) -> None:
    width = max(len(_title(name)) for name in fields)
    write("".join(f"{_title(name):<{width}}  {_field(name, value)}\n" for name, value in fields.items()))


def _field(name: str, value: object) -> str:
    if name.endswith("bytes") and isinstance(value, int):
        return _size(value)
    if isinstance(value, dict):
        return ", ".join(f"{shown(str(key))} {cell(str(key), item)}" for key, item in value.items()) or cell("", None)
    if isinstance(value, (list, tuple)):
        return ", ".join(cell("", item) for item in value) or cell("", None)
    return cell(name, value)


def _is_table(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and not isinstance(value[0], (str, int, float, dt.date))


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool))


def _title(name: str) -> str:
    return heading(name).replace("_", " ").capitalize()


def _size(count: int) -> str:
    amount, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
