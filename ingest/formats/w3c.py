"""W3C extended log format: IIS, and the products that write it their own way.

#Fields: date time cs-method cs-uri-stem cs-uri-query cs-host sc-status sc-bytes time-taken cs(IntegrationId)
2026-10-21 11:55:36 GET /ProfitRestServices/connectors/KnX skip=0 4321.rest.afas.online 200 512 87 1234_5678

`#Fields:` decides, also when it changes in mid-file, and `#Software:` says whose units they are in. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.positions import fields_by_position, has_local_times, id_columns, read_sections, sections_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

_DIRECTIVES = ("#software:", "#version:", "#date:", "#fields:", "#start-date:", "#end-date:", "#remark:")
_DIRECTIVE_LINES = (
    "select line_number, line from lines"
    " where starts_with(line, '#') and (lower(line)[:8] = '#fields:' or lower(line)[:10] = '#software:')"
    " order by line_number"
)
_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

_PRODUCTS = {
    "microsoft": "iis",
    "netscaler": "netscaler",
    "citrix": "netscaler",
    "apache tomcat": "tomcat",
    "undertow": "undertow",
    "weblogic": "weblogic",
}
"""How `#Software:` begins, for products whose lines mean something of their own. CloudFront is known by its fields."""

_QUOTES = {"iis": "", "tomcat": "\"'", "undertow": "\"'"}
"""What quotes a value: double quotes, but IIS quotes nothing, and Undertow and older Tomcats have single ones."""


@dataclass(frozen=True)
class _Header:
    """What the directives in force say about the lines below them."""

    fields: tuple[str, ...] = ()
    software: str | None = None

    @property
    def product(self) -> str | None:
        """Whose log it is, where that matters."""
        return "cloudfront" if any(name.startswith("x-edge-") for name in self.fields) else self.software

    def after(self, directive: str) -> _Header:
        """What holds below one more directive."""
        name, _, value = directive.partition(":")
        if name.lower() == "#fields":
            return _Header(tuple(value.lower().split()), self.software)
        software = value.strip().lower()
        found = (product for beginning, product in _PRODUCTS.items() if software.startswith(beginning))
        return _Header(self.fields, next(found, None))


class W3c:
    """Lines of values whose names stand in the last `#Fields:` before them."""

    name: ClassVar[str] = "w3c"
    dialect: str | None = None
    reading: object = name

    def claims(self, lines: Sequence[str]) -> bool:
        """A directive stands among the first lines."""
        return any(line.lstrip("\ufeff").lower().startswith(_DIRECTIVES) for line in lines)

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """Fill `raw`, section by section: from one `#Fields:` or `#Software:` to the next."""
        directives = connection.execute(_DIRECTIVE_LINES).fetchall()
        before = [
            (start, _Header(tuple(context.get("fields", ())), context.get("software"))) for start, context in begins
        ]
        sections, last = sections_of(before, directives, _Header.after)
        table = read_sections(connection, sections, _split_by)
        [[time_zone]] = connection.execute("select getvariable('source_time_zone')").fetchall()
        return table, [
            {
                "fields": list(header.fields),
                "software": header.software,
                "lacks_time_zone": time_zone is None and has_local_times(header.fields, header.product),
            }
            for header in last
        ]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without the id nobody can tell who called; without a zone nobody can tell when."""
        warnings = []
        if context.get("fields") and not id_columns(context["fields"]):
            warnings.append(
                "#Fields names no cs(IntegrationId): nobody knows whose the calls are (id_status not_logged);"
                " add the header to the log's fields"
            )
        if context.get("lacks_time_zone"):
            warnings.append("times are the server's local ones: every line is bad_time; say where with --time-zone")
        return tuple(warnings)


def _split_by(connection: duckdb.DuckDBPyConnection, header: _Header) -> str:
    quotes = _QUOTES.get(header.product or "", '"')
    values = [*(f"{mark}(?:[^{mark}]|{mark}{mark})*{mark}" for mark in quotes), r"[^ \t]+", "^"]
    connection.execute("set variable width = ?", [len(header.fields)])
    connection.execute("set variable quotes = ?", [quotes])
    # White space behind it makes sure that a quoted value ends at its quote. An empty one stands before leading white space.
    connection.execute("set variable value_pattern = ?", [f"({'|'.join(values)})(?:[ \t]+|$)"])
    return f"{_SPLIT}\n{fields_by_position(header.fields, product=header.product)}"
