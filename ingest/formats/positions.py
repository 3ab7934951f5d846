"""From values by position to the fields of `raw`: what CSV and W3C have in common.

Both split a line into a list; which position is which field is said once for many lines, in a header or a directive.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from ingest.catalogue.platform_host import holds_callers_words, is_platform_host, places_of_hosts
from ingest.formats.id_name import is_id_name
from ingest.formats.raw import RAW_COLUMNS, of_first, raw_table
from ingest.formats.unread import unread_fields
from ingest.formats.user_names import NAMES_OF_W3C

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    import duckdb


_Header = TypeVar("_Header")
_Line = TypeVar("_Line")


def sections_of(
    begins: Sequence[tuple[int, _Header]],
    found: Sequence[tuple[int, _Line]],
    after: Callable[[_Header, _Line], _Header],
) -> tuple[list[tuple[int, _Header]], list[_Header]]:
    """The sections of sources that begin at these lines, and the header in force at the end of each.

    `begins` says what holds where each source begins, `found` are the lines that change it, in order.
    """
    sections: list[tuple[int, _Header]] = []
    last: list[_Header] = []
    changes = deque(found)
    ends = [*(start for start, _ in begins[1:]), None]
    for (start, before), end in zip(begins, ends, strict=True):
        header, previous = before, start - 1
        sections.append((start, header))
        while changes and (end is None or changes[0][0] < end):
            number, line = changes.popleft()
            header = after(header, line)
            # Directives that follow each other say one thing.
            sections.append((sections.pop()[0] if number == previous + 1 else number, header))
            previous = number
        last.append(header)
    return sections, last


_LINES_TO_LOOK_AT = 200

_FIRST_LINES = """
    select sections_begin.start, lines.line
    from (select * from lines where line_number >= $1 and line_number < $2) as lines
    join sections_begin on lines.line_number >= sections_begin.start and lines.line_number < sections_begin.behind
    where lines.fate is null and not starts_with(lines.line, '#')
    order by lines.line_number
