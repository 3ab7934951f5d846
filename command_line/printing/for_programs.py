"""Rows for programs: exactly what they hold, as JSON, CSV or Parquet."""

from __future__ import annotations

import decimal
import io
from typing import IO, TYPE_CHECKING

from command_line.printing.arrow_values import as_parquet_has_them
from command_line.printing.values import json_text, shown, to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from command_line.printing.rows import Rows

_GROUP_BYTES = 64 * 1024**2


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

    >>> from command_line.printing.rows import Rows
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
