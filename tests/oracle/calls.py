"""From the values of a log line to the contract's columns, or to the first reason to reject the line.

Where the contract is silent, the oracle decides:

C1. Reasons.
    - If several reasons apply, the first of this list counts: time, method, URL, status, host, customer.

C2. Times.
    - A time may be ISO 8601. `T`, `t` or a space stands between date and time. The date may have slashes, and the seconds
      may be missing.
    - Up to 9 decimals may follow a `.` or a `,`. They are cut to microseconds.
    - The offset is `Z`, `z`, `UTC`, `GMT`, `+02:00`, `+0200` or `+02`. Zones in brackets or letters after it are ignored.
    - Instead of an offset, the whole name of a zone may stand there, in brackets or not.
    - 24:00 sharp is the midnight that ends the day.
    - Second 60 is the second after second 59. Only the last minute of a day in UTC has one.
    - A time may be a number since 1970, with decimals or an exponent: seconds below 10^11, milliseconds below 10^14,
      microseconds below 10^17, and nanoseconds from there on.
    - A time without an offset is read in the given zone. If the clock shows it twice, it is the later one. If the clock
      leaves it out, it has the offset from before the change.

C3. Numbers.
    - A status has three digits, as a number or a text.
    - Durations and sizes: see figures.py. A duration over 10^9 ms or a size over 10^15 is null.

C4. Texts: `user_agent`, `request_id`, `api_version`.
    - `-` and the empty text are null. In a user agent, blanks around them do not matter.
    - A request id that is written as a trace id (UUID, traceparent and the like) is kept.
    - Any other request id is kept if it has 1 to 128 letters, digits and `-_.:`, and at most two runs of hexadecimal digits
      in the usual lengths. The rest of it must not be suspect (P3), nor have more than 40 letters and digits in a row, nor
      be both random and longer than 40 characters. Otherwise the request id is `redacted`.
    - In a user agent, the query of a URL becomes `?redacted`. A suspect user agent is `redacted` as a whole. What is kept
      is cut at 256 characters.
    - An `api_version` (SB only) that is suspect, or not written as a version, is `redacted`.

C5. `token_form`, from Authorization.
    - An empty value or `-`, blanks around it aside, counts as absent.
    - `Bearer` is bearer, and so is `Bearer ***`. A plus behind the scheme is a blank, in every format: IIS writes it so, and what
      is made of its logs keeps it. No server takes such a header as it stands.
    - `AfasToken` with one of the base64 alignments of `<token` is base64. `AfasToken` with `<token`, raw or escaped, is plain.
    - Every other value (masked, another scheme) is not_logged.
    - Without the header, a SOAP body with a token element is soap_body. Otherwise it is none if headers are logged, and
      not_logged if they are not.

C6. SOAP bodies.
    - The connector is the first `connectorId` (get) or `connectorType` (write), with or without a prefix, trimmed. If it is
      no name (P4), it is `redacted`.
    - The id in the body is the first `IntegrationId` element, in any case, if it is valid.
    - If all `Action` attributes in the body of a write say the same one of `insert`, `update` and `delete`, in any case, that
      is its operation. Their quotes may be written as entities.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
import zoneinfo
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.oracle.figures import Notation, notation_after, read_duration, read_size
from tests.oracle.ids import ReadId, split_integration_id, split_integration_ids
from tests.oracle.outcomes import outcome
from tests.oracle.privacy import REDACTED, is_random, is_suspect
from tests.oracle.urls import BadUrl, ReadUrl, connector_name, read_url

Value: TypeAlias = object
Columns: TypeAlias = dict[str, object]
Numbers: TypeAlias = dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is known besides the line."""

    now: dt.datetime
    lake_time_zone: zoneinfo.ZoneInfo
    stream: str = "test"
    host: str | None = None
    time_zone: zoneinfo.ZoneInfo | None = None


@dataclass(frozen=True, kw_only=True)
class Logged:
    """The values of one line, as its format spells them. None if the line lacks one."""

    timestamp: Value = None
    method: Value = None
    url: Value = None
    ids: list[str] = field(default_factory=list)
    id_is_logged: bool = True
    status: Value = None
    duration: Value = None
    duration_unit: float = 1
    """How many milliseconds one unit of the duration has."""
    request_bytes: Value = None
    response_bytes: Value = None
    user_agent: Value = None
    request_id: Value = None
    api_version: Value = None
    authorization: str | None = None
    authorization_is_logged: bool = False
    body: Value = None


@dataclass(frozen=True)
class Reject:
    """A quarantined line."""

    reason: str


