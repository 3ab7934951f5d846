"""Access logs in the default layout. `lines.py` has the rules."""

from __future__ import annotations

import re

from tests.oracle.calls import Logged, Reject
from tests.oracle.headers import NOT_A_RECORD, Header
from tests.oracle.json_lines import texts_of

# combined: 12345.rest.afas.online 10.0.0.1 - - [01/Oct/2026:09:00:00 +0200] "GET /Pro... HTTP/1.1" 200 51 "-" "Acme/1.0" "12345_678900" 0.087

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_BARE = r'([^ \t\r\n\f"]+)'
_QUOTED_USER = r'"(?:[^"\\]|\\.)*"'
_LONG_USER = r'(?!- )[^\s"\[][^"\[\r\n]*[^\s"\[]'
_COMBINED = re.compile(
    rf"{_BARE} {_BARE} - ((?:{_BARE[1:-1]})?|{_QUOTED_USER}|{_LONG_USER}) \[([^\]]*)\] {_QUOTED} {_BARE} {_BARE} {_QUOTED} {_QUOTED} {_QUOTED} {_BARE}\s*",
    re.DOTALL | re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLF_TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})", re.ASCII)


def read_combined(line: str, _header: Header | None) -> Logged | Reject:
    match = _COMBINED.fullmatch(line)
    if match is None:
        return NOT_A_RECORD
    host, _client, _user, time, request, status, size, _referer, user_agent, integration_id, seconds = match.groups()
    method, _, rest = (_unescaped(request) or "").partition(" ")
    target = re.sub(r" HTTP/[0-9.]+$", "", rest)
    return Logged(
        timestamp=_clf_time(time),
        method=method,
        url=f"https://{host}{target}" if host != "-" and target.startswith("/") else target or None,
        ids=texts_of(_unescaped(integration_id)),
        status=status,
        response_bytes=size,
        duration=None if seconds == "-" else seconds,
        duration_unit=1000,
        user_agent=_unescaped(user_agent),
    )


def _clf_time(text: str) -> str | None:
    match = _CLF_TIME.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        return None
    return f"{match[3]}-{_MONTHS.index(match[2]) + 1:02}-{match[1]}T{match[4]}{match[5]}"


def _unescaped(text: str) -> str | None:
    if text == "-":
        return None
    escape = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|([\"\\\\]))")
    found = escape.sub(lambda match: bytes.fromhex(match[1].decode()) if match[1] else match[2], text.encode())
    return found.decode("utf-8", errors="replace")
