"""W3C extended log format: IIS, and the products that write it their own way.

#Fields: date time     cs-method cs-uri-stem                        cs-uri-query cs-host               sc-status time-taken cs(IntegrationId)
2026-10-21    11:55:36 GET       /ProfitRestServices/connectors/KnX skip=0       4321.rest.afas.online 200       87         1234_5678

`#Fields:` names the values, also if it changes in mid-file. `#Software:` names the product, and so the units. Times are UTC. If
`#Fields:` names no date, `#Date:` gives the day, and the times of the lines below show when the next day begins (days.sql).
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.id_name import no_headers_warning
from ingest.formats.positions import ColumnPlaces
from ingest.formats.protocol import LogFormat
from ingest.formats.sections import each_header, first_lines, headers_of_each, read_sections, sections_of
from ingest.formats.unread import with_unread
from ingest.formats.w3c.columns import (
    field_of_host,
    has_decimals,
    has_local_times,
    id_columns,
    lacks_date,
    name_to_keep,
    unread_columns,
)
from ingest.formats.w3c.fields import fields_by_position
from ingest.formats.w3c.user_names import with_user_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa


_DIRECTIVES = ("#software:", "#version:", "#date:", "#fields:", "#start-date:", "#end-date:", "#remark:")
_DIRECTIVE_LINES = (
    "select line_number, line from lines"
    " where starts_with(line, '#') and is_comment(line)"
    " and (lower(line)[:8] = '#fields:' or lower(line)[:10] = '#software:' or lower(line)[:6] = '#date:'"
    " or lower(line)[:12] = '#start-date:')"
    " order by line_number"
)
_DATE = re.compile(r"(?i)#date:\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[\sT]+([0-9]{2}:[0-9]{2}:[0-9]{2}))?")
_SPLIT = Path(__file__).with_name("lines.sql").read_text(encoding="utf-8")
_DAYS = Path(__file__).with_name("days.sql").read_text(encoding="utf-8")

_PRODUCTS = {
    "microsoft": "iis",
    "netscaler": "netscaler",
    "citrix": "netscaler",
    "apache tomcat": "tomcat",
    "undertow": "undertow",
    "weblogic": "weblogic",
}
"""How `#Software:` begins, for products whose lines mean something of their own. CloudFront is known by its fields."""

_ASPNET_CORE, _OTHER = "aspnet_core", "other"
"""ASP.NET Core's own log has `#Start-Date:` in the place of `#Software:`. The other name stands for every unknown product."""

_QUOTES = {"iis": "", "tomcat": "\"'", "undertow": "\"'"}
"""What quotes a value: double quotes, but IIS quotes nothing, and Undertow and older Tomcats have single ones."""


@dataclass(frozen=True)
class _Header:
    """What the directives in force say about the lines below them."""

    fields: tuple[str, ...] = ()
    """Their names in lower case. The name of an unread field is replaced, because it may be anything."""
    software: str | None = None
    host: int | None = None
    """The place, from 1, of the field that holds hosts of the platform if the host's own field does not. 0 if there is none, None as
    long as it is not known."""
    may_be_seconds: bool | None = None
    """Whether `time-taken` may be in seconds, because it has decimals and the product is not known. None as long as there are no values."""
    unread: tuple[tuple[str, str], ...] = ()
    """The unread fields, and the fields of a call that they could be."""
    written: tuple[str, ...] = dataclasses.field(default=(), compare=False)
    """The fields as they are written, as long as it matters which of them is the host."""

    def with_host(self, host: int | None) -> _Header:
        """The header in which this field, by its place, is the host."""
        name = self.written[host - 1] if host and self.written else None
        return replace(self, host=host, unread=tuple(one for one in self.unread if one[0] != name))

    @property
    def unit_is_unknown(self) -> bool:
        """Whether the lines have to say what the unit of time-taken is."""
        return self.may_be_seconds is None and self.product in {None, _OTHER} and "time-taken" in self.fields

    def looked_at(self, lines: Sequence[str]) -> _Header:
        """The header with what the first lines below it say of it."""
        header = self if self.host is not None else self.with_host(field_of_host(self.fields, lines))
        return replace(header, may_be_seconds=has_decimals(self.fields, lines)) if self.unit_is_unknown else header

    @property
    def product(self) -> str | None:
        """Whose log it is, where that matters."""
        return "cloudfront" if any(name.startswith("x-edge-") for name in self.fields) else self.software

    def after(self, directive: str) -> _Header:
        """What holds below one more directive."""
        name, _, value = directive.partition(":")
        if name.lower() == "#fields":
            names = value.split()
            kept = tuple(map(name_to_keep, names))
            return _Header(kept, self.software, unread=unread_columns(names), written=tuple(names))
        if name.lower() == "#start-date":
            return self if self.software is not None else replace(self, software=_ASPNET_CORE)
        software = value.strip().lower()
        found = (product for beginning, product in _PRODUCTS.items() if software.startswith(beginning))
        return replace(self, software=next(found, _OTHER))


