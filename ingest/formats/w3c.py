"""W3C extended log format, as IIS writes it. `#Fields:` decides, also when it changes in mid-file; times are UTC.

#Fields: date time cs-method cs-uri-stem cs-uri-query cs-host sc-status sc-bytes time-taken cs(IntegrationId)
2026-10-21 11:55:36 GET /ProfitRestServices/connectors/KnX skip=0 4321.rest.afas.online 200 512 87 1234_5678
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.positions import fields_by_position, read_sections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

_DIRECTIVES = ("#software:", "#version:", "#date:", "#fields:", "#start-date:", "#end-date:", "#remark:")
_DIRECTIVE_LINES = (
    "select line_number, line from lines"
    " where starts_with(line, '#') and lower(line)[:8] = '#fields:'"
    " order by line_number"
)
_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class W3c:
    """Lines of values whose names stand in the last `#Fields:` before them."""

    name: ClassVar[str] = "w3c"
    dialect: str | None = None

    def claims(self, lines: Sequence[str]) -> bool:
        """A directive stands among the first lines."""
        return any(line.lstrip("\ufeff").lower().startswith(_DIRECTIVES) for line in lines)

    def read(
        self, connection: duckdb.DuckDBPyConnection, context: Mapping[str, Any]
    ) -> tuple[pa.Table, Mapping[str, Any]]:
        """Fill `raw`, section by section: from one `#Fields:` to the next."""
        directives = connection.execute(_DIRECTIVE_LINES).fetchall()
        sections = [(0, tuple(context.get("fields", ())))]
        sections += [(number, tuple(line.lstrip("\ufeff")[8:].lower().split())) for number, line in directives]
        table = read_sections(connection, sections, _split_by)
        return table, {"fields": list(sections[-1][1])}

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without that column nobody can tell who called."""
        if context.get("fields") and "cs(integrationid)" not in context["fields"]:
            return (
                "#Fields names no cs(IntegrationId): every call is unidentified; add the header to the log's fields",
            )
        return ()


def _split_by(connection: duckdb.DuckDBPyConnection, fields: Sequence[str]) -> str:
    connection.execute("set variable width = ?", [len(fields)])
    return f"{_SPLIT}\n{fields_by_position('w3c', fields)}"
