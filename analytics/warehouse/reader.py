"""Reads the rows of a warehouse, in exactly the columns of the contract."""

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
    from ingest.lake.sums.kinds import Kind

Keep: TypeAlias = Callable[["Expressions"], Any]
"""Makes the condition under which a call may be seen, as an expression of an engine; None if all may be seen."""


class Reader(Protocol):
    """Reads rows: from Parquet files for our own SQL, from Arrow data sets for a user's."""

    def calls(self, connection: DuckDBPyConnection, files: Sequence[DataFile], keep: Keep) -> DuckDBPyRelation:
        """The calls of these files (at least one). A reader for users' SQL hands over only the calls that `keep` allows."""

    def rejects(self, connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDBPyRelation:
        """The rejects of these files (at least one)."""

    def sums(self, connection: DuckDBPyConnection, files: Sequence[Path], kind: Kind, keep: Keep) -> DuckDBPyRelation:
        """The sums in these files (at least one). A reader for users' SQL hands over only those of calls that `keep` allows."""


class ParquetReader:
    """Rows directly from the snapshot's Parquet files. The warehouse narrows them."""

    def calls(self, connection: DuckDBPyConnection, files: Sequence[DataFile], keep: Keep) -> DuckDBPyRelation:  # noqa: ARG002 - the warehouse narrows
        """The calls of these files."""
        return read_parquet(connection, [file.path for file in files])

    def rejects(self, connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDBPyRelation:
        """The rejects of these files."""
        return read_parquet(connection, files)

    def sums(
        self,
        connection: DuckDBPyConnection,
        files: Sequence[Path],
        kind: Kind,  # noqa: ARG002 - the files say it
        keep: Keep,  # noqa: ARG002 - the warehouse narrows
    ) -> DuckDBPyRelation:
        """The sums in these files."""
        return read_parquet(connection, files)


def read_parquet(connection: DuckDBPyConnection, files: Sequence[Path]) -> DuckDBPyRelation:
    """The rows of these files (at least one), whatever characters their paths hold."""
    return connection.read_parquet([glob.escape(str(file)) for file in files], hive_partitioning=False)


def shaped(relation: DuckDBPyRelation, columns: Sequence[Column]) -> DuckDBPyRelation:
    """Exactly these columns, in this order, of these types."""
    if relation.columns == [column.name for column in columns] and relation.types == _types(tuple(columns)):
        return relation  # the lake writes them like this, and to project each of them again takes longer than many a question
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
