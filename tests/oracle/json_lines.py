"""JSON lines in our own dialect. `lines.py` has the rules."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from tests.oracle.calls import Logged, Reject
from tests.oracle.headers import NOT_A_RECORD, Header

# json, in one line:
#   {"timestamp": "2026-10-01T09:00:00+02:00", "method": "GET", "url": "https://12345.rest.afas.online/...",
#    "headers": {"IntegrationId": "12345_678900"}, "status": 200, ...}


class _DuplicateKeyError(Exception):
    pass


def read_json(line: str, _header: Header | None) -> Logged | Reject:
    if line.count("[") + line.count("{") > 100 and _depth(line) > 100:
        return Reject("too_deep")
    try:
        record = json.loads(line, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer)
        if "\\u" in line:
            json.dumps(record, ensure_ascii=False).encode()
    except _DuplicateKeyError:
        return Reject("duplicate_key")
    except ValueError:
        return NOT_A_RECORD
    return _logged(record) if isinstance(record, dict) else NOT_A_RECORD


def _depth(line: str) -> int:
    depth = deepest = 0
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', line):
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found and repr(found[name]) != repr(value):
            raise _DuplicateKeyError
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 100 else float(digits)


def _logged(record: dict[str, Any]) -> Logged:
    found = record.get("headers")
    headers = _headers(found if isinstance(found, dict) else {})
    return Logged(
        timestamp=record.get("timestamp"),
        method=record.get("method"),
        url=record.get("url"),
        ids=headers.get("integrationid") or texts_of(record.get("integration_id")),
        id_is_logged=isinstance(found, dict) or "integration_id" in record,
        status=record.get("status"),
        duration=record.get("duration_ms"),
        request_bytes=record.get("request_bytes"),
        response_bytes=record.get("response_bytes"),
        user_agent=next(iter(texts_of(record.get("user_agent")) or headers.get("user-agent", [])), None),
        request_id=next(iter(texts_of(record.get("request_id")) or headers.get("x-request-id", [])), None),
        api_version=next(iter(headers.get("accept-version", [])), None),
        authorization=next(iter(headers.get("authorization", [])), None),
        authorization_is_logged=isinstance(found, dict),
        body=record.get("body"),
    )


def _headers(found: dict[str, object]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in found.items():
        headers.setdefault(name.lower(), []).extend(texts_of(value))
    return headers


def texts_of(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(each) for each in values if isinstance(each, str | int | float) and not isinstance(each, bool)]
