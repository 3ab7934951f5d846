"""What the command line says and how: rows as a table, JSON, CSV or Parquet; progress, warnings and errors.

Results go to standard output, everything else to standard error. What stands in data is text, never markup and never
a terminal's control sequence.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import decimal
import io
import json
import math
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    import polars as pl
    import pyarrow as pa
    from rich.console import Console
    from rich.progress import Progress

Format: TypeAlias = Literal["table", "csv", "json", "parquet"]

NULL = "–"
IDENTIFIERS = frozenset({"partner", "project", "status", "version", "line_number", "year", "month", "port"})
"""Whole numbers that name something: no thousands separators."""

MOST_ROWS = 1000
"""So many rows people get to see; programs get them all."""

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NARROWEST_TEXT = 16
_UNLIMITED = 100_000


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
    def from_arrow(cls, table: pa.Table) -> Rows:
        """The rows of an Arrow table."""
        columns = [column.to_pylist() for column in table.columns]
        values = list(zip(*columns, strict=True)) if columns else []
        return cls(tuple(table.column_names), values)

    @classmethod
    def from_records(cls, records: Iterable[object]) -> Rows:
        """One row for each of these models, data classes or mappings, which are all of one kind."""
        plain = [as_plain(record) for record in records]
        columns = tuple(plain[0]) if plain else ()
        return cls(columns, [tuple(record.values()) for record in plain])


def as_plain(record: object) -> dict[str, Any]:
    """A pydantic model, data class or mapping as a dict of its fields, in their order."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    fields: dict[str, Any] = dict(record)  # type: ignore[call-overload]  # a mapping, or a model, which yields its fields
    return fields


# --- results, on standard output


def print_rows(rows: Rows, output: Format) -> None:
    """Print rows as a table for people, as one JSON array of objects, or as CSV."""
    match output:
        case "json":
            write(rows_as_json(rows))
        case "csv":
            write(rows_as_csv(rows))
        case "table":
            print_table(Rows(rows.columns, rows.values[:MOST_ROWS]))
            if len(rows.values) > MOST_ROWS:
                say(f"{MOST_ROWS:,} of {len(rows.values):,} rows are shown; --json has them all")
        case "parquet":
            raise ValueError("Parquet is written from an Arrow table, by write_parquet")


def print_record(record: object, *, as_json: bool) -> None:
    """Print one object: as one JSON document, or as its fields and tables for people."""
    plain = as_plain(record)
    if as_json:
        write(json.dumps(to_json(plain), ensure_ascii=False, indent=2) + "\n")
        return
    single = {name: value for name, value in plain.items() if not _is_table(value)}
    if single:
        _print_fields(single)
    for name, value in plain.items():
        if _is_table(value):
            write(f"\n{_title(name)}\n")
            print_table(Rows.from_records(value))


def rows_as_json(rows: Rows) -> str:
    """One JSON array, one object a row and a line, keys in the order of the columns."""
    keys = _unique(rows.columns)
    lines = [
        json.dumps(dict(zip(keys, map(to_json, row), strict=True)), ensure_ascii=False, allow_nan=False)
        for row in rows.values
    ]
    return "[\n" + ",\n".join(f"  {line}" for line in lines) + "\n]\n" if lines else "[]\n"


