"""Access logs of Apache and nginx, by the layout that their configuration names.

$host                 $remote_addr   $remote_user [$time_local]                "$request"                             $status $body_bytes_sent
1234.rest.afas.online 192.0.2.7    - -            [21/Oct/2026:13:55:36 +0200] "GET /ProfitRestServices/... HTTP/1.1" 200     512

A line has to match the layout as a whole. One that matches in part is a line of another layout, and its values would stand in the
wrong columns. To make this cheap, a line without escapes is first cut at its quotation marks, and only the parts between quoted
values are matched with a pattern (lines.sql).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.combined.layout import Layout, compile_layout
from ingest.formats.combined.shapes import (
    DEFAULT_LAYOUT,
    ENVOY_LAYOUT,
    IIS_LAYOUT,
    NAMED_LAYOUTS,
    has_durations_of_unknown_unit,
    has_host_elsewhere,
    layout_of,
)
from ingest.formats.raw import duration_fields, fields_as_raw, raw_table, size_fields, time_fields
from ingest.formats.unread import unread_fields, with_unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa


_NO_ID = (
    "the layout names no IntegrationId header: nobody can tell who called (id_status not_logged); make the server log it"
    ' ("$http_integrationid" in nginx, "%{IntegrationId}i" in Apache) and pass the layout with --layout'
)
_LINE_END = r"[ \t]*\r?\n?"
_SPLIT = Path(__file__).with_name("lines.sql").read_text(encoding="utf-8")


class Combined:
    """Lines of one layout. A line that does not match it as a whole is no record."""

    name: ClassVar[str] = "combined"
    says_host: ClassVar[str] = "--layout says which one is"

    def __init__(self, layout: str | None = None) -> None:
        self._is_given = layout is not None
        self.layout: Layout = compile_layout(NAMED_LAYOUTS.get(layout or "", layout or DEFAULT_LAYOUT))

    @property
    def dialect(self) -> str | None:
        """The layout, given or recognised, where it is not the default one."""
        return None if self.layout.text == DEFAULT_LAYOUT else self.layout.text

    @property
    def reading(self) -> object:
        """The settings that decide how a line is read."""
        return self.name, self.layout.text

    def claims(self, lines: Sequence[str]) -> bool:
        """Some line matches the layout; where none was given, the default one or else one of the common shapes."""
        lines = [line.lstrip("\ufeff").rstrip("\r\n") for line in lines]
        matching = [line for line in lines if self.layout.matches(line)]
        is_other = has_host_elsewhere(matching) or has_durations_of_unknown_unit(matching)
        if matching and (self._is_given or not is_other):
            return True
        if self._is_given:
            return False
        known = (
            text for text in (ENVOY_LAYOUT, IIS_LAYOUT) if any(compile_layout(text).matches(line) for line in lines)
        )
        recognised = next(known, None) or layout_of(lines)
        if recognised is not None:
            self.layout = compile_layout(recognised)
        return recognised is not None

    def matches(self, lines: Sequence[str]) -> bool:
        """Whether some line matches the layout as it is."""
        return any(self.layout.matches(line.rstrip("\r\n")) for line in lines)

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line, each value by its own rule."""
        connection.execute("set variable layout = ?", [f"^({self.layout.pattern}{_LINE_END})$"])
        for number, part in enumerate(self.layout.parts, start=1):
            is_last = number == len(self.layout.parts)
            value = part.text if part.text is not None else f"^({part.pattern}{_LINE_END if is_last else ''})$"
            connection.execute(f"set variable layout_{number} = ?", [value])
        connection.execute("set variable layout_others = ?", [f"^{self.layout.others_pattern}{_LINE_END}$"])
        table = raw_table(connection, f"{_split(self.layout)}\n{_select(self.layout)}")
        durations = {"duration"} if not set(_DURATIONS).isdisjoint(self.layout.groups) else set()
        unread = unread_fields(self.layout.unread, {*self.layout.groups, *durations})
        named = tuple((name, _VARIABLES.get(field.split(",")[0], "")) for name, field in unread)
        contexts = [with_unread(connection, context, named) for _, context in begins]
        if self.layout.has_offset:
            return table, contexts
        [[time_zone]] = connection.execute("select getvariable('source_time_zone')").fetchall()
        return table, [{**context, "lacks_time_zone": time_zone is None} for context in contexts]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without the header in the layout nobody can tell who called; without a zone nobody can tell when."""
        warnings = [] if "integration_id" in self.layout.groups else [_NO_ID]
        if context.get("lacks_time_zone"):
            warnings.append(
                "its times are in local time, so every line is rejected as bad_time; name the zone with --time-zone"
            )
        return warnings


_VARIABLES = {
    "duration": "$request_time",
    "request_bytes": "$request_length",
    "response_bytes": "$bytes_sent",
    "user_agent": "$http_user_agent",
    "integration_id": "$http_integrationid",
    "api_version": "$http_accept_version",
    "authorization": "$http_authorization",
    "request_id": "$request_id",
}
"""The names of the fields of a call in a layout."""


def _split(layout: Layout) -> str:
    """The SQL that cuts lines into the values of a layout."""
    segments = ""
    is_quick = ""
    for number, part in enumerate(layout.parts, start=1):
        if part.text is not None:
            is_last = number == len(layout.parts)
            found = f"rtrim(part[{number}], e' \\t\\r\\n')" if is_last else f"part[{number}]"
            is_quick += f" and {found} = getvariable('layout_{number}')"
        elif not part.is_value:
            names = _names(("whole", *part.groups))
            segments += f", regexp_extract(part[{number}], getvariable('layout_{number}'), [{names}]) as part_{number}"
            is_quick += f" and part_{number}.whole <> ''"
    can_be_cut = "false"
    if layout.splits_by_quotes:
        can_be_cut = "true" if layout.escape == "none" else "not contains(line, '\\')"
    return (
        _SPLIT.replace("$can_be_cut", can_be_cut)
        .replace("$count", str(len(layout.parts)))
        .replace("$segments", segments)
        .replace("$is_quick", is_quick)
        .replace("$groups", _names(layout.groups))
        .replace("$values", ", ".join(_values(layout)))
    )


def _names(groups: Sequence[str]) -> str:
    return ", ".join(f"'{group}'" for group in groups)


def _values(layout: Layout) -> Iterator[str]:
    """The SQL of each value: from its part of the line where that was cut, else from the pattern of the whole."""
    unescaped = {"default": "unescaped({})", "json": "json_unescaped({})", "none": "{}"}[layout.escape]
    for number, part in enumerate(layout.parts, start=1):
        for group in part.groups:
            cut = f"part[{number}]" if part.is_value else f"part_{number}.{group}"
            whole = unescaped.format(f"whole.{group}")
            yield f"nullif(nullif(case when is_quick then {cut} else {whole} end, '-'), '') as value_{group}"
    others = [f"other_{number}" for number in range(1, re.compile(layout.others_pattern).groups + 1)]
    if others:
        # Few lines name a host of the platform and none that is read, so they are matched once more.
        lacks = "value_host is null and " if "host" in layout.groups else ""
        values = ", ".join(f"found.{name}" for name in others)
        yield (
            f"case when {lacks}regexp_matches(line, getvariable('platform_domain')) then list_transform("
            f"[regexp_extract(line, getvariable('layout_others'), [{_names(others)}])], lambda found: other_host_in([{values}])"
            ")[1] end as other_host"
        )
    else:
        yield "null as other_host"


def _select(layout: Layout) -> str:
    """The values of `raw` from the layout's groups, as SQL. It holds names of ours, and no text of the log or the layout."""
    field = {group: f"value_{group}" for group in layout.groups}

    def of(name: str) -> str:
        return field.get(name, "null")

    durations = [
        (f"total_duration({field[name]})" if name in _LISTED else field[name], str(unit), _name(layout, name))
        for name, unit in _DURATIONS.items()
        if name in field
    ]
    fields = {
        **time_fields(_times(field)),
        "method": _method(field),
        "url": f"url_from_parts({of('host')}, {_target(field)}, null)",
        "id_text": of("integration_id"),
        "id_repeated": "false",
        "id_logged": "true" if "integration_id" in field else "false",
        "status": of("status"),
        **duration_fields(durations),
        **size_fields("request_size", [(of("request_bytes"), _name(layout, "request_bytes"))]),
        **size_fields("response_size", [(of("response_bytes"), _name(layout, "response_bytes"))]),
        "user_agent": of("user_agent"),
        "authorization_header": of("authorization"),
        "headers_logged": "true" if "authorization" in field else "false",
        "body": of("body"),
        "api_version": of("api_version"),
        "request_id": of("request_id"),
        "other_host": "other_host",
    }
    return fields_as_raw("split", fields)


