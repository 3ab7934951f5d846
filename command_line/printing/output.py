"""What the command line says and how: rows as a table, JSON, CSV or Parquet; notes, warnings and errors.

Results go to standard output, everything else to standard error. What stands in data is text, never markup and never
a terminal's control sequence.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import io
import os
import sys
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

from command_line.printing.arrow_values import as_parquet_has_them, python_values
from command_line.printing.values import as_plain, cell, heading, json_text, shown, to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl
    import pyarrow as pa
    from rich.console import Console

Format: TypeAlias = Literal["table", "csv", "json", "parquet"]

MOST_ROWS = 1000
"""So many rows people get to see; programs get them all."""

MOST_OUTPUT = 1024**3
"""Characters of JSON or CSV: a control character takes six, so that a result within its limits can be many times as long."""

_MOST_CELLS = 200_000
_LONGEST_CELL = 10_000
_NARROWEST_TEXT = 16
_UNLIMITED = 100_000

_PART_ROWS = 10_000
_GROUP_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Rows:
    """Rows to print: the names of the columns in order, and a tuple of plain values for each row."""

    columns: tuple[str, ...]
    values: Sequence[tuple[object, ...]]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Rows:
        """The rows of a data frame."""
        return cls(tuple(frame.columns), frame.rows())

    @classmethod
    def from_arrow(cls, table: pa.Table | pa.RecordBatch) -> Rows:
        """The rows of an Arrow table, or of a part of one."""
        columns = [python_values(column) for column in table.columns]
        values = list(zip(*columns, strict=True)) if columns else []
        return cls(tuple(table.schema.names), values)

    @classmethod
    def from_records(cls, records: Iterable[object]) -> Rows:
        """One row for each of these models, data classes or mappings, which are all of one kind."""
        plain = [as_plain(record) for record in records]
        columns = tuple(plain[0]) if plain else ()
        return cls(columns, [tuple(record.values()) for record in plain])


# --- results, on standard output


def print_rows(rows: Rows, output: Format) -> None:
    """Print rows as a table for people, as one JSON array of objects, or as CSV."""
    _print_parts(rows.columns, iter([rows]), len(rows.values), output)


def print_arrow(table: pa.Table, output: Format) -> None:
    """Print the rows of an Arrow table in any of the formats."""
    print_batches(table.schema, iter(table.to_batches(max_chunksize=_PART_ROWS)), table.num_rows, output)


def print_batches(schema: pa.Schema, batches: Iterator[pa.RecordBatch], count: int, output: Format) -> None:
    """Print so many rows, which come in batches, and hold no more of them than one batch."""
    if output == "parquet":
        with _quiet_broken_pipe():
            write_parquet(sys.stdout.buffer, schema, batches)
            sys.stdout.buffer.flush()
    else:
        _print_parts(tuple(schema.names), map(Rows.from_arrow, batches), count, output)


def _print_parts(columns: tuple[str, ...], parts: Iterator[Rows], count: int, output: Format) -> None:
    match output:
        case "json":
            write_all(json_parts(columns, parts))
        case "csv":
            write_all(csv_parts(columns, parts, is_for_people=sys.stdout.isatty()))
        case "table":
            most = min(MOST_ROWS, max(1, _MOST_CELLS // max(1, len(columns))))
            _print_cells(columns, *_cells_of(columns, parts, most))
            if count > most:
                say(f"{most:,} of {count:,} rows are shown; --json has them all")
        case "parquet":
            raise ValueError("Parquet is written from Arrow, by write_parquet")


def print_record(record: object, *, as_json: bool) -> None:
    """Print one object: as one JSON document, or as its fields and tables for people."""
    plain = as_plain(record)
    if as_json:
        write(json_text(plain, indent=2) + "\n")
        return
    single = {name: value for name, value in plain.items() if not _is_table(value)}
    if single:
        _print_fields(single)
    for name, value in plain.items():
        if _is_table(value):
            write(f"\n{_title(name)}\n")
            print_table(Rows.from_records(value))


def json_parts(columns: Sequence[str], parts: Iterable[Rows]) -> Iterator[str]:
    """The text of one JSON array, one object a row and a line, keys in the order of the columns; a piece for each part."""
    keys = _unique(columns)
    separator = "[\n"
    for rows in parts:
        if rows.values:
            lines = (f"  {json_text(dict(zip(keys, row, strict=True)))}" for row in rows.values)
            yield separator + ",\n".join(lines)
            separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def rows_as_json(rows: Rows) -> str:
    """All of it as one text."""
    return "".join(json_parts(rows.columns, [rows]))


def csv_parts(columns: Sequence[str], parts: Iterable[Rows], *, is_for_people: bool = False) -> Iterator[str]:
    """The text of a CSV by RFC 4180, its header first, then a piece for each part; nothing in it is a formula.

    For a terminal everything invisible is spelled out; a file or another program gets every character as it is.
    """
    import csv

    from analytics.spreadsheet.formulas import neutral

    def spelled_out(text: str) -> str:
        return shown(neutral(text))

    as_text = spelled_out if is_for_people else neutral

    def cell_of(value: object) -> object:
        plain = to_csv(value)
        if isinstance(plain, str) and not isinstance(value, (float, decimal.Decimal)):
            return as_text(plain)
        return plain

    lines = _CsvLines()
    writer = csv.writer(lines)
    writer.writerow([as_text(name) for name in columns])
    for rows in parts:
        for row in rows.values:
            writer.writerow([as_text(value) if isinstance(value, str) else cell_of(value) for value in row])
        yield lines.taken()
    yield lines.taken()


class _CsvLines:
    """Lines of a CSV that end with a line feed.

    The library quotes no other end of a line than the one it writes itself, so it writes the one that has both signs: a
    carriage return in a text would end the row for whoever reads it.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, line: str) -> None:
        """Take a line as the library ends it."""
        self._lines.append(line[:-2] + "\n")

    def taken(self) -> str:
        """What was written since."""
        text = "".join(self._lines)
        self._lines.clear()
        return text


