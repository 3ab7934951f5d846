"""JSON lines in our own dialect. `lines.py` has the rules."""

from __future__ import annotations

import itertools
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
    found = {} if found == [] else found
    headers = _headers(found if isinstance(found, dict) else {})
    first = {name: ", ".join(values[0]) for name, values in headers.items() if values[0]}
    return Logged(
        timestamp=record.get("timestamp"),
        method=record.get("method"),
        url=record.get("url"),
        ids=list(itertools.chain(*headers.get("integrationid", []))) or texts_of(record.get("integration_id")),
        id_is_logged=isinstance(found, dict) or "integration_id" in record,
        status=record.get("status"),
        duration=record.get("duration_ms"),
        request_bytes=record.get("request_bytes"),
        response_bytes=record.get("response_bytes"),
        user_agent=_text_of(record.get("user_agent"), first.get("user-agent")),
        request_id=_text_of(record.get("request_id"), first.get("x-request-id")),
        api_version=first.get("accept-version"),
        authorization=first.get("authorization"),
        authorization_is_logged=isinstance(found, dict),
        body=record.get("body"),
    )


def _headers(found: dict[str, object]) -> dict[str, list[list[str]]]:
    """Return the values of each header, one list for each time that its name stands there."""
    headers: dict[str, list[list[str]]] = {}
    for name, value in found.items():
        if value is not None:
            headers.setdefault(name.lower(), []).append(texts_of(value))
    return headers


def texts_of(value: object) -> list[str]:
    inside = _inside(value)
    values = [_inside(each) for each in inside] if isinstance(inside, list) else [inside]
    return [each if isinstance(each, str) else _json(each) for each in values if each is not None]


def _inside(value: object) -> object:
    """Return the value of a header that is an object which holds it, and any other as it is."""
    names = [name for name in ("value", "Value", "values") if isinstance(value, dict) and name in value]
    if not names or not isinstance(value, dict):
        return value
    return next((value[name] for name in names if value[name] is not None), None)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text_of(value: object, header: str | None) -> str | None:
    return header if value is None else value if isinstance(value, str) else _json(value)
