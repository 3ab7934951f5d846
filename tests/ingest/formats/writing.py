"""The same calls, written as each format writes them."""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


W3C_FIELDS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs-host cs(IntegrationId)"
    " sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken"
)
CSV_NAMES = [
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
]


@dataclass(frozen=True, kw_only=True)
class Given:
    """One request as a server saw it."""

    at: dt.datetime
    offset_minutes: int
    method: str
    host: str
    path: str
    query: str
    integration_id: str | None
    status: int
    duration_ms: int
    request_bytes: int
    response_bytes: int
    user_agent: str | None
    request_id: str | None

    @property
    def local(self) -> dt.datetime:
        return self.at.astimezone(dt.timezone(dt.timedelta(minutes=self.offset_minutes)))

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}{self.query}"


NOT_CARRIED: dict[str, set[str]] = {
    "json": set(),
    "csv": {"token_form"},
    "w3c": {"token_form", "request_id"},
    "combined": {"token_form", "request_id", "request_bytes"},
}
"""Columns that a format, written as here, has nothing to say about."""


def as_json(calls: Sequence[Given]) -> bytes:
    return "".join(_json(call) + "\n" for call in calls).encode()


def as_w3c(calls: Sequence[Given]) -> bytes:
    return "".join(["#Version: 1.0\n", f"#Fields: {W3C_FIELDS}\n", *(_w3c(call) + "\n" for call in calls)]).encode()


def as_combined(calls: Sequence[Given]) -> bytes:
    return "".join(_combined(call) + "\n" for call in calls).encode()


def as_csv(calls: Sequence[Given]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_NAMES)
    for call in calls:
        writer.writerow(
            [
                call.local.isoformat(),
                call.method,
                call.url,
                call.integration_id,
                call.status,
                call.duration_ms,
                call.request_bytes,
                call.response_bytes,
                call.user_agent,
                call.request_id,
            ]
        )
    return file.getvalue().encode()


WRITERS: dict[str, Callable[[Sequence[Given]], bytes]] = {
    "json": as_json,
    "w3c": as_w3c,
    "combined": as_combined,
    "csv": as_csv,
}
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
    ".bz2": bz2.compress,
}


def _json(call: Given) -> str:
    return json.dumps(
        {
            "timestamp": call.local.isoformat(),
            "method": call.method,
            "url": call.url,
            "headers": {"Accept": "*/*", "IntegrationId": call.integration_id},
            "status": call.status,
            "duration_ms": call.duration_ms,
            "request_bytes": call.request_bytes,
            "response_bytes": call.response_bytes,
            "user_agent": call.user_agent,
            "request_id": call.request_id,
        },
        ensure_ascii=False,
    )


def _w3c(call: Given) -> str:
    values = [
        call.at.strftime("%Y-%m-%d %H:%M:%S"),
        "10.0.0.2",
        call.method,
        call.path,
        call.query.removeprefix("?") or "-",
        "443 - 10.0.0.1",
        (call.user_agent or "-").replace(" ", "+"),
        call.host,
        call.integration_id or "-",
        f"{call.status} 0 0 {call.response_bytes} {call.request_bytes} {call.duration_ms}",
    ]
    return " ".join(values)


def _combined(call: Given) -> str:
    time = call.local.strftime("%d/%b/%Y:%H:%M:%S %z")
    request = f"{call.method} {call.path}{call.query} HTTP/1.1"
    return (
        f'{call.host} 10.0.0.1 - - [{time}] "{request}" {call.status} {call.response_bytes} "-"'
        f' "{_escaped(call.user_agent)}" "{_escaped(call.integration_id)}" {call.duration_ms / 1000:.3f}'
    )


def _escaped(text: str | None) -> str:
    """Escape what nginx escapes in a quoted value: quotes, backslashes, control characters and bytes beyond ASCII."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02X}" for byte in (text or "-").encode()
    )