"""


def first_lines(
    connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, _Header]], starts: Sequence[int]
) -> dict[int, list[str]]:
    """The first lines of those sections that begin at these lines, comments and directives apart."""
    found: dict[int, list[str]] = {start: [] for start in starts}
    if found:
        ends = dict(itertools.pairwise(start for start, _ in sections))
        behind = [min(start + _LINES_TO_LOOK_AT, ends.get(start, start + _LINES_TO_LOOK_AT)) for start in starts]
        connection.register("sections_begin", pa.table({"start": list(starts), "behind": behind}))
        for start, line in connection.execute(_FIRST_LINES, [min(starts), max(behind)]).fetchall():
            found[start].append(line)
        connection.unregister("sections_begin")
    return found


def headers_of_each(sections: Sequence[tuple[int, _Header]], starts: Sequence[int]) -> list[list[_Header]]:
    """The headers in force, one after the other, in each source that begins at one of these lines."""
    numbers = [number for number, _ in sections]
    places = [*(bisect_left(numbers, start) for start in starts), len(sections)]
    return [[header for _, header in sections[begin:end]] for begin, end in itertools.pairwise(places)]


def each_header(connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, _Header]]) -> Iterator[_Header]:
    """Each header of `lines` once, however often it comes back, with the lines below it as the view `section`.

    `sections` says from which line number on a header holds.
    """
    forms = {header: number for number, header in enumerate(dict.fromkeys(header for _, header in sections))}
    connection.execute("create or replace temp table sections (start bigint, form integer)")
    connection.execute(
        "insert into sections select unnest(?), unnest(?)",
        [[start for start, _ in sections], [forms[header] for _, header in sections]],
    )
    for header, form in forms.items():
        connection.execute("set variable form = ?", [form])
        connection.execute(
            "create or replace temp view section as select lines.* from lines"
            " asof join sections on lines.line_number >= sections.start where sections.form = getvariable('form')"
            if len(forms) > 1
            else "create or replace temp view section as from lines"
        )
        yield header


def read_sections(
    connection: duckdb.DuckDBPyConnection,
    sections: Sequence[tuple[int, _Header]],
    query_for: Callable[[duckdb.DuckDBPyConnection, _Header], str],
) -> pa.Table:
    """The columns of raw for `lines` of which each section, from the line number given on, has a header of its own.

    `query_for` gives the SQL over the view `section`.
    """
    tables = [raw_table(connection, query_for(connection, header)) for header in each_header(connection, sections)]
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables).sort_by("line_number")


class Places:
    """Where each column stands in a line, from 1, and which of them are asked for."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._numbers: dict[str, list[int]] = {}
        for number, column in enumerate(columns, start=1):
            self._numbers.setdefault(column, []).append(number)
        self._asked: dict[str, list[int]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def all_in(self, name: str) -> list[str]:
        """The SQL of what stands in the columns of this name; positions are our own numbers, no text of the log."""
        return [f"part[{number}]" for number in self._numbers.get(name, ())]

    def without_callers_words(self, *, but: Collection[str] = ()) -> list[str]:
        """The SQL of what stands in the columns in which no caller mentions hosts, these apart."""
        names = [name for name in self if name not in but and not holds_callers_words(name)]
        return [value for name in names for value in self.all_in(name)]

    def values(self, *names: str) -> list[str]:
        """The same of columns that say something about the call: where two have one name they have to agree."""
        self._asked.update((name, self._numbers[name]) for name in names if name in self)
        return [value for name in names for value in self.all_in(name)]

    def differing(self, connection: duckdb.DuckDBPyConnection, empty: Sequence[str]) -> str:
        """The SQL of the name of a column that was asked for and says different things in several places; null where none does.

        `empty` are the values that say nothing.
        """
        repeated = {name: numbers for name, numbers in self._asked.items() if len(numbers) > 1}
        if not repeated:
            return "null"
        connection.execute("set variable repeated_columns = ?::varchar[]", [list(repeated)])
        connection.execute("set variable empty_columns = ?::varchar[]", [list(empty)])
        cases = [
            f"when len(list_distinct(list_filter([{', '.join(f'part[{number}]' for number in numbers)}],"
            " lambda value: not list_contains(getvariable('empty_columns'), value)))) > 1"
            f" then getvariable('repeated_columns')[{place}]"
            for place, numbers in enumerate(repeated.values(), start=1)
        ]
        return f"(case {' '.join(cases)} end)"


def fields_by_position(
    place: Places,
    *,
    product: str | None,
    has_unit: bool,
    has_day: bool,
    names_hosts: bool = True,
    host: int | None = None,
) -> str:
    """The SQL that turns rows of `split` (line_number, byte_offset, fate, detail, part) into the columns of raw.

    `product` is whose W3C log it is, where that matters; `has_unit` is false where nobody knows the unit of time-taken. With `has_day` the table w3c_days says which day a line is of.
    `names_hosts`: whether any line has a host of the platform in it; `host` is the column that holds them where the host's own does not.
    """
    # A time is put together once, and then read.
    times = [
        f"{text} as time_{number}" for number, (text, _) in enumerate(_times(place, product, has_day=has_day), start=1)
    ] or ["null as time_1"]
    called = _host(place, names_hosts=names_hosts, by_another_name=host)
    fields = _w3c_fields(place, product, has_unit=has_unit, has_day=has_day)
    if names_hosts:
        fields["other_host"] = (
            f"case when host is null then other_host_in([{', '.join(place.without_callers_words())}]) end"
        )
    picked = ", ".join(
        f"{fields.get(column.name, 'null')}::{column.sql_type} as {column.name}" for column in RAW_COLUMNS[4:]
    )
    days = " left join (from w3c_days where not is_said) as days using (line_number)" if has_day else ""
    return (
        f"select line_number, byte_offset, fate, detail, {picked}"
        f" from (select split.*, {called} as host, {', '.join(times)} from split{days})"
    )


def _named(place: Places, *names: str) -> str:
    """The SQL of the name of the first of these columns that has a value; the names are those that we know, no text of the log."""
    return of_first([(_part(place, name), f"'{name}'") for name in names if name in place])


def _part(place: Places, *names: str) -> str:
    """The SQL of the first of these columns that has a value, which - is not."""
    found = [f"nullif({value}, '-')" for value in place.values(*names)]
    if not found:
        return "null"
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


_VALUE = re.compile(r'"[^"]*"|[^ \t"][^ \t]*')

_SAID_BY_CALLERS = re.compile(
    r"cs\((?!host\)|x-forwarded-host\)|x-original-host\)).*|cs-(username|referer|user-agent|cookie)"
)
"""Columns in which a caller can write what he likes."""


_HOSTS = ("x-host-header", "cs-host", "cs(host)", "host")
"""The host's own columns."""


def field_of_host(columns: Sequence[str], lines: Iterable[str]) -> int | None:
    """The place, from 1, of the column that holds hosts of the platform where the host's own does not, in most of these lines.

    0 where there is none, or where several differ; None where no line has a host of the platform, so that nobody knows.

    >>> field_of_host(["cs(host)", "cs(x-forwarded-host)"], ["internal 4321.rest.afas.online"])
    2
    """
    rows = [dict(enumerate(values)) for line in lines if len(values := _values_of(line, len(columns))) == len(columns)]
    own = [place for name in _HOSTS for place, column in enumerate(columns) if column == name]
    others = [place for place, name in enumerate(columns) if _is_servers(name) and place not in own]

    def says_host(row: dict[int, str]) -> bool:
        return is_platform_host(next((row[place] for place in own if row[place] != "-"), ""))

    without = [row for row in rows if not says_host(row)]
    found = places_of_hosts(without, others) if 2 * len(without) > len(rows) else []
    if not found and len(without) == len(rows):
        return None
    return found[0] + 1 if len(found) == 1 else 0


def has_decimals(columns: Sequence[str], lines: Iterable[str]) -> bool | None:
    """Whether some of these lines have a time-taken with decimals; None where none has any.

    IIS counts whole milliseconds, the W3C has seconds with decimals, and ASP.NET Core milliseconds with decimals. A single line does not tell
    them apart: it may be a whole second.

    >>> has_decimals(["sc-status", "time-taken"], ["200 1", "200 0.087"]), has_decimals(["time-taken"], ["87"])
    (True, False)
    """
    place = columns.index("time-taken")
    found = [values[place] for line in lines if len(values := _values_of(line, len(columns))) == len(columns)]
    numbers = [text for text in found if re.fullmatch("[0-9]*[.]?[0-9]+", text)]
    return any("." in text for text in numbers) if numbers else None


def _values_of(line: str, number: int) -> list[str]:
    """The values of a line, as well as one can tell without knowing who has written it."""
    line = line.rstrip()
    tabs = line.split("\t")
    return tabs if len(tabs) == number else [value.strip("\"'") for value in _VALUE.findall(line)]


def name_to_keep(name: str) -> str:
    """The name of a column in lower case where somebody asks for it, and else no more than who says what stands there.

    >>> [name_to_keep(name) for name in ("sc-status", "s-ip", "x-note", "cs(X-Site)", "cs(Referer)", "x-edge-location")]
    ['sc-status', 's-ip', '-', 'cs(-)', 'cs(referer)', 'x-edge-location']
    """
    name = name.lower()
    if _is_read(name) or name in NAMES_OF_W3C or re.fullmatch("x-edge-[a-z-]{1,40}", name):
        return name
    if holds_callers_words(name):
        return "cs(referer)"
    return "-" if _is_servers(name) else "cs(-)"


def unread_columns(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Those of these columns that nobody reads, each with the field that it could be, as a W3C log has it."""
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


def _is_servers(name: str) -> bool:
    return _SAID_BY_CALLERS.fullmatch(name) is None


def _host(place: Places, *, names_hosts: bool, by_another_name: int | None) -> str:
    """The SQL of the host; of a column by another name if it alone holds one of the platform's."""
    named = _part(place, *_HOSTS)
    if not names_hosts:
        return named
    if by_another_name is not None:
        named = f"coalesce(only_platform_host([part[{by_another_name}]]), {named})"
    others = [value for name in place if _is_servers(name) for value in place.all_in(name)]
    return f"coalesce({named}, only_platform_host([{', '.join(others)}]))"


SECONDS = frozenset({"cloudfront", "netscaler", "tomcat", "undertow", "weblogic"})
"""Products whose documentation says that time-taken is in seconds, as the W3C has it. In IIS it is in milliseconds, and in ASP.NET Core."""

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


def _times(place: Places, product: str | None, *, has_day: bool) -> list[tuple[str, str]]:
    """The SQL of the times that a line may have, the best one first, and what reads each."""

    def at(date: str, time: str, zone: str) -> str:
        is_there = date in place and time in place
        return f"({_part(place, date)} || 'T' || {_part(place, time)} || '{zone}')" if is_there else "null"

    zone = "" if product in LOCAL_TIMES else "Z"
    begin = f"(rtrim({_part(place, 'beginrequest-utc')}, 'Z') || 'Z')" if "beginrequest-utc" in place else "null"
    return [
        (text, reader)
        for text, reader in (
            (
                f"(strftime(days.day, '%Y-%m-%d') || 'T' || {_part(place, 'time')} || '{zone}')"
                if has_day
                else at("date", "time", zone),
                "iso_instant",
            ),
            (at("date-utc", "time-utc", "Z"), "iso_instant"),
            (begin, "iso_instant"),
            (_part(place, "timestamp(ms)", "timestamp", "x-timestamp-unix"), "written_instant"),
            (at("date-local", "time-local", ""), "iso_instant"),
        )
        if text != "null"
    ]


def _w3c_fields(place: Places, product: str | None, *, has_unit: bool, has_day: bool) -> dict[str, str]:
    """The SQL of the columns of raw, over rows that have the times and the host beside the values."""
    readers = [(number, reader) for number, (_, reader) in enumerate(_times(place, product, has_day=has_day), start=1)]

    def header(name: str) -> str:
        return _part(place, f"cs({name})", f"cs-{name}", name)

    stem = _part(place, "cs-uri-stem", "cs-uri-path")
    query = _part(place, "cs-uri-query")
    if query != "null":
        query = f"case when starts_with({query}, '?') then substr({query}, 2) else {query} end"
    if stem == "null":
        stem = _part(place, "cs-uri")
        query = f"case when not contains({stem}, '?') then {query} end"
    unit = 1000 if product in SECONDS else 1
    durations = [
        (name, factor)
        for name, factor in (("timetakenms", 1), ("time-taken-ms", 1), ("time-taken-s", 1000), ("time-taken", unit))
        if name in place and (has_unit or name != "time-taken")
    ]
    agent = header("user-agent")
    return {
        "called_at": f"coalesce({', '.join([*(f'{reader}(time_{number})' for number, reader in readers), 'null'])})",
        "time_text": f"coalesce({', '.join([*(f'time_{number}' for number, _ in readers), 'null'])})",
        "method": _part(place, "cs-method"),
        "url": f"url_from_parts(host, {stem}, {query})",
        "id_text": _part(place, *id_columns(place)),
        "id_repeated": "false",
        "id_logged": "true" if id_columns(place) else "false",
        "status": _part(place, "sc-status"),
        "duration": _part(place, *(name for name, _ in durations)),
        "duration_unit": of_first([(_part(place, name), str(factor)) for name, factor in durations]),
        "duration_name": _named(place, *(name for name, _ in durations)),
        "request_size": _part(place, "cs-bytes"),
        "request_size_name": _named(place, "cs-bytes"),
        "response_size": _part(place, "sc-bytes", "bytes"),
        "response_size_name": _named(place, "sc-bytes", "bytes"),
        # CloudFront encodes what IIS writes as a plus; who quotes a value does neither.
        "user_agent": f"decoded(decoded({agent}))"
        if product == "cloudfront"
        else f"case when contains({agent}, ' ') then {agent} else replace({agent}, '+', ' ') end",
        "authorization_header": f"replace({header('authorization')}, '+', ' ')",
        "headers_logged": "true" if header("authorization") != "null" else "false",
        "api_version": header("accept-version"),
        "request_id": f"rtrim({_part(place, *_REQUEST_IDS)}, '=')",
    }


_REQUEST_IDS = (
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
    "host": frozenset(_HOSTS),
    "status": frozenset({"sc-status"}),
    "duration": frozenset({"timetakenms", "time-taken-ms", "time-taken-s", "time-taken"}),
    "request_bytes": frozenset({"cs-bytes"}),
    "response_bytes": frozenset({"sc-bytes", "bytes"}),
    "user_agent": _forms("user-agent"),
    "authorization": _forms("authorization"),
    "api_version": _forms("accept-version"),
    "request_id": frozenset(_REQUEST_IDS),
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
