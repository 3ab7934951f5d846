"""CSV: the fields of a dialect as columns, by the names in a header row or by their position.

    timestamp;method;url;integration_id;status;duration_ms;request_bytes;response_bytes;user_agent;request_id

A record is a line: a quote that is not closed on its line spoils this line alone. Nobody can tell a value that goes on on the
next line from a bad row with a good one below it, so neither takes its neighbour away.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.catalogue.platform_host import holds_callers_words, places_of_hosts
from ingest.formats.dialect import OWN_CSV, Fields, dialects, id_names, paths_of, unread_in, with_dialect
from ingest.formats.dialect_fields import HEADERS, ID_HEADER, fields_of_dialect, is_header_name
from ingest.formats.header_objects import (
    HeaderColumns,
    header_columns,
    headers_before,
    headers_warnings,
    read_header_columns,
    with_unread_headers,
)
from ingest.formats.json_rearranged import json_path
from ingest.formats.positions import Places, first_lines, headers_of_each, read_sections, sections_of
from ingest.formats.unread import could_be, with_unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.dialect import Dialect

DELIMITERS = (",", ";", "\t")
"""What may be between values where nobody says it."""
_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_LONGEST_HEADER = 20_000
_NO_NAME, _CALLERS_WORDS = "", " referer"
"""Instead of the names of columns that nobody reads, in the second of which callers mention hosts. No column is called so."""

_ANNOUNCEMENT = re.compile(r"(?i)\ufeff?(\"?)sep=([^\"\r\n])\1[\r\n]*")
"""What Excel writes above a header: sep=; is the delimiter."""


@dataclass(frozen=True)
class _Header:
    """The names of the columns, lower case, and what separates them. A column that nobody reads has none: its name may be anything."""

    columns: tuple[str, ...]
    delimiter: str
    announced: str | None = None
    """What a line sep=; has said for the header below it."""
    unread: tuple[tuple[str, str], ...] = ()
    """The columns that nobody reads, and what they could be."""
    written: tuple[str, ...] = field(default=(), compare=False)
    """The columns as they are written, as long as it matters which of them is the host."""


class Csv:
    """Rows of a table whose columns are called as a dialect says, our own if nothing else is said."""

    name: ClassVar[str] = "csv"

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._dialect = dialect or dialects()[OWN_CSV]
        fields = self._dialect.fields
        self._paths = {path.lower() for name in type(fields).model_fields for path in paths_of(getattr(fields, name))}
        self._paths |= {source.at.lower() for source in self._dialect.headers if source.at}
        self._needed = [{path.lower() for path in paths} for paths in self._dialect.fields.needed().values()]

    @property
    def dialect(self) -> str | None:
        """Whose names the columns have; None for our own."""
        return None if self._dialect.name == OWN_CSV else self._dialect.name

    @property
    def reading(self) -> object:
        """What decides how a line is read."""
        return self.name, self._dialect

    def claims(self, lines: Sequence[str]) -> bool:
        """The first line, comments and what Excel puts above it aside, names the columns without which there is no call."""
        announced = None
        for line in lines:
            if (separator := _announced(line)) is not None:
                announced = separator
            elif not line.lstrip("\ufeff").startswith("#"):
                return self._header(line, announced) is not None
        return False

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """Fill `raw`. A line that repeats the header is ignored, one that names other columns is the new header."""
        connection.execute("set variable time_names = ?", [sorted(self._needed[0])])
        connection.execute("set variable status_names = ?", [sorted(self._needed[3])])
        before = [(start, self._header_before(context)) for start, context in begins]
        headers = list(self._headers(connection.execute(self._header_lines()).fetchall(), before))
        connection.execute("create or replace temp table headers (line_number bigint)")
        connection.execute("insert into headers select unnest(?)", [[number for number, _ in headers]])
        sections = self._with_hosts(connection, sections_of(before, headers, lambda _, header: header)[0])
        headers_of = headers_of_each(sections, [start for start, _ in begins])
        # What was announced is for headers, not for rows.
        rows = [(start, replace(header, announced=None)) for start, header in sections]
        unread_headers: list[int] = []
        table = read_sections(connection, rows, partial(_split_by, self._dialect, unread_headers))
        connection.unregister("records")
        contexts = [
            with_unread(
                connection,
                {
                    "columns": list(last.columns),
                    "delimiter": last.delimiter,
                    "announced": last.announced,
                    **headers_before(context),
                },
                (one for header in (*others, last) for one in header.unread),
                before=context,
            )
            for (*others, last), (_, context) in zip(headers_of, begins, strict=True)
        ]
        contexts = with_unread_headers(contexts, [start for start, _ in begins], unread_headers)
        return table, [with_dialect(context, self._dialect) for context in contexts]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """A table without ids cannot say who called."""
        if not context:
            return ()
        objects = [source.at for source in self._dialect.headers if source.at]
        if _holds_ids(self._dialect, context["columns"]) or {one.lower() for one in objects} & set(context["columns"]):
            return headers_warnings(context, objects)
        names = " or ".join([*self._dialect.fields.integration_id, *objects])
        return (f"the header names no {names}: nobody knows whose the calls are (id_status not_logged)",)

    def _header_before(self, context: Mapping[str, Any]) -> _Header:
        """The header in force where reading begins."""
        columns = context.get("columns", (column.lower() for column in self._dialect.columns))
        delimiter = context.get("delimiter", self._dialect.delimiter or DELIMITERS[0])
        return _Header(tuple(columns), str(delimiter), context.get("announced"))

    def _headers(
        self, found: Sequence[tuple[int, str]], before: Sequence[tuple[int, _Header]]
    ) -> Iterator[tuple[int, _Header]]:
        """Those of these lines that say how the lines below them have to be read, and how that is."""
        begins = deque(before)
        header = before[0][1]
        for number, line in found:
            while begins and begins[0][0] <= number:
                header = begins.popleft()[1]
            if (separator := _announced(line)) is not None:
                delimiter = self._dialect.delimiter or separator
                header = replace(header, delimiter=delimiter, announced=separator)
            elif (named := self._header(line, header.announced)) is not None:
                header = named
            else:
                continue
            yield number, header

    def _header(self, line: str, announced: str | None) -> _Header | None:
        """The header that a line is; None for any other line, and for one that goes on behind a CR."""
        line = line.strip("\ufeff\r\n")
        if "\r" in line or len(line) > _LONGEST_HEADER:
            return None
        delimiters = (self._dialect.delimiter,) if self._dialect.delimiter else (announced, *DELIMITERS)
        for delimiter in delimiters:
            columns = () if delimiter is None else _names(line, delimiter, self._dialect.quote)
            if all(names & set(columns) for names in self._needed):
                read = [self._is_read(column) for column in columns]
                kept = tuple(
                    column if is_read else _CALLERS_WORDS if holds_callers_words(column) else _NO_NAME
                    for column, is_read in zip(columns, read, strict=True)
                )
                # Shown as they are written, but found by their small letters.
                written = _names(line, str(delimiter), self._dialect.quote, as_written=True)
                others = [name for name, is_read in zip(written, read, strict=True) if name and not is_read]
                unread = unread_in(self._dialect, columns, others)
                return _Header(kept, str(delimiter), announced, unread, written)
        return None

    def _with_hosts(
        self, connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, _Header]]
    ) -> list[tuple[int, _Header]]:
        """The sections, in which a column that holds hosts where URLs are paths is one that is read."""
        lines = first_lines(
            connection, sections, [start for start, header in sections if header.written and header.unread]
        )
        return [
            (
                start,
                replace(header, unread=_without_hosts(header, lines[start], self._dialect))
                if start in lines
                else header,
            )
            for start, header in sections
        ]

    def _is_read(self, column: str) -> bool:
        """Whether somebody asks for a column of this name."""
        return (
            column in self._paths
            or bool(_id_columns(self._dialect, [column]))
            or any(_header_columns(self._dialect, [column], name) for name in HEADERS)
        )

    def _header_lines(self) -> str:
        """The SQL of the lines that may be headers: few enough to be looked at one by one. A date is no name of a column."""
        times, statuses = (
            " or ".join(
                f"contains(lower(line), getvariable('{variable}')[{number}])" for number, _ in enumerate(names, start=1)
            )
            for variable, names in (("time_names", self._needed[0]), ("status_names", self._needed[3]))
        )
        return (
            "select line_number, line from lines"
            f" where not regexp_matches(line, '^.?[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') and ({times}) and ({statuses})"
            " or length(line) < 12 and contains(lower(line), 'sep=')"
            " order by line_number"
        )


def is_header(line: str) -> bool:
    """Whether this line names the columns of a table of calls, or of any other as far as one can tell.

    What a user's own columns are called is not known here; but a line with a call in it has a status and a time.

    >>> is_header("when;verb;address;answer"), is_header("2026-10-01;GET;/;200"), is_header("{this is no record")
    (True, False, False)
    """
    if line.startswith("{") or len(line) > _LONGEST_HEADER:
        return False
    if _announced(line) is not None or Csv().claims([line]):
        return True
    names = re.split(r"[,;\t|]", line)
    return len(names) >= 4 and not re.search("[0-9]{3}", line) and all(re.search("[A-Za-z]", name) for name in names)


def table_header(lines: Sequence[str]) -> tuple[list[str], str] | None:
    """The columns that the first line plainly names, as they are written, and what is between them; None where it names none.

    Some of them have to be called as fields of a call are, or else any prose with commas would be a header.

    >>> table_header(["when;method;path;answer"]), table_header(["Dear sir, we write, to you"])
    ((['when', 'method', 'path', 'answer'], ';'), None)
    """
    first = next((line for line in lines if _announced(line) is None and not line.lstrip("\ufeff").startswith("#")), "")
    if first.startswith(("{", "[")) or len(first) > _LONGEST_HEADER or re.search("[0-9]{3}", first):
        return None
    found = [(_names(first.strip("\ufeff\r\n"), one, '"', as_written=True), one) for one in (*DELIMITERS, "|")]
    names, delimiter = max(found, key=lambda one: len(one[0]))
    known = [name for name in names if could_be(name)[0]]
    is_header = len(names) >= 3 and len(known) >= 2 and all(re.search("[A-Za-z]", name) for name in names)
    return (list(names), delimiter) if is_header else None


def column_names(line: str, dialect: Dialect) -> list[str]:
    """The values of a line, split at what separates most of them."""
    delimiters = (dialect.delimiter,) if dialect.delimiter else DELIMITERS
    found = [_names(line.strip("\ufeff\r\n"), delimiter, dialect.quote) for delimiter in delimiters]
    longest = max(found, key=len)
    return list(longest)


def missing_columns(columns: Sequence[str], dialect: Dialect) -> list[str]:
    """Which of the fields that make a call none of these columns is."""
    needed = dialect.fields.needed()
    return [what for what, paths in needed.items() if not {path.lower() for path in paths} & set(columns)]


def _announced(line: str) -> str | None:
    """The delimiter that a line says and nothing else.

    >>> _announced("sep=;"), _announced("timestamp;status")
    (';', None)
    """
    found = _ANNOUNCEMENT.fullmatch(line)
    return found[2] if found else None


def _names(line: str, delimiter: str, quote: str, *, as_written: bool = False) -> tuple[str, ...]:
    """The names of the columns in a line. What has no name at its end is no column but a delimiter too many."""
    if delimiter == quote:
        return ()
    line = line[:_LONGEST_HEADER].replace("\r", " ")
    reader = csv.reader([line], delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter != " ")
    parts = next(reader, [])
    names = tuple(part.strip().removeprefix(f"={quote}").strip(quote).strip() for part in parts)
    names = names if as_written else tuple(name.lower() for name in names)
    return names[:-1] if names and not names[-1] else names


def _without_hosts(header: _Header, lines: Sequence[str], dialect: Dialect) -> tuple[tuple[str, str], ...]:
    rows = []
    for line in lines:
        reader = csv.reader([line.rstrip("\r\n")], delimiter=header.delimiter, quotechar=dialect.quote)
        values = next(reader, [])
        if any(value.startswith("/") for value in values):
            rows.append(dict(zip(header.written, values, strict=False)))
    hosts = [name for name in header.written if places_of_hosts(rows, [name])]
    return tuple(one for one in header.unread if one[0] not in hosts)


def _header_columns(dialect: Dialect, columns: Sequence[str], header: str) -> list[str]:
    """The columns that hold a header of the request."""
    return [
        column
        for source in dialect.headers
        if source.at is None
        for column in dict.fromkeys(columns)
        if is_header_name(column, source.prefix, header)
    ]


def _id_columns(dialect: Dialect, columns: Sequence[str]) -> list[str]:
    """The columns that are the IntegrationId, apart from those that are headers by their prefix."""
    named = id_names([(path.lower(),) for path in dialect.fields.integration_id], {(): columns})
    headers = _header_columns(dialect, columns, ID_HEADER)
    return [column for (column,) in named if column not in headers]


def _holds_ids(dialect: Dialect, columns: Sequence[str]) -> bool:
    """Whether one of the columns is the IntegrationId, or a header that is no column was not sent."""
    is_complete = dialect.headers_complete and not any(source.at for source in dialect.headers)
    return is_complete or bool(_id_columns(dialect, columns) or _header_columns(dialect, columns, ID_HEADER))


def _split_by(
    dialect: Dialect, unread_headers: list[int], connection: duckdb.DuckDBPyConnection, header: _Header
) -> str:
    """The SQL of the rows below a header. `unread_headers` gets the lines whose headers are in a shape that is not read."""
    columns, delimiter = header.columns, header.delimiter
    _bind_patterns(connection, delimiter, dialect.quote)
    connection.execute("set variable width = ?", [len(columns)])
    place = Places(columns)
    objects = header_columns(dialect, place)
    texts = {column: place.values(column)[0] for column, _ in objects}
    split = _split(dialect, connection, place, delimiter)
    held = HeaderColumns()
    if objects:
        held = read_header_columns(connection, objects, split, texts, dialect.empty)
        unread_headers += held.unread
        split = "with split as (from records)"

    ids = _id_columns(dialect, columns)

    def values(path: str) -> list[str]:
        if path in dialect.fields.integration_id:
            return place.values(*(column for column in ids if (column,) in id_names([(path.lower(),)], {(): ids})))
        return place.values(path.lower())

    def headers(name: str) -> list[str]:
        # A header that two columns hold was sent twice; one column that is written twice says it twice.
        named = [place.values(column)[0] for column in _header_columns(dialect, columns, name)]
        return [*named, *held.values(connection, name)]

    cases = ""
    for what, paths in dialect.fields.needed().items():
        named = next((path.lower() for path in paths if path.lower() in place), "")
        connection.execute(f"set variable empty_{what} = 'no value in the field ' || redacted_key(?)", [named])
        cases += f" when detail = '{what}' then getvariable('empty_{what}')"
    # A host by another name is looked for only where a URL may be a path.
    relative = "select count(*) > 0 from section where contains(line, $1 || '/') or contains(line, $2 || '/') or contains(line, ' /')"
    [[has_paths]] = connection.execute(relative, [delimiter, dialect.quote]).fetchall()
    others = None
    if has_paths:
        # A caller mentions hosts in some of his headers.
        said = [f"without_callers_words({text})" for text in texts.values()]
        others = f"[{', '.join([*place.without_callers_words(but=set(texts)), *said])}]"
    fields = fields_of_dialect(
        connection,
        dialect,
        values,
        headers,
        logged=_logged(connection, dialect, place, columns, held),
        host=_host_by_another_name(dialect, columns, held.values(connection, "host")) if has_paths else None,
        others=others,
    )
    detail = f"case when fate is not null or detail is null then detail{cases} end"
    return f"select * replace ({detail} as detail) from ({split} {fields})"


def _split(dialect: Dialect, connection: duckdb.DuckDBPyConnection, place: Places, delimiter: str) -> str:
    """The SQL that cuts rows into values. What a table does not need is left out, because it would be asked of every line."""
    for name in Fields.model_fields:
        place.values(*(path.lower() for path in paths_of(getattr(dialect.fields, name))))
    place.values(*_id_columns(dialect, list(place)))
    for name in HEADERS:
        place.values(*_header_columns(dialect, list(place), name))
    return _SPLIT.replace("$has_tabs", "false" if delimiter == "\t" else "contains(text, e'\\t')").replace(
        "$differs", place.differing(connection, dialect.empty)
    )


def _logged(
    connection: duckdb.DuckDBPyConnection,
    dialect: Dialect,
    place: Places,
    columns: Sequence[str],
    held: HeaderColumns,
) -> Mapping[str, str]:
    """The SQL of whether a header that is absent was not sent: any, and the IntegrationId.

    In a row whose headers are an object all of them are there, if the dialect says so.
    """
    whole = "false"
    if dialect.headers_complete and held.sources:
        connection.execute(
            "set variable header_objects = ?::varchar[]", [[json_path((column,)) for column, _ in held.sources]]
        )
        whole = "list_contains(json_type(object, getvariable('header_objects')), 'OBJECT')"
    ids = held.places(ID_HEADER)
    connection.execute("set variable id_places = ?::varchar[]", [[json_path(parts) for parts in ids]])
    id_logged = f"(list_count(json_type(object, getvariable('id_places'))) > 0 or {whole})" if ids else whole
    return {
        "headers_logged": "true" if any(path.lower() in place for path in dialect.fields.authorization) else whole,
        "id_logged": "true" if _holds_ids(dialect, columns) else id_logged,
    }


def _host_by_another_name(dialect: Dialect, columns: Sequence[str], in_headers: Sequence[str]) -> str | None:
    """The SQL of the host that a column holds whatever it is called; None where a column is the header.

    A host of the platform that was sent as a header goes before it, any other behind it: in which rows there is one must not
    matter to the others.
    """
    if _header_columns(dialect, columns, "host"):
        return None
    sent = [f"case when is_platform_host({value}) then {value} end" for value in in_headers]
    return f"coalesce({', '.join([*sent, 'only_platform_host(part)'])})"


def _bind_patterns(connection: duckdb.DuckDBPyConnection, delimiter: str, quote: str) -> None:
    special, mark = (f"\\x{{{ord(character):x}}}" for character in (delimiter, quote))
    blanks = "[" + "".join(blank for blank in " \t" if blank != delimiter) + "]*"
    # ="4321_678901" is how a text is kept one in Excel.
    in_quotes = f"=?{mark}(?:[^{mark}]|{mark}{mark})*{mark}"
    bare = f"[^{mark}{special}]*"
    plain = f"(?:{blanks}{mark}{bare}{mark}{blanks}|{bare})"
    row = f"(?:{special}(?:{blanks}{in_quotes}{blanks}|{bare}))*"
    for name, value in {
        "delimiter": delimiter,
        "quote": quote,
        "blank_behind": f"{delimiter} ",
        "blank_before": f" {delimiter}",
        "csv_plain_row": f"{plain}(?:{special}{plain})*",
        "csv_value": f"{special}{blanks}({in_quotes}|{bare})",
        "csv_row": row,
        "csv_sound": f"^{row}",
    }.items():
        connection.execute(f"set variable {name} = ?", [value])
