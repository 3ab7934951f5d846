"""What an earlier line says about those behind it, and the values of a line by their names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.oracle.calls import Reject


@dataclass(frozen=True)
class Header:
    """What an earlier line says about the ones after it."""

    names: tuple[str, ...]
    separator: str = " "
    day: dt.date | None = None
    """Of a w3c log that does not say it line by line."""


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
"""The columns that say something about a call; any other may say what it likes."""


def by_name(header: Header, values: list[str], empty: str) -> dict[str, str] | None:
    """Return the values that are there by their names; nothing where a name has several."""
    found: dict[str, str] = {}
    for name, value in zip(header.names, values, strict=False):
        if value != empty and found.setdefault(name, value) != value and name in _READ:
            return None
    return found
