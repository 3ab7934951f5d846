"""The SQL that cuts rows into values, and makes fields of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.formats.dialect.fields import HEADERS, ID_HEADER, fields_of_dialect, is_header_name
from ingest.formats.dialect.model import Fields, paths_of
from ingest.formats.dialect.names import id_names
from ingest.formats.dialect.spellings import Spelling
from ingest.formats.json_lines.headers import HeaderColumns, header_columns, read_header_columns
from ingest.formats.json_lines.rearranged import json_path
from ingest.formats.positions import ColumnPlaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from ingest.formats.csv_rows.header import Header
    from ingest.formats.dialect.model import Dialect

_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def columns_of_header(dialect: Dialect, columns: Sequence[str], header: str) -> list[str]:
    """The columns that hold a header of the request."""
    return [
        column
        for source in dialect.headers
        if source.at is None
        for column in dict.fromkeys(columns)
        if is_header_name(column, source.prefix, header)
    ]


def id_columns(dialect: Dialect, columns: Sequence[str]) -> list[str]:
    """The columns that are the IntegrationId, apart from those that are headers by their prefix."""
    named = id_names([(path.lower(),) for path in dialect.fields.integration_id], {(): columns})
    headers = columns_of_header(dialect, columns, ID_HEADER)
    return [column for (column,) in named if column not in headers]


def holds_ids(dialect: Dialect, columns: Sequence[str]) -> bool:
    """Whether one of the columns is the IntegrationId, or a header that is no column was not sent."""
    is_complete = dialect.headers_complete and not any(source.at for source in dialect.headers)
    return is_complete or bool(id_columns(dialect, columns) or columns_of_header(dialect, columns, ID_HEADER))


def split_by(dialect: Dialect, unread_headers: list[int], connection: duckdb.DuckDBPyConnection, header: Header) -> str:
    """The SQL of the rows below a header. `unread_headers` gets the lines whose headers are in a shape that is not read."""
    columns, delimiter = header.columns, header.delimiter
    _bind_patterns(connection, delimiter, dialect.quote)
    connection.execute("set variable width = ?", [len(columns)])
    place = ColumnPlaces(columns)
    objects = header_columns(dialect, place)
    texts = {column: place.values(column)[0] for column, _ in objects}
    split = _split(dialect, connection, place, delimiter)
    held = HeaderColumns()
    if objects:
        held = read_header_columns(connection, objects, split, texts, dialect.empty)
        unread_headers += held.unread
        split = "with split as (from records)"

    ids = id_columns(dialect, columns)

    def values(path: str) -> list[str]:
        if path in dialect.fields.integration_id:
            return place.values(*(column for column in ids if (column,) in id_names([(path.lower(),)], {(): ids})))
        return place.values(path.lower())

    def headers(name: str) -> list[Spelling]:
        # A header that two columns hold was sent twice; one column that is written twice says it twice.
        named = columns_of_header(dialect, columns, name)
        in_columns = [Spelling(place.values(column)[0], f"(0, {number})") for number, column in enumerate(named)]
        return [*in_columns, *held.values(connection, name)]

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
        host=_host_by_another_name(dialect, columns, [one.value for one in held.values(connection, "host")])
        if has_paths
        else None,
        others=others,
    )
    detail = f"case when fate is not null or detail is null then detail{cases} end"
    return f"select * replace ({detail} as detail) from ({split} {fields})"


def _split(dialect: Dialect, connection: duckdb.DuckDBPyConnection, place: ColumnPlaces, delimiter: str) -> str:
    """The SQL that cuts rows into values. Steps that a table does not need are left out, because each would run for every line."""
    for name in Fields.model_fields:
        place.values(*(path.lower() for path in paths_of(getattr(dialect.fields, name))))
    place.values(*id_columns(dialect, list(place)))
    for name in HEADERS:
        place.values(*columns_of_header(dialect, list(place), name))
    return _SPLIT.replace("$has_tabs", "false" if delimiter == "\t" else "contains(text, e'\\t')").replace(
        "$differs", place.differing(connection, dialect.empty)
    )


def _logged(
    connection: duckdb.DuckDBPyConnection,
    dialect: Dialect,
    place: ColumnPlaces,
    columns: Sequence[str],
    held: HeaderColumns,
) -> Mapping[str, str]:
    """The SQL of whether an absent header was not sent: any header, and the IntegrationId.

    A row whose headers are an object holds all of them, if the dialect says that its headers are complete.
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
        "id_logged": "true" if holds_ids(dialect, columns) else id_logged,
    }


def _host_by_another_name(dialect: Dialect, columns: Sequence[str], in_headers: Sequence[str]) -> str | None:
    """The SQL of the host that a column of any name holds; None where a column is the Host header.

    A host of the platform that was sent as a header comes before it, any other one after it. Whether some rows have such a header must
    not change what the other rows mean.
    """
    if columns_of_header(dialect, columns, "host"):
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
