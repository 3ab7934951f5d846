"""Parquet: one row a call, in columns that are called as the fields of our JSON dialect. `ingest/parquet_rows.py` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.dialect import OWN, dialects
from ingest.formats.json_lines import JsonLines
from ingest.parquet_rows import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Parquet(JsonLines):
    """The rows of a Parquet file, as JSON lines."""

    name: ClassVar[str] = "parquet"

    def __init__(self) -> None:
        own = dialects()[OWN]
        fields = own.fields.model_copy(update={"host": (HOST,)})
        super().__init__(own.model_copy(update={"fields": fields}))

    def claims(self, _lines: Sequence[str]) -> bool:
        """Never: it is known by its first bytes, before there are lines."""
        return False

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without ids nobody can tell who called."""
        if not {"integration_id", "headers"} & set(context.get("columns", ())):
            return (
                "no column is called integration_id or headers: nobody knows whose the calls are (id_status not_logged)",
            )
        return super().warnings(context)
