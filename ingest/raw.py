"""What a format makes of a line: its fields as they stand in the log, before anything is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.call import Column

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

RAW_COLUMNS = (
    Column("line_number", "bigint", nullable=False, meaning="its line in the source, from 1"),
    Column("byte_offset", "bigint", nullable=False, meaning="where the line begins"),
    Column("fate", "varchar", nullable=True, meaning="null, ignored, or why the line is no record"),
    Column("detail", "varchar", nullable=True, meaning="what is wrong with the line, for rejects"),
    Column("called_at", "timestamptz", nullable=True, meaning="when; null where no instant can be read"),
    Column("method", "varchar", nullable=True, meaning="HTTP method as sent"),
    Column("url", "varchar", nullable=True, meaning="absolute URL, or the target alone where no host is known"),
    Column("id_text", "varchar", nullable=True, meaning="the IntegrationId header as sent; several joined with ', '"),
    Column("id_repeated", "boolean", nullable=True, meaning="whether the header was sent more than once"),
    Column("id_logged", "boolean", nullable=True, meaning="whether an IntegrationId that is absent was not sent"),
    Column("status", "varchar", nullable=True, meaning="HTTP status as logged"),
    Column("duration_ms", "double", nullable=True, meaning="milliseconds"),
    Column("request_bytes", "double", nullable=True, meaning="bytes"),
    Column("response_bytes", "double", nullable=True, meaning="bytes"),
    Column("user_agent", "varchar", nullable=True, meaning="as sent"),
    Column("authorization_header", "varchar", nullable=True, meaning="as sent; only its form is kept"),
    Column("headers_logged", "boolean", nullable=True, meaning="whether a header that is absent was not sent"),
    Column("body", "varchar", nullable=True, meaning="of the request; a SOAP envelope names the connector"),
    Column("api_version", "varchar", nullable=True, meaning="Accept-Version as sent"),
    Column("request_id", "varchar", nullable=True, meaning="request or trace id as logged"),
)
"""The columns that every format fills, in order. Nothing of them is stored before it is understood and redacted."""


def raw_table(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows of a query that gives RAW_COLUMNS, with the URL cut into what the vocabulary is asked by.

    Instead of `url`: `base` (before the question mark) and `query` (from it on).
    """
    return connection.sql(
        f"select * exclude (url), url_base(url) as base, url_query(url) as query from ({query})"
    ).to_arrow_table()
