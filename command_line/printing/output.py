"""How an answer is printed: rows as a table, JSON, CSV or Parquet, a record as fields or JSON. Everything goes to standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, TypeAlias

from command_line.printing import for_people
from command_line.printing.for_programs import csv_parts, json_parts, write_parquet
from command_line.printing.rows import Rows
from command_line.printing.standard import MOST_OUTPUT, quiet_broken_pipe, write, write_all
from command_line.printing.values import as_plain, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

Format: TypeAlias = Literal["table", "csv", "json", "parquet"]

_PART_ROWS = 10_000


def print_rows(rows: Rows, output: Format) -> None:
    """Print rows as a table for people, as one JSON array of objects, or as CSV."""
    _print_parts(rows.columns, iter([rows]), len(rows.values), output)


def print_arrow(table: pa.Table, output: Format, *, most: int = MOST_OUTPUT) -> None:
    """Print the rows of an Arrow table in any of the formats."""
    print_batches(table.schema, iter(table.to_batches(max_chunksize=_PART_ROWS)), table.num_rows, output, most=most)


def print_batches(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], count: int, output: Format, *, most: int = MOST_OUTPUT
) -> None:
    """Print `count` rows, which come in batches, and hold no more of them than one batch. SqlLimitError after `most` characters."""
    if output == "parquet":
        with quiet_broken_pipe():
            write_parquet(sys.stdout.buffer, schema, batches)
            sys.stdout.buffer.flush()
    else:
        _print_parts(tuple(schema.names), map(Rows.from_arrow, batches), count, output, most=most)


def _print_parts(
    columns: tuple[str, ...], parts: Iterator[Rows], count: int, output: Format, *, most: int = MOST_OUTPUT
) -> None:
    match output:
        case "json":
            write_all(json_parts(columns, parts), most=most)
        case "csv":
            write_all(csv_parts(columns, parts, is_for_people=sys.stdout.isatty()), most=most)
        case "table":
            for_people.print_first(columns, parts, count)
        case "parquet":
            raise ValueError("Parquet is written from Arrow, by write_parquet")


def print_record(record: object, *, as_json: bool) -> None:
    """Print one object: as one JSON document, or as its fields and tables for people."""
    if as_json:
        write(json_text(as_plain(record), indent=2) + "\n")
    else:
        for_people.print_record(record)
