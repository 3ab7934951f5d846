"""The columns of W3C logs: what they are called, and what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.catalogue.platform_host import holds_callers_words, is_platform_host, places_of_hosts
from ingest.formats.id_name import is_id_name
from ingest.formats.unread import unread_fields
from ingest.formats.w3c.user_names import NAMES_OF_W3C

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_VALUE = re.compile(r'"[^"]*"|[^ \t"][^ \t]*')

_SAID_BY_CALLERS = re.compile(
    r"cs\((?!host\)|x-forwarded-host\)|x-original-host\)).*|cs-(username|referer|user-agent|cookie)"
)
"""Columns in which a caller can write what he likes."""


HOSTS = ("x-host-header", "cs-host", "cs(host)", "host")
"""The host's own columns."""


def field_of_host(columns: Sequence[str], lines: Iterable[str]) -> int | None:
    """The place, from 1, of the column that holds hosts of the platform in most of these lines, if the host's own column does not.

    0 if no column does, or if several differ. None if no line has a host of the platform, which leaves it open.

    >>> field_of_host(["cs(host)", "cs(x-forwarded-host)"], ["internal 4321.rest.afas.online"])
    2
    """
    rows = [dict(enumerate(values)) for line in lines if len(values := _values_of(line, len(columns))) == len(columns)]
    own = [place for name in HOSTS for place, column in enumerate(columns) if column == name]
    others = [place for place, name in enumerate(columns) if is_servers(name) and place not in own]

    def says_host(row: dict[int, str]) -> bool:
        return is_platform_host(next((row[place] for place in own if row[place] != "-"), ""))

    without = [row for row in rows if not says_host(row)]
    found = places_of_hosts(without, others) if 2 * len(without) > len(rows) else []
    if not found and len(without) == len(rows):
        return None
    return found[0] + 1 if len(found) == 1 else 0


def has_decimals(columns: Sequence[str], lines: Iterable[str]) -> bool | None:
    """Whether some of these lines have a time-taken with decimals; None where none has any.

    IIS writes whole milliseconds, the W3C's standard has seconds with decimals, and ASP.NET Core writes milliseconds with decimals. A single
    line does not tell them apart, because it may be a whole second.

    >>> has_decimals(["sc-status", "time-taken"], ["200 1", "200 0.087"]), has_decimals(["time-taken"], ["87"])
    (True, False)
    """
    place = columns.index("time-taken")
    found = [values[place] for line in lines if len(values := _values_of(line, len(columns))) == len(columns)]
    numbers = [text for text in found if re.fullmatch("[0-9]*[.]?[0-9]+", text)]
    return any("." in text for text in numbers) if numbers else None


def _values_of(line: str, number: int) -> list[str]:
    """The values of a line, cut as well as one can without knowing which product wrote it."""
    line = line.rstrip()
    tabs = line.split("\t")
    return tabs if len(tabs) == number else [value.strip("\"'") for value in _VALUE.findall(line)]


def name_to_keep(name: str) -> str:
    """The name of a column in lower case if it is read. Of an unread column, only who wrote its values.

    >>> [name_to_keep(name) for name in ("sc-status", "s-ip", "x-note", "cs(X-Site)", "cs(Referer)", "x-edge-location")]
    ['sc-status', 's-ip', '-', 'cs(-)', 'cs(referer)', 'x-edge-location']
    """
    name = name.lower()
    if _is_read(name) or name in NAMES_OF_W3C or re.fullmatch("x-edge-[a-z-]{1,40}", name):
        return name
    if holds_callers_words(name):
        return "cs(referer)"
    return "-" if is_servers(name) else "cs(-)"


def unread_columns(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The unread ones of these columns, each with the field that it could be, as a W3C log names it."""
    lower = [name.lower() for name in names]
    said = {field for field, columns in _READ.items() if not columns.isdisjoint(lower)}
    said |= {"integration_id"} if id_columns(lower) else set()
    others = [name for name in names if not _is_read(name.lower())]
    return tuple((name, _WRITTEN.get(field.split(",")[0], "")) for name, field in unread_fields(others, said))


def _is_read(name: str) -> bool:
    return is_id_name(name) or any(name in columns for columns in _READ.values())


def _forms(*headers: str) -> frozenset[str]:
    """The names that the columns of these headers may have."""
    return frozenset(form for name in headers for form in (f"cs({name})", f"cs-{name}", name))


def is_servers(name: str) -> bool:
    """Whether the server says what stands in this column, and no caller."""
    return _SAID_BY_CALLERS.fullmatch(name) is None


LOCAL_TIMES = frozenset({"weblogic"})
"""Products that write the server's local time where the W3C has UTC, unless they are told otherwise."""


def id_columns(columns: Iterable[str]) -> list[str]:
    """The columns of a W3C log that hold the IntegrationId header, the most explicit name first."""
    return sorted((name for name in columns if is_id_name(name)), key=lambda name: name[:3] != "cs(")


def lacks_date(columns: Iterable[str]) -> bool:
    """Whether these columns of a W3C log say the time of the day and nothing of the day itself."""
    names = set(columns)
    return "time" in names and names.isdisjoint(_INSTANTS)


def has_local_times(columns: Iterable[str], product: str | None) -> bool:
    """Whether the times of a W3C log mean nothing without a time zone."""
    names = set(columns)
    return product in LOCAL_TIMES or ("time-local" in names and not names & {"time", "time-utc", "beginrequest-utc"})


REQUEST_IDS = (
    "cs(x-request-id)",
    "x-request-id",
    "sc(x-trace-identifier)",
    "x-trace-identifier",
    "x-edge-request-id",
    "x-arr-log-id",
)

_INSTANTS = frozenset(
    {"date", "date-utc", "date-local", "beginrequest-utc", "timestamp", "timestamp(ms)", "x-timestamp-unix"}
)
"""Columns that say the day, or day and time."""

_READ = {
    "timestamp": _INSTANTS | {"time", "time-utc", "time-local"},
    "method": frozenset({"cs-method"}),
    "url": frozenset({"cs-uri-stem", "cs-uri-path", "cs-uri-query", "cs-uri"}),
    "host": frozenset(HOSTS),
    "status": frozenset({"sc-status"}),
    "duration": frozenset({"timetakenms", "time-taken-ms", "time-taken-s", "time-taken"}),
    "request_bytes": frozenset({"cs-bytes"}),
    "response_bytes": frozenset({"sc-bytes", "bytes"}),
    "user_agent": _forms("user-agent"),
    "authorization": _forms("authorization"),
    "api_version": _forms("accept-version"),
    "request_id": frozenset(REQUEST_IDS),
}
"""The columns that are read, by what they say. The id has any of the names that people give it (id_name.py)."""

_WRITTEN = {
    "duration": "time-taken",
    "request_bytes": "cs-bytes",
    "response_bytes": "sc-bytes",
    "user_agent": "cs(User-Agent)",
    "integration_id": "cs(IntegrationId)",
    "api_version": "cs(Accept-Version)",
    "authorization": "cs(Authorization)",
    "request_id": "cs(X-Request-Id)",
}
"""What W3C logs call the fields of a call."""
