"""Headers: the earlier lines that say how later lines are read. And the values of a line by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.oracle.calls import Reject


@dataclass(frozen=True)
class Header:
    """An earlier line that says how the later ones are read."""

    names: tuple[str, ...]
    separator: str = " "
    day: dt.date | None = None
    """The day of the lines below, in a w3c log that has no date on each line."""


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
"""The columns that are read. All others are ignored."""


def by_name(header: Header, values: list[str], empty: str) -> dict[str, str] | None:
    """Return the values that are present, by name. None if a name has several different values."""
    found: dict[str, str] = {}
    for name, value in zip(header.names, values, strict=False):
        if value != empty and found.setdefault(name, value) != value and name in _READ:
            return None
    return found
