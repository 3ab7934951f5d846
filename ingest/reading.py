"""How a source has to be read: as the operator says, or as its first lines say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import AmbiguousDialectError, AmbiguousHostError, SourceError, UnknownFormatError
from ingest.formats import FORMATS, detect, json_dialect, log_format
from ingest.formats.csv_rows import column_names, missing_columns
from ingest.formats.dialect import dialect_named, dialect_of_text, near, nearest
from ingest.formats.json_lines import record_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.formats import LogFormat
    from ingest.formats.dialect import Dialect
    from ingest.report import ReadOptions
    from ingest.source import Block

_LINES_TO_DETECT = 50
_MORE_LINES_TO_DETECT = 1000
_BYTES_TO_DETECT = 4 << 20
_MOST_NAMES = 25
_LAYOUT_OR_DIALECT = "--layout (an access log) or --dialect FILE (JSON)"


class Words(Protocol):
    """What of a log may be shown in an error."""

    def sample(self, line: str) -> str:
        """The redacted beginning of a line."""

    def names(self, names: Sequence[str]) -> list[str]:
        """These names of fields, redacted where they look like anything else."""


def format_of(name: str, first: Block | None, options: ReadOptions, words: Words) -> LogFormat:
    """The format of a source that begins with this block. UnknownFormatError when none claims it.

    A line is enough, so that a log may begin with others; where none of the first is one, more of them are looked at.
    """
    head = first.data[:_BYTES_TO_DETECT].decode("utf-8", "replace").split("\n") if first else []
    more = list(itertools.islice((line for line in head if line.strip("\ufeff \t\r")), _MORE_LINES_TO_DETECT))
    lines = more[:_LINES_TO_DETECT]
    if options.dialect is not None:
        return _in_dialect(name, lines, dialect_named(options.dialect), words)
    try:
        if options.log_format or options.layout:
            return _named(lines, options)
        found = detect(lines) or (detect(more) if len(more) > len(lines) else None)
    except AmbiguousDialectError as error:
        raise SourceError(f"{name}: its dialect is not clear: {error}") from None
    except AmbiguousHostError as error:
        raise SourceError(f"{name}: {error}; {_LAYOUT_OR_DIALECT} says it") from None
    if found is not None:
        return found
    if all(line.startswith("#") for line in lines):
        return log_format("json")  # empty, or nothing but comments so far
    raise UnknownFormatError(f"{name}: unknown_format: {_what_is_wrong(more, words)}")


def _what_is_wrong(lines: Sequence[str], words: Words) -> str:
    """Why no format claims these lines, and what helps."""
    records = [record for line in lines[:_LINES_TO_DETECT] if (record := record_in(line)) is not None]
    if records:
        dialect, lacking = nearest(records)
        wanted = dialect.fields.needed()
        return (
            f"no line of JSON is a call: found {_found(records, words)}; the nearest dialect is {dialect.name}, and no line has"
            f" {', nor '.join(f'the {what} ({_either(wanted[what])})' for what in lacking) or 'all of its fields'};"
            " --dialect FILE says which field is what, if they are calls"
        )
    begin = lines[0].strip("\ufeff \t\r")
    help_with = "--log-format, --layout or --dialect says which it is"
    if begin == "{":
        help_with = "it looks like JSON over several lines: jq -c . FILE makes it one record a line"
    if begin == "[" or begin.startswith("[{"):
        help_with = "it looks like a JSON list: jq -c '.[]' FILE makes it one record a line"
    return f"no format claims its first line: {words.sample(lines[0])!r}; known: {', '.join(FORMATS)}; {help_with}"


def _either(names: Sequence[str]) -> str:
    """These names as alternatives, not too many of them."""
    return " or ".join(names[:4]) + (" or others" if len(names) > 4 else "")


def _found(records: Sequence[Mapping[str, Any]], words: Words) -> str:
    """The names of the fields of these records."""
    names = list(dict.fromkeys(key for record in records for key in record))
    shown = ", ".join(words.names(names[:_MOST_NAMES])) or "no field"
    return shown + (f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else "")


def wanted_format(options: ReadOptions) -> str | None:
    """The name of the format that the operator says the sources have."""
    if options.dialect is not None:
        return dialect_named(options.dialect).format
    return "combined" if options.layout else options.log_format


def read_on(log_format_name: str, dialect: str | None, context: Mapping[str, Any]) -> LogFormat:
    """The format of a source that was read as this before: a user's own dialect is in the context."""
    text = context.get("dialect")
    if text:
        return log_format(log_format_name, dialect=dialect_of_text(text, f"dialect {dialect}"))
    if log_format_name not in {"json", "csv"} or dialect is None:
        return log_format(log_format_name, layout=dialect)
    return log_format(log_format_name, dialect=dialect_named(dialect))


def _named(lines: Sequence[str], options: ReadOptions) -> LogFormat:
    if options.log_format == "json":
        return json_dialect(lines) or log_format("json")
    named = log_format(options.log_format or "combined", layout=options.layout)
    if options.layout is None:
        named.claims(lines)  # an access log finds its layout this way
    return named


def _in_dialect(name: str, lines: Sequence[str], dialect: Dialect, words: Words) -> LogFormat:
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
            + f"; found {', '.join(words.names(found))}"
        )
    return form
