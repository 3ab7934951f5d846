"""The columns of the public relation `rejects`: the facts that the lake keeps about a line that is no call."""

from __future__ import annotations

from ingest.call import Column

REJECT_COLUMNS = (
    Column("load_id", "varchar", nullable=False, meaning="the load it came with"),
    Column("source", "varchar", nullable=False, meaning="the file or stream it stands in"),
    Column("stream", "varchar", nullable=False, meaning="where the source comes from"),
    Column("line_number", "bigint", nullable=False, meaning="its line in the source, from 1"),
    Column("byte_offset", "bigint", nullable=False, meaning="where the line begins, in decompressed bytes"),
    Column("reason", "varchar", nullable=False, meaning="why it did not become a call"),
    Column(
        "detail", "varchar", nullable=True, meaning="what was found and what was expected, redacted; null once removed"
    ),
    Column(
        "sample",
        "varchar",
        nullable=True,
        meaning="the beginning of the line, redacted, at most 200 characters; null once removed",
    ),
    Column("called_at", "timestamptz", nullable=True, meaning="when, UTC, where the line's time can be read"),
    Column(
        "integration",
        "varchar",
        nullable=True,
        meaning="the valid IntegrationId in the line, and no other text",
    ),
    Column(
        "customer",
        "varchar",
        nullable=True,
        meaning="the customer whose environment the line's host names; null where that is in doubt",
    ),
    Column(
        "environment",
        "varchar",
        nullable=True,
        meaning="the environment that the line's host names; null where that is in doubt",
    ),
)
"""Every column of the lake's `rejects`, in order."""
