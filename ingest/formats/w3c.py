"""W3C extended log format, as IIS writes it. `#Fields:` decides, also when it changes in mid-file; times are UTC.

#Fields: date time cs-method cs-uri-stem cs-uri-query cs-host sc-status sc-bytes time-taken cs(IntegrationId)
2026-10-21 11:55:36 GET /ProfitRestServices/connectors/KnX skip=0 4321.rest.afas.online 200 512 87 1234_5678
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.positions import insert_by_position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_DIRECTIVES = ("#software:", "#version:", "#date:", "#fields:", "#start-date:", "#end-date:", "#remark:")


class W3c:
    """Lines of values whose names stand in the last `#Fields:` before them."""

    name: ClassVar[str] = "w3c"
    dialect: str | None = None

    def claims(self, lines: Sequence[str]) -> bool:
        """A directive stands among the first lines."""
        return any(line.lstrip("\ufeff").lower().startswith(_DIRECTIVES) for line in lines)

    def read(self, connection: duckdb.DuckDBPyConnection, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fill `raw`, section by section: from one `#Fields:` to the next."""
        directives = connection.execute(
            "select line_number, line from lines"
            " where starts_with(ltrim(line, chr(65279)), '#') and lower(ltrim(line, chr(65279)))[:8] = '#fields:'"
            " order by line_number"
        ).fetchall()
        sections = [(-1, list(context.get("fields", [])))]
        for number, line in directives:
            fields = line.lstrip("\ufeff")[8:].lower().split()
            if fields == sections[-1][1]:
                continue  # a restarted server repeats its directives; nothing changes
            sections.append((number, fields))
        starts = [start for start, _ in sections]
        for (start, fields), end in zip(sections, [*starts[1:], 1 << 62], strict=True):
            _read_section(connection, fields, start, end)
        return {"fields": sections[-1][1]}

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Without that column nobody can tell who called."""
        if context.get("fields") and "cs(integrationid)" not in context["fields"]:
            return (
                "#Fields names no cs(IntegrationId): every call is unidentified; add the header to the log's fields",
            )
        return ()


def _read_section(connection: duckdb.DuckDBPyConnection, fields: Sequence[str], start: int, end: int) -> None:
    connection.execute("set variable width = ?", [len(fields)])
    connection.execute(
        r"""
        create or replace temp table split as
        with trimmed as (
            select line_number, byte_offset, fate, regexp_replace(ltrim(line, chr(65279)), '[ \t]*\r?\n?$', '') as text
            from lines
            where line_number >= ? and line_number < ?
        ),
        parts as (
            select
                line_number,
                byte_offset,
                case
                    when fate is not null then fate
                    when text = '' or starts_with(text, '#') then 'ignored'
                    when getvariable('width') = 0 then 'no_fields_directive'
                end as fate,
                case
                    when contains(text, e'\t') then string_split(text, e'\t')
                    when contains(text, '  ') then string_split_regex(text, ' +')
                    else string_split(text, ' ')
                end as part
            from trimmed
        )
        select
            line_number,
            byte_offset,
            case when fate is null and len(part) <> getvariable('width') then 'not_a_record' else fate end as fate,
            case
                when fate = 'no_fields_directive' then 'no #Fields line stands before it'
                when fate is null and len(part) <> getvariable('width')
                    then len(part) || ' values where #Fields names ' || getvariable('width')
            end as detail,
            list_transform(part, lambda value: nullif(value, '-')) as part
        from parts
        """,
        [start, end],
    )
    insert_by_position(connection, "w3c", fields)