def understand(logged: Logged, context: Context, notation: Notation = None) -> Columns | Reject:
    """Return the columns of one call, except `load_id` and `line_number`.

    `notation` says how the source writes durations, as far as this line and those before it show.
    """
    called_at = read_time(logged.timestamp, context)
    request = read_url(_text(logged.method), _text(logged.url), context.host)
    status = read_status(logged.status)
    reasons = {
        "bad_time" if called_at is None else "",
        request.reason if isinstance(request, BadUrl) else "",
        "bad_status" if status is None else "",
    }
    order = ("bad_time", "bad_method", "bad_url", "bad_status", "unknown_host", "no_customer")
    for reason in order:
        if reason in reasons:
            return Reject(reason)
    assert called_at is not None
    assert isinstance(request, ReadUrl)
    assert status is not None
    return _columns(logged, context, called_at, request, status, numbers=read_numbers(logged, notation))


def notation_with(logged: Logged, before: Notation) -> Notation:
    """Return how a source writes durations, once this line is known, too."""
    return notation_after(before, _text(logged.duration))


def read_numbers(logged: Logged, notation: Notation) -> Numbers:
    """Return duration and sizes."""
    return {
        "duration_ms": read_duration(_text(logged.duration), logged.duration_unit, notation),
        "request_bytes": read_size(_text(logged.request_bytes)),
        "response_bytes": read_size(_text(logged.response_bytes)),
    }


def _columns(
    logged: Logged, context: Context, called_at: dt.datetime, request: ReadUrl, status: int, *, numbers: Numbers
) -> Columns:
    identity = split_integration_ids(logged.ids)
    if identity.id_status == "missing" and not logged.id_is_logged:
        identity = ReadId("not_logged")
    body = _text(logged.body) if request.protocol == "soap" else None
    columns: Columns = vars(request) | vars(identity)
    if body and request.protocol == "soap":
        columns["connector"] = _connector_in(body, request.operation)
        columns["operation"] = _action_in(body) if request.operation == "write" else request.operation
    return columns | {
        "called_at": called_at,
        "day": called_at.astimezone(context.lake_time_zone).date(),
        "stream": context.stream,
        "own": request.product == "profit" and request.customer == str(identity.partner),
        "status": status,
        "outcome": outcome(status, numbers["duration_ms"], request.query_length),
        **numbers,
        "token_form": _token_form(logged, body),
        "body_integration_id": _id_in(body) if body else None,
        "user_agent": _user_agent(_text(logged.user_agent)),
        "api_version": _api_version(_text(logged.api_version)) if request.product == "sb" else None,
        "request_id": _request_id(_text(logged.request_id)),
    }


def read_time(value: Value, context: Context) -> dt.datetime | None:
    """Return the instant in UTC, or None if the value is no time or an impossible one."""
    instant = _instant(value, context)
    earliest = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    possible = instant is not None and earliest <= instant <= context.now + dt.timedelta(days=2)
    return instant if possible else None


_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)-|/(\d\d)/)(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"([0-9/-]{10}[Tt ][0-9:.,]+) ?\[?([A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}|UTC)\]?", re.ASCII)
_EPOCH = re.compile(r"[0-9]{1,20}(\.[0-9]{1,9})?")
_EXPONENT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,18})?[eE]\+?[0-9]{1,2}")


def _instant(value: Value, context: Context) -> dt.datetime | None:
    text = _text(value) or ""
    if _EXPONENT.fullmatch(text):
        text = f"{decimal.Decimal(text):.9f}"
    if _EPOCH.fullmatch(text):
        return _from_epoch(text)
    text = re.sub(r"(?<=[0-9])( ?(?:Z|[+-][0-9:]{2,5}))(\[[^\]]+\]| [A-Z]{2,5})+$", r"\1", text)
    zone = context.time_zone
    if (named := _ZONE.fullmatch(text)) and named[2] in zoneinfo.available_timezones():
        text, zone = named[1], zoneinfo.ZoneInfo(named[2])
    match = _ISO.fullmatch(re.sub(r"(?<=[0-9]) ?(UTC|GMT)$", "Z", text))
    if match is None or int(match[7] or 0) > 60:
        return None
    year, month, day, hour, minute, second = (
        int(part or 0) for part in (match[1], match[2] or match[3], *match.group(4, 5, 6, 7))
    )
    try:
        is_end = (hour, minute, second, int(match[8] or 0)) == (24, 0, 0, 0)
        local = dt.datetime(year, month, day, 0 if is_end else hour, minute, tzinfo=dt.UTC) + dt.timedelta(days=is_end)
        local += dt.timedelta(seconds=min(second, 59), microseconds=int((match[8] or "0").ljust(6, "0")[:6]))
        instant = local - _offset(match[9]) if match[9] else _in_zone(local, zone)
    except (ValueError, OverflowError):
        return None
    if instant is None or second < 60:
        return instant
    return instant + dt.timedelta(seconds=1) if (instant.hour, instant.minute) == (23, 59) else None


def _in_zone(local: dt.datetime, zone: zoneinfo.ZoneInfo | None) -> dt.datetime | None:
    if zone is None:
        return None
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))


def _offset(text: str) -> dt.timedelta:
    if text in "Zz":
        return dt.timedelta()
    hours, minutes = int(text[1:3]), int(text[3:].removeprefix(":") or "0")
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    shift = dt.timedelta(hours=hours, minutes=minutes)
    return -shift if text[0] == "-" else shift


