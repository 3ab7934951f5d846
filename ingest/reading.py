"""How a source has to be read: as the operator says, or as its first lines say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from ingest.errors import AmbiguousDialectError, SourceError, UnknownFormatError
from ingest.formats import FORMATS, detect, json_dialect, log_format
from ingest.formats.csv_rows import column_names, missing_columns
from ingest.formats.dialect import dialect_named, dialect_of_text, near
from ingest.formats.json_lines import record_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.formats import LogFormat
    from ingest.formats.dialect import Dialect
    from ingest.report import ReadOptions
    from ingest.source import Block

_LINES_TO_DETECT = 50
_BYTES_TO_DETECT = 4 << 20


def format_of(name: str, first: Block | None, options: ReadOptions, sample: Callable[[str], str]) -> LogFormat:
    """The format of a source that begins with this block. UnknownFormatError when none claims it.

    `sample` redacts the line that the error shows.
    """
    head = first.data[:_BYTES_TO_DETECT].decode("utf-8", "replace").split("\n") if first else []
    lines = list(itertools.islice((line for line in head if line.strip("\ufeff \t\r")), _LINES_TO_DETECT))
    if options.dialect is not None:
        return _in_dialect(name, lines, dialect_named(options.dialect))
    try:
        found = _named(lines, options) if options.log_format or options.layout else detect(lines)
    except AmbiguousDialectError as error:
        raise SourceError(f"{name}: its dialect is not clear: {error}") from None
    if found is not None:
        return found
    if all(line.startswith("#") for line in lines):
        return log_format("json")  # empty, or nothing but comments so far
    raise UnknownFormatError(
        f"{name}: unknown_format: no format claims its first line: {sample(lines[0])!r}; known: {', '.join(FORMATS)};"
        f" {_what_to_do(lines[0])}"
    )


def _what_to_do(first_line: str) -> str:
    """What helps with a source that no format claims."""
    begin = first_line.strip("\ufeff \t\r")
    if begin == "{":
        return "it looks like JSON over several lines: jq -c . FILE makes it one record a line"
    if begin == "[" or begin.startswith("[{"):
        return "it looks like a JSON list: jq -c '.[]' FILE makes it one record a line"
    return "--log-format, --layout or --dialect says which it is"


def wanted_format(options: ReadOptions) -> str | None:
    """The name of the format that the operator says the sources have."""
    if options.dialect is not None:
        return dialect_named(options.dialect).format
    return "combined" if options.layout else options.log_format


def read_on(log_format_name: str, dialect: str | None, context: Mapping[str, Any]) -> LogFormat:
    """The format of a source that was read as this before: a user's own dialect is in the context."""
    if log_format_name not in {"json", "csv"} or dialect is None:
        return log_format(log_format_name, layout=dialect)
    text = context.get("dialect")
    known = dialect_of_text(text, f"dialect {dialect}") if text else dialect_named(dialect)
    return log_format(log_format_name, dialect=known)


def _named(lines: Sequence[str], options: ReadOptions) -> LogFormat:
    if options.log_format == "json":
        return json_dialect(lines)
    named = log_format(options.log_format or "combined", layout=options.layout)
    if options.layout is None:
        named.claims(lines)  # an access log finds its layout this way
    return named


def _in_dialect(name: str, lines: Sequence[str], dialect: Dialect) -> LogFormat:
    """The format with this dialect. SourceError where no line has the fields that make a call."""
    form = log_format(dialect.format, dialect=dialect)
    if dialect.format == "json":
        sound = (record for line in lines if (record := record_in(line)) is not None)
        records = [record for line in sound for record in dialect.records_of(line)]
        missing, found = (
            dialect.missing(records) if records else [],
            sorted({key for record in records for key in record}),
        )
    else:
        first = next((line for line in lines if not line.startswith("#")), None)
        is_sound = first is None or dialect.columns or form.claims([first])
        found = [] if is_sound or first is None else column_names(first, dialect)
        missing = [] if is_sound else missing_columns(found, dialect)
    if missing:
        wanted = dialect.fields.needed()
        raise SourceError(
            "; ".join(
                f"{name}: dialect {dialect.name}: no line has {' or '.join(wanted[what])}, which is the {what}"
                f"{near(wanted[what][0], found)}"
                for what in missing
            )
            + f"; found {', '.join(found)}"
        )
    return form
