"""Headers, the lines that say how later lines are read, and the values of a line by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.oracle.calls import Reject


@dataclass(frozen=True)
class Header:
    """A line that says how later lines are read."""

    names: tuple[str, ...]
    separator: str = " "
    day: dt.date | None = None
    """In a w3c log without a date on each line: the day of the lines below."""


NOT_A_RECORD = Reject("not_a_record")

_READ = {
    "timestamp",
    "method",
    "url",
    "integration_id",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
    "body",
    "date",
    "time",
    "cs-method",
    "cs-uri-stem",
    "cs-uri-query",
    "cs-host",
    "cs(host)",
    "sc-status",
    "sc-bytes",
    "cs-bytes",
    "time-taken",
    "cs(user-agent)",
    "cs(integrationid)",
    "cs(x-request-id)",
    "cs(accept-version)",
    "cs(authorization)",
}
"""The columns that are read. Others are ignored."""


def by_name(header: Header, values: list[str], empty: str) -> dict[str, str] | None:
    """Return the values that are present, by name. None if a column that is read has two different values."""
    found: dict[str, str] = {}
    for name, value in zip(header.names, values, strict=False):
        if value != empty and found.setdefault(name, value) != value and name in _READ:
            return None
    return found