def _from_epoch(text: str) -> dt.datetime | None:
    whole, _, fraction = text.partition(".")
    exponent = next((power for limit, power in ((11, 0), (14, 3), (17, 6)) if int(whole) < 10**limit), 9)
    nanoseconds = int(whole + fraction.ljust(9, "0")) // 10**exponent
    if nanoseconds >= 10**19:
        return None
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=nanoseconds // 1000)


def read_status(value: Value) -> int | None:
    """Return a status from 100 to 599, or None. 404.0 is a status, 404.2 is not."""
    text = _text(value) or ""
    return int(text[:3]) if re.fullmatch(r"[1-5][0-9]{2}(\.0{1,9})?", text) else None


def _text(value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip(" ") if not isinstance(value, str) else value


def _token_form(logged: Logged, body: str | None) -> str:
    value = logged.authorization
    if value is not None and value.strip(" ") not in ("", "-"):
        return _form_of(value)
    if body and re.search(r"(<|&lt;)([\w]+:)?token", body, re.IGNORECASE):
        return "soap_body"
    return "none" if logged.authorization_is_logged else "not_logged"


def _form_of(value: str) -> str:
    scheme, _, credentials = value.strip().replace("+", " ", 1).partition(" ")
    if scheme.lower() == "bearer":
        return "bearer"
    if scheme.lower() == "afastoken" and re.search("PHRva2Vu|x0b2tlb|8dG9rZW4", credentials):
        return "base64"
    if scheme.lower() == "afastoken" and re.search("(<|&lt;|%3c)token", credentials, re.IGNORECASE):
        return "plain"
    return "not_logged"


def _element(body: str, name: str) -> str | None:
    found = re.search(rf"<(?:[\w.-]+:)?{name}(?:\s[^>]*)?>([^<]*)<", body, re.IGNORECASE)
    return found[1].strip() if found else None


def _connector_in(body: str, operation: str) -> str | None:
    element = {"get": "connectorId", "write": "connectorType"}.get(operation)
    found = _element(body, element) if element else None
    return connector_name(found) if found else None


def _action_in(body: str) -> str:
    actions = re.findall(r"\bAction\s*=\s*(?:[\"']|&quot;|&apos;)(insert|update|delete)\b", body, re.IGNORECASE)
    distinct = {action.lower() for action in actions}
    return distinct.pop() if len(distinct) == 1 else "write"


def _id_in(body: str) -> str | None:
    found = split_integration_id(_element(body, "IntegrationId"))
    return found.integration_id if found.id_status == "valid" else None


def _user_agent(text: str | None) -> str | None:
    if text is None or text.strip(" ") in ("", "-"):
        return None
    return REDACTED if is_suspect(text) else re.sub(r"\?[^\s)]+", f"?{REDACTED}", text)[:256]


def _api_version(text: str | None) -> str | None:
    if text in (None, "", "-"):
        return None
    stages = "alpha|beta|rc|pre|preview|dev|snapshot"
    shaped = re.fullmatch(rf"(?i:v?[0-9]{{1,4}}([._-]?([0-9]{{1,8}}|{stages}|[a-z])){{0,5}})", text, re.ASCII)
    return text if shaped and not is_suspect(text) else REDACTED


_TRACE_ID = re.compile(
    r"""
      [0-9a-f]{8} - [0-9a-f]{4} - [0-9a-f]{4} - [0-9a-f]{4} - [0-9a-f]{12} | [0-9a-f]{32}
    | [0-9a-f]{2} - [0-9a-f]{32} - [0-9a-f]{16} - [0-9a-f]{2}
    | (?: [0-9a-f]{16} | [0-9a-f]{32} ) - [0-9a-f]{16} (?: -[01d] (?: - [0-9a-f]{16} )? )?
    | [0-9a-f]{16,32} : [0-9a-f]{1,16} : [0-9a-f]{1,16} : [0-9a-f]{1,2}
    | 1 - [0-9a-f]{8} - [0-9a-f]{24}
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _request_id(text: str | None) -> str | None:
    if text in (None, "", "-"):
        return None
    if _TRACE_ID.fullmatch(text):
        return text
    rest = "".join(_known_or_not(piece) for piece in re.findall(r"[0-9A-Za-z]+|[^0-9A-Za-z]+", text))
    fits = re.fullmatch(r"[0-9A-Za-z_.:-]{1,128}", text) and rest.count("~") <= 2
    is_key = re.search(r"[0-9A-Za-z]{41}", rest) or (len(rest) > 40 and is_random(rest))
    return text if fits and not is_key and not is_suspect(rest) else REDACTED


def _known_or_not(piece: str) -> str:
    is_hexadecimal = re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", piece) and re.search(r"[A-Fa-f]", piece)
    is_text = re.fullmatch(r"([2-7][0-9A-Fa-f])+", piece)
    return "~" if is_hexadecimal and not is_text and len(piece) in (8, 12, 16, 20, 24, 32) else piece