def rows_as_csv(rows: Rows) -> str:
    """All of it as one text. What a spreadsheet would take for a formula gets a leading apostrophe.

    >>> print(rows_as_csv(Rows(("name", "change"), [("=1+1", -1), ("Acme, Inc", None)])), end="")
    name,change
    '=1+1,-1
    "Acme, Inc",
    """
    return "".join(csv_parts(rows.columns, [rows]))


def write_parquet(sink: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write a Parquet file, a row group for some tens of megabytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    nothing = pa.Table.from_batches([], schema=schema)
    with pq.ParquetWriter(sink, as_parquet_has_them(nothing).schema) as writer:
        group: list[pa.RecordBatch] = []
        for batch in batches:
            group.append(batch)
            if sum(part.nbytes for part in group) > _GROUP_BYTES:
                writer.write_table(as_parquet_has_them(pa.Table.from_batches(group)))
                group = []
        if group:
            writer.write_table(as_parquet_has_them(pa.Table.from_batches(group)))


def as_parquet(table: pa.Table) -> bytes:
    """The content of a Parquet file."""
    content = io.BytesIO()
    write_parquet(content, table.schema, table.to_batches())
    return content.getvalue()


def print_table(rows: Rows) -> None:
    """A table for people, as wide as it has to be. Where it does not fit the terminal: one field a line."""
    _print_cells(rows.columns, *_cells_of(rows.columns, iter([rows]), len(rows.values)))


def _cells_of(columns: Sequence[str], parts: Iterator[Rows], most: int) -> tuple[list[list[str]], list[bool]]:
    """The first rows as people read them, none of their texts endless; and which columns hold nothing but numbers."""
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


def write_all(texts: Iterable[str]) -> None:
    """Write pieces of text to standard output, one after the other; SqlLimitError when that is more than anybody reads."""
    from analytics.errors import SqlLimitError

    written = 0
    with _quiet_broken_pipe():
        for text in texts:
            written += len(text)
            if written > MOST_OUTPUT:
                raise SqlLimitError(
                    f"stopped after {MOST_OUTPUT / 1024**3:g} GB of text, which is not all of it: ask for less, or for Parquet"
                )
            sys.stdout.write(text)
        sys.stdout.flush()


def write(text: str) -> None:
    """Write to standard output. A reader who has seen enough (`| head`) is no error."""
    with _quiet_broken_pipe():
        sys.stdout.write(text)
        sys.stdout.flush()


# --- everything else, on standard error


def say(message: str) -> None:
    """Tell the person at the keyboard something that is no result."""
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write("\n".join(shown(line) for line in message.split("\n")) + "\n")
        sys.stderr.flush()


def give_up_unwritten() -> None:
    """What cannot be written at the end goes nowhere, so that the process ends with the code that it means."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


# --- how


def console(stream: Any) -> Console:
    """Where tables and bars are drawn: as wide as the terminal, without limit elsewhere, nothing in it markup."""
    from rich.console import Console

    # Not on a terminal: lines stay whole, for grep and for people who scroll.
    width = None if stream.isatty() else _UNLIMITED
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, legacy_windows=False)


@contextlib.contextmanager
def _quiet_broken_pipe() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # What is still buffered, and what comes after, goes nowhere; the interpreter flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


def _print_one_field_a_line(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns))
    for number, row in enumerate(rows, start=1):
        fields = "".join(f"{shown(name):<{width}}  {text}\n" for name, text in zip(columns, row, strict=True))
        write(f"{f'row {number:,} ':─<{width + 2}}\n{fields}")


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


def _unique(names: Sequence[str]) -> list[str]:
    """The names, with a number after those that stand there already: JSON keeps one value a key."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        candidate, number = name, last.get(name, 0)
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        last[name] = number
        taken.add(candidate)
        unique.append(candidate)
    return unique
