"""Rows of CSV. `lines.py` has the rules."""

from __future__ import annotations

import re

from tests.oracle.calls import Logged, Reject
from tests.oracle.headers import NOT_A_RECORD, Header, by_name


def csv_names(line: str, separator: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in _cells(line, separator) or [])
    return names[:-1] if names and not names[-1] else names


# csv: 2026-10-01T09:00:00+02:00,GET,https://12345.rest.afas.online/...,12345_678900,200,87,,51,Acme/1.0,,


def read_csv(line: str, header: Header | None) -> Logged | Reject:
    assert header is not None, "the first line that is not blank is the header"
    values = _cells(line, header.separator)
    if values is not None and len(values) == len(header.names) + 1 and not values[-1]:
        values.pop()
    if values is None or len(values) != len(header.names):
        return NOT_A_RECORD
    found = by_name(header, values, "")
    if found is None:
        return Reject("duplicate_key")
    return Logged(
        timestamp=found.get("timestamp"),
        method=found.get("method"),
        url=found.get("url"),
        ids=[found["integration_id"]] if "integration_id" in found else [],
        id_is_logged="integration_id" in header.names,
        status=found.get("status"),
        duration=found.get("duration_ms"),
        request_bytes=found.get("request_bytes"),
        response_bytes=found.get("response_bytes"),
        user_agent=found.get("user_agent"),
        request_id=found.get("request_id"),
        body=found.get("body"),
    )


def _cells(line: str, separator: str) -> list[str] | None:
    blank = r"[ ]*" if separator == "\t" else r"[ \t]*"
    cell = rf'{blank}(?:"((?:[^"]|"")*)"{blank}|([^"{re.escape(separator)}]*))'
    if re.fullmatch(f"{cell}(?:{re.escape(separator)}{cell})*", line) is None:
        return None
    cells = re.findall(f"(?:^|{re.escape(separator)}){cell}", line)
    return [(quoted.replace('""', '"') or plain).strip(" \t") for quoted, plain in cells]