class W3c(LogFormat):
    """Lines of values whose names stand in the last `#Fields:` before them."""

    name: ClassVar[str] = "w3c"
    says_host: ClassVar[str] = "#Fields has to call it cs-host"

    def claims(self, lines: Sequence[str]) -> bool:
        """A directive stands among the first lines."""
        return any(line.lstrip("\ufeff").lower().startswith(_DIRECTIVES) for line in lines)

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """Fill `raw`, section by section: from one `#Fields:` or `#Software:` to the next."""
        found = connection.execute(_DIRECTIVE_LINES).fetchall()
        before = [
            (
                start,
                _Header(
                    tuple(context.get("fields", ())),
                    context.get("software"),
                    context.get("host"),
                    context.get("may_be_seconds"),
                ),
            )
            for start, context in begins
        ]
        directives = [(number, line) for number, line in found if not _DATE.match(line)]
        sections = _looked_at(connection, sections_of(before, directives, _Header.after)[0])
        headers = headers_of_each(sections, [start for start, _ in begins])
        said = [
            *((start, context.get("day"), context.get("clock")) for start, context in begins),
            *((number, *_date_of(date)) for number, line in found if (date := _DATE.match(line))),
        ]
        days = _days(connection, sections, said, [start for start, _ in begins])
        table = read_sections(connection, sections, _split_by)
        [[time_zone]] = connection.execute("select getvariable('source_time_zone')").fetchall()
        return table, [
            with_unread(
                connection,
                {
                    "fields": list(last.fields),
                    "software": last.software,
                    "host": last.host,
                    "may_be_seconds": last.may_be_seconds,
                    "lacks_unit": bool(before.get("lacks_unit")) or any(one.may_be_seconds for one in (*others, last)),
                    "lacks_time_zone": time_zone is None and has_local_times(last.fields, last.product),
                    "day": day,
                    "clock": clock,
                },
                (one for header in (*others, last) for one in header.unread),
                before=before,
            )
            for (*others, last), (day, clock), (_, before) in zip(headers, days, begins, strict=True)
        ]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without the id nobody can tell who called; without a zone nobody can tell when."""
        warnings = []
        if context.get("fields") and not id_columns(context["fields"]):
            last = _Header(tuple(context["fields"]), context.get("software"))
            warnings.append(
                no_headers_warning("CloudFront's standard log")
                if last.product == "cloudfront"
                else "#Fields names no cs(IntegrationId): nobody can tell who called (id_status not_logged);"
                " add the header to the log's fields"
            )
        if context.get("lacks_time_zone"):
            warnings.append(
                "its times are in local time, so every line is rejected as bad_time; name the zone with --time-zone"
            )
        if lacks_date(context.get("fields", ())) and context.get("day") is None:
            warnings.append(
                "#Fields names no date and no #Date gives one, so every line is rejected as bad_time; add the field date to the log"
            )
        if context.get("lacks_unit"):
            warnings.append(
                "time-taken has decimals, and #Software names no known product: only the log's writer knows whether these are seconds, as W3C has them, or"
                " milliseconds, only its writer knows, and none is read; sed '/^#Fields:/s/time-taken/time-taken-ms/' FILE > NEW says"
                " milliseconds and time-taken-s seconds; unload FILE if it is loaded, and load NEW"
            )
        return tuple(warnings)


def _date_of(said: re.Match[str]) -> tuple[str, str | None]:
    """The day and the time of day that a `#Date` says.

    Midnight sharp is how a day without a time is written: a first call late that evening is no late one of the evening before.
    """
    day, clock = said.groups()
    return day, None if clock == "00:00:00" else clock


def _days(
    connection: duckdb.DuckDBPyConnection,
    sections: Sequence[tuple[int, _Header]],
    said: Sequence[tuple[int, str | None, str | None]],
    starts: Sequence[int],
) -> list[tuple[str | None, str | None]]:
    """The day and the time of day at the end of each source that begins at one of `starts`.

    `said` are the numbers of lines with what they say of both: `#Date` directives, and where each source begins what was known
    before it. Where some `#Fields` names no date, the table w3c_days has the days of the lines below it.
    """
    if not any(lacks_date(header.fields) for _, header in sections):
        at_end = {start: (day, clock) for start, day, clock in said[: len(starts)]}
        for number, day, clock in said[len(starts) :]:
            at_end[starts[bisect_right(starts, number) - 1]] = day, clock
        return [at_end[start] for start in starts]
    connection.execute("create or replace temp table w3c_said (line_number double, day date, clock time)")
    # What was known before a source's first line is said before whatever that line says.
    numbers = [number - (0.5 if place < len(starts) else 0) for place, (number, _, _) in enumerate(said)]
    connection.execute(
        "insert into w3c_said select unnest(?), try_cast(unnest(?::varchar[]) as date), try_cast(unnest(?::varchar[]) as time)",
        [numbers, [day for _, day, _ in said], [clock for _, _, clock in said]],
    )
    connection.execute("create or replace temp table w3c_clocks (line_number double, clock time)")
    for header in each_header(connection, sections):
        if lacks_date(header.fields):
            [clock, *_] = _bound(connection, header).values("time")
            split = _SPLIT.replace("$differs", "null").replace("$mended", with_user_name(header.fields))
            connection.execute(
                f"insert into w3c_clocks {split}"
                f" select line_number, try_cast({clock} as time) from split where fate is null and try_cast({clock} as time) is not null"
            )
    connection.execute(_DAYS)
    connection.execute("create or replace temp table w3c_starts as select unnest(?) - 0.5 as start", [list(starts)])
    rows = connection.execute(
        "select cast(last.day as varchar), cast(last.clock as varchar)"
        " from (select start, arg_max({'day': day, 'clock': clock}, (line_number, not is_said)) as last"
        " from w3c_days asof join w3c_starts on w3c_days.line_number >= w3c_starts.start group by start) order by start"
    ).fetchall()
    return [(day, clock) for day, clock in rows]


def _looked_at(
    connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, _Header]]
) -> list[tuple[int, _Header]]:
    """The sections, with what their first lines say of them: which field is the host, and the unit of `time-taken`.

    Behind a reverse proxy that is X-Forwarded-Host. The first lines below #Fields say which field it is, and it stays that
    until the next one: what a single line says in a field by another name may be anything.
    """
    unknown = [start for start, header in sections if header.fields and (header.host is None or header.unit_is_unknown)]
    lines = first_lines(connection, sections, unknown)
    return [(start, header.looked_at(lines[start]) if start in lines else header) for start, header in sections]


def _bound(connection: duckdb.DuckDBPyConnection, header: _Header) -> ColumnPlaces:
    """Bind what the SQL that splits lines needs from a header; the places of its columns."""
    quotes = _QUOTES.get(header.product or "", '"')
    values = [*(f"{mark}(?:[^{mark}]|{mark}{mark})*{mark}" for mark in quotes), r"[^ \t]+", "^"]
    connection.execute("set variable width = ?", [len(header.fields)])
    connection.execute("set variable quotes = ?", [quotes])
    # White space after it makes sure that a quoted value ends at its quote. Leading white space has an empty value before it.
    connection.execute("set variable value_pattern = ?", [f"({'|'.join(values)})(?:[ \t]+|$)"])
    return ColumnPlaces(header.fields)


def _split_by(connection: duckdb.DuckDBPyConnection, header: _Header) -> str:
    place = _bound(connection, header)
    named = "select count(*) > 0 from section where regexp_matches(line, getvariable('platform_domain'))"
    [[names_hosts]] = connection.execute(named).fetchall()
    has_day = lacks_date(header.fields)
    fields = fields_by_position(
        place,
        product=header.product,
        has_unit=not header.may_be_seconds,
        has_day=has_day,
        names_hosts=names_hosts,
        host=header.host or None,
    )
    split = _SPLIT.replace("$differs", place.differing(connection, ["-", ""]))
    return f"{split.replace('$mended', with_user_name(header.fields))}\n{fields}"
