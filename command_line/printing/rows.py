"""Rows to print, from wherever they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from command_line.printing.arrow_values import python_values
from command_line.printing.values import as_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl
    import pyarrow as pa


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
