"""The fields of lines as a format reads them, before anything is understood: much cheaper than a load or `inspect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ingest.engine.connection import begin_source
from tests.ingest import worked

if TYPE_CHECKING:
    import duckdb

    from ingest.formats.protocol import LogFormat


def raw_fields(
    connection: duckdb.DuckDBPyConnection,
    log_format: LogFormat,
    *lines: str,
    host: str | None = None,
    time_zone: str | None = None,
) -> list[dict[str, Any]]:
    """The columns of `raw` for every line that is not ignored. `connection` is one of `ingest.engine.connection.connect`."""
    begin_source(connection, now=worked.NOW, time_zone="UTC", source_time_zone=time_zone, host=host)
    table = pa.table(
        {
            "line_number": range(1, len(lines) + 1),
            "byte_offset": [0] * len(lines),
            "line": [f"{line}\n" for line in lines],
            "fate": pa.nulls(len(lines), pa.string()),
        }
    )
    connection.register("lines", table)
    raw, _ = log_format.read(connection, table, [(1, {})])
    connection.unregister("lines")
    return [row for row in raw.to_pylist() if row["fate"] != "ignored"]
