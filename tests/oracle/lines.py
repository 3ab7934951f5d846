"""Log files read line by line, a second time: json (our dialect), w3c, combined (default layout), csv.

Where the contract is silent, the oracle decides:

- L1. LF ends a line, a CR before it goes with it; nothing else ends one. What stands after the last LF is a line too (as
  with `--final`). A byte order mark at the start of a line is dropped. Wrong UTF-8 is replaced.
- L2. Ignored in every format: lines of spaces, tabs and CR alone, and lines that begin with `#` and do not go on behind a CR; in csv
  also lines `sep=` and one character, the first line that is none of these (the header) and every later line that says the same.
- L3. json: an object, nested at most 100 deep (counted outside of texts; deeper is `too_deep`, whatever follows). A name twice
  in any object is `duplicate_key`, unless its values are the same. NaN, Infinity, a lone surrogate anywhere, control characters in a text: `not_a_record`.
- L4. json: a header's value is text or a number, a list is several values; null is absent. Names that differ in case only are
  one header with several values. The header wins over the top-level `integration_id` when it is there at all, also when
  empty. Top-level `user_agent` and `request_id` win over the headers User-Agent and X-Request-ID. `headers` that is no object
  is not logged. The id is logged where `headers` is an object or the line has `integration_id`, be it null.
- L5. w3c without `#Software:`: `#Fields:` names in any case, split at white space; a line splits at spaces and tabs and must
  have as many values as there are fields; before any `#Fields:` it is `no_fields_directive`. From a quote at the beginning of
  a value to one at its end white space is part of it, and a doubled quote there is one; any other quote is a character. `-`
  is null everywhere. No host is the given one, and else none. `cs-uri-query` is joined with `?` where it does not begin with
  it. A plus is a space in a user agent without spaces. `cs(Authorization)` logged as `-` is none. `cs(X-Request-ID)` is the request id. A field that stands twice with
  different values, `-` aside, is `duplicate_key`. Where `#Fields` names no date, the last `#Date` says the day and perhaps the time;
  (00:00:00 is none); a time more than an hour before the one above it is of the next day, one 23 hours or more after it of the day before.
  The id is logged where `#Fields:` names `cs(IntegrationId)`.
- L6. combined: exactly the default layout; inside quotes `\\"`, `\\\\` and `\\xHH` (a byte of UTF-8) are
  escapes. `-` is null. An empty user may be `""`; one may hold blanks, and not begin with a
  hyphen and a blank. The request is `METHOD target HTTP/n`: the method ends at the first space, the version is optional, the target is what is
  between and begins with `/` or is a whole URL, else `bad_url`. The request time is in seconds, rounded to microseconds.
- L7. csv: the separator is what `sep=` says, else the one of comma, semicolon, tab that the header has most of; every line stands
  alone. Blanks and tabs around a value are no part of it, nor around a quoted one. A quote that is open at its
  end or stands inside a value without quotes is `not_a_record`, and so are more or fewer values than the header has names, but
  for an empty one at the end. Empty values are null. A column that stands twice with different values is `duplicate_key`. The id is logged where the header names `integration_id`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from tests.oracle.calls import Columns, Context, Logged, Reject, notation_with, understand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.figures import Notation

FORMATS = ("json", "w3c", "combined", "csv")


@dataclass(frozen=True)
class Ignored:
    """A line that is no call and should not be one."""


@dataclass(frozen=True)
class Header:
    """What an earlier line says about the ones after it."""

    names: tuple[str, ...]
    separator: str = " "
    day: dt.date | None = None
    """Of a w3c log that does not say it line by line."""


IGNORED = Ignored()
_NOT_A_RECORD = Reject("not_a_record")


def read_file(log_format: str, content: bytes, context: Context) -> list[Columns | Reject | Ignored]:
    """Return the fate of every line."""
    return list(_read(log_format, split_lines(content), context))


def split_lines(content: bytes) -> list[str]:
    """Return the lines of a file, decoded."""
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    lines = [line.removeprefix(b"\xef\xbb\xbf") for line in lines]
    return [line.removesuffix(b"\r").decode("utf-8", errors="replace") for line in lines]


def _read(log_format: str, lines: list[str], context: Context) -> Iterator[Columns | Reject | Ignored]:
    header: Header | None = None
    separator: str | None = None
    days = _Days()
    notation: Notation = None
    for number, line in enumerate(lines, start=1):
        if log_format == "csv" and (found := re.fullmatch(r"(?i)\"?sep=([^\"\r])\"?\r*", line)):
            separator = found[1]
            header = replace(header, separator=separator) if header else None
            yield IGNORED
            continue
        announced = _header(log_format, line, header, separator)
        if announced is not None:
            header = announced
            yield IGNORED
            continue
        if log_format == "w3c":
            header = days.seen(line, header)
        logged = _logged_in(log_format, line, header)
        notation = notation_with(logged, notation) if isinstance(logged, Logged) else notation
        fate = understand(logged, context, notation) if isinstance(logged, Logged) else logged
        yield fate | {"line_number": number} if isinstance(fate, dict) else fate


class _Days:
    """The day and the time of day of the last line of a w3c log."""

    def __init__(self) -> None:
        self._day: dt.date | None = None
        self._clock: dt.time | None = None

    def seen(self, line: str, header: Header | None) -> Header | None:
        """Go on behind a line; return the header with the day of this line."""
        if said := re.match(r"(?i)#date:\s*(\d{4}-\d\d-\d\d)(?:[\sT]+(\d\d:\d\d:\d\d))?", line):
            self._day = dt.date.fromisoformat(said[1])
            self._clock = dt.time.fromisoformat(said[2]) if said[2] and said[2] != "00:00:00" else None
        if header is None or "date" in header.names or "time" not in header.names or line.startswith("#"):
            return header
        values = _w3c_values(line)
        if len(values) == len(header.names) and self._day is not None:
            clock = dt.time.fromisoformat(values[header.names.index("time")])
            if self._clock is not None:
                # Of the same time on the day before, the same day and the next: the first that is at most an hour back.
                back = _since_midnight(self._clock) - _since_midnight(clock)
                steps = (days for days in (-1, 0, 1) if back - dt.timedelta(days=days) <= dt.timedelta(hours=1))
                self._day += dt.timedelta(days=next(steps))
            self._clock = clock
        return replace(header, day=self._day)


def _since_midnight(clock: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)


def _header(log_format: str, line: str, header: Header | None, separator: str | None) -> Header | None:
    """Return the header that a line announces, if it does."""
    if _goes_on(line):
        return None
    if log_format == "w3c" and line.lower().startswith("#fields:"):
        return Header(tuple(line[len("#fields:") :].lower().split()))
    if log_format == "csv" and line.strip(" \t\r") and not line.startswith("#"):
        if header is None:
            separator = separator or max(",;\t", key=line.count)
            return Header(_csv_names(line, separator), separator)
        if _csv_names(line, header.separator) == header.names:
            return header
    return None


def _csv_names(line: str, separator: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in _cells(line, separator) or [])
    return names[:-1] if names and not names[-1] else names


def _goes_on(line: str) -> bool:
    return "\r" in line.rstrip("\r")


def read_line(log_format: str, line: str, context: Context, header: Header | None = None) -> Columns | Reject | Ignored:
    """Return the fate of one line, by itself."""
    logged = _logged_in(log_format, line, header)
    return understand(logged, context, notation_with(logged, None)) if isinstance(logged, Logged) else logged


def _logged_in(log_format: str, line: str, header: Header | None) -> Logged | Reject | Ignored:
    if not line.strip(" \t\r") or (line.startswith("#") and not _goes_on(line)):
        return IGNORED
    if line.startswith("#"):
        return _NOT_A_RECORD
    readers = {"json": _json, "w3c": _w3c, "combined": _combined, "csv": _csv}
    return readers[log_format](line, header)


# json, in one line:
#   {"timestamp": "2026-10-01T09:00:00+02:00", "method": "GET", "url": "https://12345.rest.afas.online/...",
#    "headers": {"IntegrationId": "12345_678900"}, "status": 200, ...}


class _DuplicateKeyError(Exception):
    pass


def _json(line: str, _header: Header | None) -> Logged | Reject:
    if line.count("[") + line.count("{") > 100 and _depth(line) > 100:
        return Reject("too_deep")
    try:
        record = json.loads(line, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer)
        if "\\u" in line:
            json.dumps(record, ensure_ascii=False).encode()
    except _DuplicateKeyError:
        return Reject("duplicate_key")
    except ValueError:
        return _NOT_A_RECORD
    return _logged(record) if isinstance(record, dict) else _NOT_A_RECORD


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
        ids=headers.get("integrationid") or _values(record.get("integration_id")),
        id_is_logged=isinstance(found, dict) or "integration_id" in record,
        status=record.get("status"),
        duration=record.get("duration_ms"),
        request_bytes=record.get("request_bytes"),
        response_bytes=record.get("response_bytes"),
        user_agent=next(iter(_values(record.get("user_agent")) or headers.get("user-agent", [])), None),
        request_id=next(iter(_values(record.get("request_id")) or headers.get("x-request-id", [])), None),
        api_version=next(iter(headers.get("accept-version", [])), None),
        authorization=next(iter(headers.get("authorization", [])), None),
        authorization_is_logged=isinstance(found, dict),
        body=record.get("body"),
    )


def _headers(found: dict[str, object]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in found.items():
        headers.setdefault(name.lower(), []).extend(_values(value))
    return headers


def _values(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(each) for each in values if isinstance(each, str | int | float) and not isinstance(each, bool)]


# w3c: 2026-10-01 07:00:00 GET /ProfitRestServices/connectors/KnSubject take=10 12345.rest.afas.online Acme/1.0 12345_678900 200 87


_W3C_VALUE = re.compile(r'(?:"((?:[^"]|"")*)"|([^ \t]+)|^)(?:[ \t]+|\Z)')


def _w3c(line: str, header: Header | None) -> Logged | Reject:
    if header is None:
        return Reject("no_fields_directive")
    values = _w3c_values(line)
    if len(values) != len(header.names):
        return _NOT_A_RECORD
    found = _by_name(header, values, "-")
    if found is None:
        return Reject("duplicate_key")
    if header.day is not None:
        found["date"] = header.day.isoformat()
    host = found.get("cs-host") or found.get("cs(host)")
    query = found.get("cs-uri-query", "").removeprefix("?")
    path = found.get("cs-uri-stem", "") + (f"?{query}" if query else "")
    user_agent = found.get("cs(user-agent)")
    return Logged(
        timestamp=f"{found.get('date')}T{found.get('time')}Z",
        method=found.get("cs-method"),
        url=f"https://{host}{path}" if host and path.startswith("/") else path,
        ids=[found["cs(integrationid)"]] if "cs(integrationid)" in found else [],
        id_is_logged="cs(integrationid)" in header.names,
        status=found.get("sc-status"),
        duration=found.get("time-taken"),
        request_bytes=found.get("cs-bytes"),
        response_bytes=found.get("sc-bytes"),
        user_agent=user_agent.replace("+", " ") if user_agent and " " not in user_agent else user_agent,
        request_id=found.get("cs(x-request-id)"),
        api_version=found.get("cs(accept-version)"),
        authorization=found.get("cs(authorization)"),
        authorization_is_logged="cs(authorization)" in header.names,
    )


def _w3c_values(line: str) -> list[str]:
    return [quoted.replace('""', '"') or plain for quoted, plain in re.findall(_W3C_VALUE, line.rstrip(" \t"))]


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


def _by_name(header: Header, values: list[str], empty: str) -> dict[str, str] | None:
    """Return the values that are there by their names; nothing where a name has several."""
    found: dict[str, str] = {}
    for name, value in zip(header.names, values, strict=False):
        if value != empty and found.setdefault(name, value) != value and name in _READ:
            return None
    return found


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


def _combined(line: str, _header: Header | None) -> Logged | Reject:
    match = _COMBINED.fullmatch(line)
    if match is None:
        return _NOT_A_RECORD
    host, _client, _user, time, request, status, size, _referer, user_agent, integration_id, seconds = match.groups()
    method, _, rest = (_unescaped(request) or "").partition(" ")
    target = re.sub(r" HTTP/[0-9.]+$", "", rest)
    return Logged(
        timestamp=_clf_time(time),
        method=method,
        url=f"https://{host}{target}" if host != "-" and target.startswith("/") else target or None,
        ids=_values(_unescaped(integration_id)),
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


# csv: 2026-10-01T09:00:00+02:00,GET,https://12345.rest.afas.online/...,12345_678900,200,87,,51,Acme/1.0,,


def _csv(line: str, header: Header | None) -> Logged | Reject:
    assert header is not None, "the first line that is not blank is the header"
    values = _cells(line, header.separator)
    if values is not None and len(values) == len(header.names) + 1 and not values[-1]:
        values.pop()
    if values is None or len(values) != len(header.names):
        return _NOT_A_RECORD
    found = _by_name(header, values, "")
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
