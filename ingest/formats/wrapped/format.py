r"""Lines of a format inside of others: behind what a container's runtime or syslog puts before them, or as a text in an object.

2026-10-01T07:00:00.28Z stdout F {"level":"info", ...}                      what Kubernetes keeps (CRI)
<190>Oct  1 09:00:00 edge01 caddy: {"level":"info", ...}                    syslog, as RFC 3164 or 5424 has it
caddy  | {"level":"info", ...}                                              docker compose
2026/10/01 09:00:00.250	info	http.log.access.log0	handled request	{...}      the console of Caddy
{"log": "{\"level\":\"info\", ...}\n", "stream": "stdout", ...}             what docker keeps, and others by other names
{"_index": "logs", "_source": {...}}                                        a record of Elasticsearch as it is exported

Each line becomes the line that is inside it, and keeps its number, its place and its fate; one that is not wrapped stays as it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.formats.combined.format import Combined
from ingest.formats.json_lines.format import JsonLines
from ingest.formats.json_lines.standard import record_in
from ingest.formats.wrapped.pieces import SPLITTING, Pieces, find_pieces, without_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.protocol import LogFormat


_PREFIXES = {
    "cri": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]+ std(?:out|err) [A-Z] ",
    "syslog": r"^(?:<[0-9]{1,3}>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [^ ]+ [^ :]+: ?",
    "syslog_5424": r"^<[0-9]{1,3}>1 [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) (?:\x{feff})?",
    "compose": r"^[A-Za-z0-9_.-]+ +[|] ",
    # A list of objects is no prefix.
    "prefix": "^(?:\\[[^{}\\s]|[^{}\\[\ufeff])[^{}]{0,199}\\{",
}
RUNTIMES = ("cri", "syslog", "syslog_5424", "compose")
"""The prefixes that are recognised whatever follows them."""

_CONSOLE_BEHIND_TIME = r"\t[^\t\"\\]{1,40}\t(http\.log\.access[^\t\"\\]{0,100})\t[^\t\"\\]{1,200}\t\{"
_CONSOLES = {
    "console": (
        r"^([0-9]{4})/([0-9]{2})/([0-9]{2}) ([0-9:.]{8,18})" + _CONSOLE_BEHIND_TIME,
        r'{"ts":"\1-\2-\3T\4","logger":"\5",',
    ),
    "console_with_another_time": (r"^([0-9][0-9TZ:., +-]{3,40})" + _CONSOLE_BEHIND_TIME, r'{"ts":"\1","logger":"\2",'),
}
"""The console of Caddy has the time and the logger before the record: pattern and what stands in its place."""

_KEYS = ("log", "message", "_source", "msg", "line", "MESSAGE", "event", "textPayload", "jsonPayload", "_raw", "body")
"""Under which names others keep a line: docker, Beats and Logstash, Elasticsearch, Loki, journald, Splunk, Google."""


@dataclass(frozen=True)
class Wrapping:
    """What stands around a line: a prefix, or an object that keeps it under a name."""

    kind: str

    def inside(self, line: str) -> str:
        """The line inside of this one; the same where nothing is around it."""
        line = line.lstrip("\ufeff")
        if self.kind in _CONSOLES:
            return re.sub(*_CONSOLES[self.kind], line, count=1)
        if self.kind == "prefix":
            return re.sub(_PREFIXES["prefix"], "{", line, count=1)
        if self.kind in _PREFIXES:
            return re.sub(_PREFIXES[self.kind].replace(r"\x{feff}", "\ufeff"), "", line, count=1)
        value = (record_in(line) or {}).get(self.kind)
        return (json.dumps(value) if isinstance(value, dict) else value if isinstance(value, str) else line).rstrip(
            "\r\n"
        )

    def sql(self, connection: duckdb.DuckDBPyConnection, number: int, line: str) -> str:
        """The SQL of `inside` of a line."""
        if self.kind in _CONSOLES:
            pattern, instead = _CONSOLES[self.kind]
            connection.execute(f"set variable wrapping_{number} = ?", [pattern])
            connection.execute(f"set variable instead_{number} = ?", [instead])
            return f"regexp_replace({line}, getvariable('wrapping_{number}'), getvariable('instead_{number}'))"
        if self.kind == "prefix":
            connection.execute(f"set variable wrapping_{number} = ?", [_PREFIXES["prefix"]])
            return f"regexp_replace({line}, getvariable('wrapping_{number}'), '{{')"
        if self.kind in _PREFIXES:
            connection.execute(f"set variable wrapping_{number} = ?", [_PREFIXES[self.kind]])
            return f"regexp_replace({line}, getvariable('wrapping_{number}'), '')"
        connection.execute(f"set variable wrapping_{number} = ?", [f'$."{self.kind}"'])
        return f"line_inside({line}, getvariable('wrapping_{number}'))"


class Wrapped:
    """A format whose lines stand inside of others, one wrapping after the other from the outside in."""

    def __init__(self, form: LogFormat, wrappings: Sequence[str]) -> None:
        self._form = form
        self._wrappings = tuple(wrappings)

    @property
    def name(self) -> str:
        """The name of the format inside."""
        return self._form.name

    @property
    def dialect(self) -> str | None:
        """The dialect or the layout of the lines inside."""
        return self._form.dialect

    @property
    def says_host(self) -> str:
        """As the format inside has it."""
        return self._form.says_host

    @property
    def reading(self) -> object:
        """The settings that decide how a line is read."""
        return self._wrappings, self._form.reading

    def claims(self, lines: Sequence[str]) -> bool:
        """Whether the format claims the texts inside these lines."""
        return self._form.claims(inside_of(lines, self._wrappings))

    @property
    def wrappings(self) -> tuple[str, ...]:
        """What stands around the lines."""
        return self._wrappings

    @property
    def inside(self) -> LogFormat:
        """The format of the lines inside."""
        return self._form

    def with_chosen_headers(self, lines: Sequence[str]) -> Wrapped:
        """The same for a log that begins with these lines, if those inside show that it holds chosen headers only."""
        if not isinstance(self._form, JsonLines):
            return self
        return Wrapped(self._form.with_chosen_headers(inside_of(lines, self._wrappings)), self._wrappings)

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of the lines inside."""
        line = "line"
        found: list[Pieces] = []
        for number, kind in enumerate(self._wrappings):
            if kind in SPLITTING and not found:
                found.append(find_pieces(connection, kind, line, begins, are_objects=self._form.name == "json"))
            line = Wrapping(kind).sql(connection, number, line)
        unwrapped = connection.sql(f"select * replace ({line} as line) from lines").to_arrow_table()
        for pieces in found:
            unwrapped = pieces.refused(unwrapped)
        connection.register("lines", unwrapped)
        table, contexts = self._form.read(connection, unwrapped, begins)
        for pieces in found:
            table = pieces.explained(connection, table)
            contexts = [
                {**without_pieces(context), **more} for context, more in zip(contexts, pieces.contexts, strict=True)
            ]
        return table, [{**context, "wrappings": list(self._wrappings)} for context in contexts]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """The warnings about the lines inside."""
        return self._form.warnings(context)


