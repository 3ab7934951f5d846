"""Access logs of Apache and nginx, by the layout that their configuration names.

1234.rest.afas.online 192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /ProfitRestServices/... HTTP/1.1" 200 512 ...
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.layout import TIMES, Layout, compile_layout
from ingest.raw import raw_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

DEFAULT_LAYOUT = (
    '$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
    ' "$http_referer" "$http_user_agent" "$http_integrationid" $request_time'
)
_LINE_END = r"[ \t]*\r?\n?"
_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Combined:
    """Lines of one layout. What does not match it whole is no record."""

    name: ClassVar[str] = "combined"

    def __init__(self, layout: str = DEFAULT_LAYOUT) -> None:
        self.layout: Layout = compile_layout(layout)
        self._query = f"{_split(self.layout)}\n{_select(self.layout)}"

    @property
    def dialect(self) -> str | None:
        """The layout, where it is not the default one."""
        return None if self.layout.text == DEFAULT_LAYOUT else self.layout.text

    def claims(self, lines: Sequence[str]) -> bool:
        """Some line matches the layout."""
        pattern = re.compile(self.layout.pattern)
        return any(pattern.fullmatch(line.lstrip("\ufeff").rstrip("\r\n")) for line in lines)

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line, each value by its own rule."""
        connection.execute("set variable layout = ?", [f"^(?:{self.layout.pattern}){_LINE_END}$"])
        for number, part in enumerate(self.layout.parts, start=1):
            end = _LINE_END if number == len(self.layout.parts) else ""
            connection.execute(f"set variable layout_{number} = ?", [f"^({part.pattern}{end})$"])
        return raw_table(connection, self._query), [context for _, context in begins]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without the header in the layout nobody can tell who called."""
        if "integration_id" not in self.layout.groups:
            return ("the layout names no IntegrationId header: every call is unidentified; add $http_integrationid",)
        return ()


def _split(layout: Layout) -> str:
    """The SQL that cuts lines into the values of a layout."""
    segments = [
        f"regexp_extract(part[{number}], getvariable('layout_{number}'), [{_names(('whole', *part.groups))}]) as part_{number}"
        for number, part in enumerate(layout.parts, start=1)
        if not part.is_value
    ]
    is_quick = " and ".join(
        f"part_{number}.whole <> ''" for number, part in enumerate(layout.parts, start=1) if not part.is_value
    )
    return (
        _SPLIT.replace("$can_be_cut", str(layout.splits_by_quotes).lower())
        .replace("$count", str(len(layout.parts)))
        .replace("$segments", ", ".join(segments))
        .replace("$is_quick", is_quick)
        .replace("$groups", _names(layout.groups))
        .replace("$time", next(name for name in layout.groups if name in TIMES))
    )


def _names(groups: Sequence[str]) -> str:
    return ", ".join(f"'{group}'" for group in groups)


def _values(layout: Layout) -> dict[str, str]:
    """The SQL of each value: from its part of the line where that was cut, else from the pattern of the whole."""
    values = {}
    for number, part in enumerate(layout.parts, start=1):
        for group in part.groups:
            cut = f"part[{number}]" if part.is_value else f"part_{number}.{group}"
            values[group] = f"nullif(nullif(case when is_quick then {cut} else whole.{group} end, '-'), '')"
    return values


def _select(layout: Layout) -> str:
    """The values of `raw` from the layout's groups. The names are ours; no text of the log or the layout is in it."""
    field = _values(layout)

    def of(*names: str) -> str:
        found = [field[name] for name in names if name in field]
        return "null" if not found else found[0]

    times = [
        f"common_log_instant({field['time_local']})" if "time_local" in field else "null",
        f"iso_instant({field['time_iso']})" if "time_iso" in field else "null",
        f"epoch_instant({field['time_seconds']})" if "time_seconds" in field else "null",
    ]
    request = of("request")
    method = of("method") if "method" in field else f"split_part({request}, ' ', 1)"
    if "request" in field:
        target = f"target_of({request})"
    elif "target" in field:
        target = field["target"]
    else:
        query = of("query_marked") if "query_marked" in field else f"'?' || {of('query')}"
        target = f"{of('path')} || coalesce({query}, '')"
    duration = "null"
    for name, factor in (("milliseconds", "1"), ("microseconds", "0.001"), ("seconds", "1000")):
        if name in field:
            duration = f"round(number_or_null({field[name]}) * {factor}, 3)"
            break
    return (
        "select line_number, byte_offset, fate, detail,"
        f" coalesce({', '.join(times)}) as called_at, {method} as method,"
        f" url_from_parts({of('host')}, {target}, null) as url,"
        f" unescaped({of('integration_id')}) as id_text, false as id_repeated, {of('status')} as status,"
        f" {duration} as duration_ms, number_or_null({of('request_bytes')}) as request_bytes,"
        f" number_or_null({of('response_bytes')}) as response_bytes, unescaped({of('user_agent')}) as user_agent,"
        f" {of('authorization')} as authorization_header, {'true' if 'authorization' in field else 'false'} as headers_logged,"
        f" null::varchar as body, {of('api_version')} as api_version, {of('request_id')} as request_id from split"
    )