def to_json(value: object) -> object:
    """A value as JSON has it: dates and instants (UTC) as ISO 8601 text, null for what is not a number.

    >>> to_json(dt.datetime(2026, 3, 29, 2, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    '2026-03-29T00:30:00Z'
    >>> to_json(float("nan"))
    >>> to_json(decimal.Decimal(7))
    7
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case decimal.Decimal():
            return _decimal(value)
        case dt.datetime():
            return _instant(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | tuple() | set() | frozenset():
            return [to_json(item) for item in value]
        case dict():
            return {str(key): to_json(item) for key, item in value.items()}
        case _ if dataclasses.is_dataclass(value) or hasattr(value, "model_fields_set"):
            return {key: to_json(item) for key, item in as_plain(value).items()}
        case _:
            return str(value)


def rows_as_csv(rows: Rows) -> str:
    """RFC 4180 with a header. Text that a spreadsheet would take for a formula gets a leading apostrophe.

    >>> print(rows_as_csv(Rows(("name", "change"), [("=1+1", -1), ("Acme, Inc", None)])), end="")
    name,change
    '=1+1,-1
    "Acme, Inc",
    """
    import csv

    from analytics.reports.csv_text import neutral

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([neutral(name) for name in rows.columns])
    for row in rows.values:
        writer.writerow([neutral(value) if isinstance(value, str) else _csv_cell(value) for value in row])
    return text.getvalue()


def write_parquet(table: pa.Table) -> None:
    """Write a Parquet file to standard output."""
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(table, content)
    with _quiet_broken_pipe():
        sys.stdout.buffer.write(content.getvalue())
        sys.stdout.buffer.flush()


def print_table(rows: Rows) -> None:
    """A table for people, as wide as it has to be. Where it does not fit the terminal: one field a line."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = _console(sys.stdout)
    cells = [[cell(name, value) for name, value in zip(rows.columns, row, strict=True)] for row in rows.values]
    numeric = [all(_is_number(row[place]) for row in rows.values) for place in range(len(rows.columns))]
    widths = [max([len(name), *(len(row[place]) for row in cells)]) for place, name in enumerate(rows.columns)]
    narrowest = sum(
        width if is_number else min(width, _NARROWEST_TEXT) for width, is_number in zip(widths, numeric, strict=True)
    )
    if narrowest + 2 * len(widths) > console.width:
        _print_one_field_a_line(rows.columns, cells)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name, is_number in zip(rows.columns, numeric, strict=True):
        table.add_column(
            Text(shown(name)), justify="right" if is_number else "left", no_wrap=is_number, overflow="fold"
        )
    for row in cells:
        table.add_row(*(Text(text) for text in row))
    with console.capture() as capture:
        console.print(table)
    write("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def cell(column: str, value: object) -> str:
    """A value as people read it: thousands separators, rates in percent, instants in UTC, nothing invisible.

    >>> cell("calls", 1234567), cell("partner", 1234567), cell("error_rate", 0.0123)
    ('1,234,567', '1234567', '1.23 %')
    """
    match value:
        case None:
            return NULL
        case bool():
            return "yes" if value else "no"
        case float() if not math.isfinite(value):
            return NULL
        case float() | decimal.Decimal() if _is_share(column):
            return f"{float(value) * 100:.2f} %"
        case float() if column.endswith("_ms"):
            return f"{value:,.0f}"
        case int() if column in IDENTIFIERS or column.endswith("_id"):
            return str(value)
        case int() | float() | decimal.Decimal():
            return f"{value:,}"
        case dt.datetime():
            return _instant(value.replace(microsecond=0)).replace("T", " ").replace("Z", " UTC")
        case list() | tuple() | dict():
            return shown(json.dumps(to_json(value), ensure_ascii=False)) if value else NULL
        case _:
            return shown(str(to_json(value)))


def shown(text: str) -> str:
    r"""The text with control characters, escapes and everything else invisible spelled out.

    >>> shown("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    return _INVISIBLE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


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


class LoadProgress:
    """A bar with bytes, lines per second and time left, on a terminal; nothing elsewhere."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()

    def start(self, total_bytes: int | None) -> None:
        """Begin; None where it is not known how much there is to read."""
        if not sys.stderr.isatty():
            return
        from rich import progress
        from rich.table import Column
        from rich.text import Text

        class LinesPerSecond(progress.ProgressColumn):
            def render(self, task: progress.Task) -> Text:
                rate = task.fields["lines"] / task.elapsed if task.elapsed else 0
                return Text(f"{rate:>9,.0f} lines/s")

        self._progress = progress.Progress(
            progress.BarColumn(bar_width=24),
            progress.DownloadColumn(table_column=Column(no_wrap=True)),
            LinesPerSecond(table_column=Column(no_wrap=True)),
            progress.TimeRemainingColumn(table_column=Column(no_wrap=True)),
            progress.TextColumn(
                "{task.fields[source]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
            ),
            console=_console(sys.stderr),
            transient=True,
        )
        self._task = self._progress.add_task("load", total=total_bytes, lines=0, source="")
        self._progress.start()

    def advance(self, source: str, bytes_read: int, lines: int) -> None:
        """So many bytes and lines more, of this source."""
        if self._progress is not None:
            lines += self._progress.tasks[0].fields["lines"]
            self._progress.update(self._task, advance=bytes_read, lines=lines, source=shown(Path(source).name))

    def finish(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


# --- how


def _console(stream: Any) -> Console:
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
        return ", ".join(f"{shown(str(key))} {cell(str(key), item)}" for key, item in value.items()) or NULL
    if isinstance(value, (list, tuple)):
        return ", ".join(cell("", item) for item in value) or NULL
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


def _is_share(column: str) -> bool:
    return "share" in column or "error_rate" in column


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _size(count: int) -> str:
    amount, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"


def _unique(names: Sequence[str]) -> list[str]:
    """The names, with a number after those that stand there already: JSON keeps one value a key."""
    unique: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate in unique:
            candidate, number = f"{name}_{number}", number + 1
        unique.append(candidate)
    return unique


def _decimal(value: decimal.Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    return int(value) if value.as_tuple().exponent == 0 else float(value)


def _instant(value: dt.datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"


def _csv_cell(value: object) -> object:
    plain = to_json(value)
    match plain:
        case None:
            return ""
        case bool():
            return "true" if plain else "false"
        case list() | dict():
            return json.dumps(plain, ensure_ascii=False)
        case _:
            return plain