def wrapping_of(form: LogFormat) -> tuple[tuple[str, ...], str | None]:
    """What stands around the lines of a format, and the pattern (RE2) of a line inside; None where no line stands inside of another."""
    around, inside = (form.wrappings, form.inside) if isinstance(form, Wrapped) else ((), form)
    match inside:
        case Combined():
            return around, f"^(?:{inside.layout.pattern})$"
        case JsonLines():
            return around, r"^\{"
        case _:
            return around, None


def with_other_prefixes(form: LogFormat, lines: Sequence[str]) -> LogFormat:
    """The format of a log that begins with these lines, where some have another prefix than the rest, or alone have one.

    Files of several containers or servers are put together. A prefix that is known for what it is stands before no line that has none, so
    all of them can be taken away from wherever they are. That does not go for objects, which may have a field of the name under which others
    keep a line, nor for batches of records: a line inside another line is one record.
    """
    inside = form.inside if isinstance(form, Wrapped) else form
    there, _ = wrapping_of(form)
    if isinstance(inside, Combined):
        reads = inside.matches
    elif isinstance(inside, JsonLines) and not inside.records:
        reads = inside.claims
    else:
        return form
    more = tuple(
        kind
        for kind in RUNTIMES
        if kind not in there
        # If two runtimes cut lines, it is not clear which of them cut a line.
        and not (kind in SPLITTING and not set(SPLITTING).isdisjoint(there))
        and reads([one for line in lines if (one := Wrapping(kind).inside(line)) != line.lstrip("\ufeff")])
    )
    return Wrapped(inside, (*more, *there)) if more else form


def inside_of(lines: Sequence[str], wrappings: Sequence[str]) -> list[str]:
    """The lines inside of these."""
    found = list(lines)
    for kind in wrappings:
        found = [Wrapping(kind).inside(line) for line in found]
    return found


def possible_wrappings(lines: Sequence[str], depth: int = 2) -> list[tuple[str, ...]]:
    """What may stand around these lines, the likeliest first."""
    if not depth:
        return []
    found: list[tuple[str, ...]] = []
    deeper: list[tuple[str, ...]] = []
    records = [record for line in lines if (record := record_in(line)) is not None]
    texts = [line.lstrip("\ufeff") for line in lines]
    keys = [key for key in _KEYS if any(isinstance(record.get(key), dict | str) for record in records)]
    for kind in (*_CONSOLES, *_PREFIXES, *keys):
        inside = inside_of(lines, [kind])
        if inside != texts:
            found.append((kind,))
            deeper += [(kind, *more) for more in possible_wrappings(inside, depth - 1)]
    return found + deeper
