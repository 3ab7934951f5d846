"""Parquet: one row a call, in columns that are called as the fields of our JSON dialect. `rows.py` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.dialect.known import OWN, dialects
from ingest.formats.id_name import is_id_name
from ingest.formats.json_lines.format import JsonLines
from ingest.formats.parquet.columns import COLUMNS, HOST
from ingest.formats.unread import OPTIONAL, OTHERS, UNREAD, unread_fields, with_unread

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import duckdb
    import pyarrow as pa


_KEYS = "select line_number, json_keys(line) from lines where list_contains($1::bigint[], line_number)"


_FIELDS = {"duration_ms": "duration"}
_COLUMNS = {field: field for field in OPTIONAL if field in COLUMNS} | {field: name for name, field in _FIELDS.items()}
"""The names of the columns for the fields of a call."""


class Parquet(JsonLines):
    """The rows of a Parquet file, as JSON lines."""

    name: ClassVar[str] = "parquet"
    says_host: ClassVar[str] = "the column url has to hold it"

    def __init__(self) -> None:
        own = dialects()[OWN]
        fields = own.fields.model_copy(update={"host": (HOST,)})
        super().__init__(own.model_copy(update={"fields": fields}))

    def claims(self, _lines: Sequence[str]) -> bool:
        """Never: it is known by its first bytes, before there are lines."""
        return False

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every row. The file's schema says which columns nobody reads, whether they are in the rows or not."""
        table, contexts = super().read(connection, lines, begins)
        keys = dict(connection.execute(_KEYS, [[start for start, _ in begins]]).fetchall())
        return table, [
            with_unread(connection, {**context, UNREAD: []}, _unread(context, keys.get(start) or ()))
            for (start, _), context in zip(begins, contexts, strict=True)
        ]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without ids nobody can tell who called."""
        if not any(column == "headers" or is_id_name(column) for column in context.get("columns", ())):
            return ("no column is called integration_id or headers: nobody can tell who called (id_status not_logged)",)
        return super().warnings(context)


def _unread(context: Mapping[str, Any], keys: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The unread columns of a file. The column that was found to hold the host has another name in the rows."""
    others = [
        name
        for name, may_say_host in context.get(OTHERS, ())
        if not (may_say_host and HOST in keys and name not in keys)
    ]
    said = {"integration_id" if is_id_name(name) else _FIELDS.get(name, name) for name in context.get("columns", ())}
    return tuple((name, _COLUMNS.get(field.split(",")[0], "")) for name, field in unread_fields(others, said))