_DURATIONS = {"microseconds": 0.001, "milliseconds": 1, "seconds": 1000, "upstream_seconds": 1000}
"""The milliseconds in each unit, the most precise unit first. The time waited for the upstream server is last: it counts where
nothing else says how long the call took."""

_LISTED = ("upstream_seconds",)
"""Durations that are logged as one for each server that was asked."""


def _name(layout: Layout, group: str) -> str:
    """The SQL of what the layout calls this value. The names are those that we know, no text of the layout."""
    return f"'{layout.names[group]}'" if group in layout.names else "null"


def _method(field: Mapping[str, str]) -> str:
    return field["method"] if "method" in field else f"split_part({field['request']}, ' ', 1)"


def _target(field: Mapping[str, str]) -> str:
    if "request" in field:
        return f"target_of({field['request']})"
    if "target" in field:
        return field["target"]
    query = field.get("query_marked") or (f"'?' || {field['query']}" if "query" in field else "''")
    return f"{field['path']} || coalesce({query}, '')"


def _times(field: Mapping[str, str]) -> list[tuple[str, str]]:
    """The texts of the times in a line, the one that says it best first, and what reads each."""
    fraction = f"coalesce('.' || {field['fraction']}, '')" if "fraction" in field else "''"
    times = {
        "time_seconds": ("{}" if fraction == "''" else f"({{}} || {fraction})", "epoch_instant"),
        "time_iso": ("{}", "iso_instant"),
        "time_local": ("{}", "common_log_instant"),
    }
    found = [(text.format(field[name]), reader) for name, (text, reader) in times.items() if name in field]
    if found:
        return found
    month = f"lpad({field['month']}, 2, '0')" if "month" in field else f"month_number({field['month_name']})"
    second = field.get("second", "'00'")
    date = f"{field['year']} || '-' || {month} || '-' || lpad(trim({field['day']}), 2, '0')"
    clock = f"lpad({field['hour']}, 2, '0') || ':' || {field['minute']} || ':' || {second} || {fraction}"
    return [(f"({date} || 'T' || {clock} || coalesce({field.get('offset', 'null')}, ''))", "iso_instant")]
