"""Facts in a line outside the fields that its format reads: another host, and the id and time of a damaged line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import in_lines_order, lines_numbered, without
from ingest.engine.connection import answer

if TYPE_CHECKING:
    import duckdb

_HERE = Path(__file__).parent
_OTHER_HOST, _DAMAGED = ((_HERE / name).read_text(encoding="utf-8") for name in ("other_host.sql", "damaged.sql"))
_DAMAGES = pa.array(["not_a_record", "too_deep", "duplicate_key", "line_too_long"])
"""Why a format makes no fields of a line, though it may be a call."""


def without_other_hosts(
    connection: duckdb.DuckDBPyConnection, lines: pa.Table, raw: pa.Table, says_host: str
) -> pa.Table:
    """The fields, where the operator has named a host: lines that name another one are rejected."""
    connection.execute("set variable says_host = ?", [says_host])
    connection.register("lines", lines)
    named = "select count(*) from lines where regexp_matches(line, getvariable('platform_domain'))"
    [[number]] = connection.execute(named).fetchall()
    if not number:
        return raw
    connection.register("raw", raw)
    checked = connection.sql(_OTHER_HOST).to_arrow_table()
    connection.unregister("raw")
    return checked


def with_damaged(connection: duckdb.DuckDBPyConnection, lines: pa.Table, raw: pa.Table) -> pa.Table:
    """The fields, with what damaged lines say all the same."""
    is_damaged = pc.is_in(raw["fate"], _DAMAGES)
    damaged = raw.filter(is_damaged)
    if not len(damaged):
        return raw
    connection.register("raw", damaged.select(["line_number", "id_text", "called_at"]))
    connection.register("lines", lines_numbered(lines, damaged["line_number"]))
    told = answer(connection, _DAMAGED, most=len(damaged))
    connection.unregister("raw")
    for name in told.column_names:
        place = raw.schema.get_field_index(name)
        damaged = damaged.set_column(place, raw.schema.field(place), told[name].cast(raw.schema.field(place).type))
    # They are put in between the others, because to replace some texts of a column copies all of them one by one.
    return in_lines_order(without(raw, is_damaged), damaged)
