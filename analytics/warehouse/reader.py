"""Where the rows of a warehouse come from, in exactly the columns of the contract."""

from __future__ import annotations

import glob
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import duckdb
from duckdb import ColumnExpression, ConstantExpression

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation
    from duckdb.sqltypes import DuckDBPyType

    from analytics.warehouse.narrow import Expressions
    from ingest.call import Column
    from ingest.lake.data_file import DataFile

Keep: TypeAlias = Callable[["Expressions"], Any]
"""The condition under which a call may be seen, in the words of an engine; None for all of them."""


class Reader(Protocol):
    """Where the rows come from: Parquet files for us, Arrow data sets for SQL that somebody else wrote."""

    def calls(self, connection: DuckDBPyConnection, files: Sequence[DataFile], keep: Keep) -> DuckDBPyRelation:
        """The calls of these files (one at least). Whoever hands rows to strangers keeps only `keep`'s."""

    def rejects(self, connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDBPyRelation:
        """The rejects of these files (one at least)."""


class ParquetReader:
    """Rows straight from the snapshot's Parquet files; the warehouse narrows them."""

    def calls(self, connection: DuckDBPyConnection, files: Sequence[DataFile], keep: Keep) -> DuckDBPyRelation:  # noqa: ARG002 - the warehouse narrows
        """The calls of these files."""
        return read_parquet(connection, [file.path for file in files])

    def rejects(self, connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDBPyRelation:
        """The rejects of these files."""
        return read_parquet(connection, files)


def read_parquet(connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDBPyRelation:
    """The rows of these files (one at least), whatever characters their paths hold."""
    return connection.read_parquet([glob.escape(str(file)) for file in files], hive_partitioning=False)


def shaped(relation: DuckDBPyRelation, columns: Sequence[Column]) -> DuckDBPyRelation:
    """Exactly these columns, in this order, of these types."""
    if relation.columns == [column.name for column in columns] and relation.types == _types(tuple(columns)):
        return relation  # as the lake writes them: to say each of them again takes longer than many a question
    return relation.project(
        *(ColumnExpression(column.name).cast(duckdb.type(column.sql_type)).alias(column.name) for column in columns)
    )


@cache
def _types(columns: tuple[Column, ...]) -> list[DuckDBPyType]:
    return [duckdb.type(column.sql_type) for column in columns]


def empty(connection: DuckDBPyConnection, columns: Sequence[Column]) -> DuckDBPyRelation:
    """No rows, of these columns and types."""
    nothing = (ConstantExpression(None).cast(duckdb.type(column.sql_type)).alias(column.name) for column in columns)
    return connection.sql("select 1 as one").project(*nothing).filter(ConstantExpression(value=False))
