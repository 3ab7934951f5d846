"""How a source is read: as the operator says, or as its first lines show."""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import AmbiguousDialectError, AmbiguousHostError, SourceError, UnknownFormatError
from ingest.formats import FORMATS, LINE_FORMATS, detect, detect_inside, json_dialect, log_format, unwrapped
from ingest.formats.csv_rows.header import DELIMITERS, column_names, missing_columns, table_header
from ingest.formats.dialect.known import OWN_CSV, claimants, dialect_named, dialect_of_text, dialects, nearest
from ingest.formats.dialect.paths import has
from ingest.formats.dialect.spelling import near
from ingest.formats.json_lines.format import JsonLines
from ingest.formats.json_lines.host_field import with_host
from ingest.formats.json_lines.standard import record_in
from ingest.formats.unread import could_be, could_say_it
from ingest.formats.wrapped.format import Wrapped, inside_of, possible_wrappings, with_other_prefixes
from ingest.formats.wrapped.pieces import what_joins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ingest.formats.dialect.model import Dialect
    from ingest.formats.protocol import LogFormat
    from ingest.read.blocks import Block
    from ingest.report import ReadOptions

_LINES_TO_DETECT = 50
_MORE_LINES_TO_DETECT = 1000
_BYTES_TO_DETECT = 4 << 20
_MOST_NAMES = 25
_DEEPEST = 8
_DEEPEST_NAME = 3
_SHORTEST_LINE = 40
_AROUND = "\ufeff \t\r"
_PAIR = re.compile(r'(?:^|[ ,;|\t])[A-Za-z][A-Za-z0-9_.@-]*=(?:"[^"]*"|[^ ,;|\t"]+)')
_MANY_PAIRS = 5
_MOST_ELEMENTS = 50
_LAYOUT_OR_DIALECT = "--layout (an access log) or --dialect FILE (JSON)"


class Words(Protocol):
    """The parts of a log that an error may show."""

    def sample(self, line: str) -> str:
        """The redacted beginning of a line."""

    def names(self, names: Sequence[str]) -> list[str]:
        """These names of fields, redacted where they look like anything else."""

    def columns(self, names: Sequence[str]) -> list[str]:
        """The same of names that people give to columns."""


def format_of(name: str, first: Block | None, options: ReadOptions, words: Words) -> LogFormat:
    """The format of a source that begins with this block. UnknownFormatError when none claims it.

    One line of a format is enough, because a log may begin with other lines. Where the first lines hold none, more lines are looked at.
    """
    more = _first_lines(first)
    lines = more[:_LINES_TO_DETECT]
    _refuse_returns(name, lines, options)
    try:
        if options.dialect is not None:
            return with_other_prefixes(_in_dialect(name, lines, dialect_named(options.dialect), words), more)
        if options.log_format or options.layout:
            return _as_its_headers_say(with_other_prefixes(_named(lines, options), more), more)
        found = detect(lines) or (detect(more) if len(more) > len(lines) else None)
    except AmbiguousDialectError as error:
        raise SourceError(f"{name}: its dialect is not clear: {error}") from None
    except AmbiguousHostError as error:
        raise SourceError(f"{name}: {error}; say it with {_LAYOUT_OR_DIALECT}") from None
    if found is not None:
        return _as_its_headers_say(with_other_prefixes(found, more), more)
    if all(line.startswith("#") for line in lines):
        return log_format("json")  # empty, or nothing but comments so far
    raise UnknownFormatError(f"{name}: unknown_format: {_what_is_wrong(more, words)}")


def _as_its_headers_say(form: LogFormat, lines: Sequence[str]) -> LogFormat:
    """The format, corrected where these first lines show that the log holds chosen headers and not all of them."""
    return form.with_chosen_headers(lines) if isinstance(form, JsonLines | Wrapped) else form


def _first_lines(first: Block | None) -> list[str]:
    """The first lines of a source that hold anything, without their LF."""
    head = first.data[:_BYTES_TO_DETECT].decode("utf-8", "replace").split("\n") if first else []
    return list(itertools.islice((line for line in head if line.strip("\ufeff \t\r")), _MORE_LINES_TO_DETECT))


def refuse_unended(name: str, first: Block, options: ReadOptions) -> None:
    """SourceError where a source without a whole line has lines that end in CR alone: no LF will ever follow."""
    _refuse_returns(name, _first_lines(first), options)


def _refuse_returns(name: str, lines: Sequence[str], options: ReadOptions) -> None:
    """SourceError where the first line holds many lines that end in CR alone, as Excel for Mac writes them.

    A finished file could be read, a growing one could not: only the first LF would tell whether the CRs before it ended lines.
    """
    pieces = [piece for piece in lines[0].split("\r") if piece.strip("\ufeff \t")] if lines else []
    if len(pieces) > 1 and _is_claimed(pieces[:_LINES_TO_DETECT], options):
        raise SourceError(
            f"{name}: its lines end in CR alone; expected LF or CR LF; nothing of it was loaded:"
            " tr '\\r' '\\n' < FILE > NEW converts it"
        )


def _is_claimed(lines: Sequence[str], options: ReadOptions) -> bool:
    """Whether the format that the operator named claims these lines, or any format where none is named."""
    if options.dialect is not None:
        dialect = dialect_named(options.dialect)
        return bool(dialect.columns) or log_format(dialect.format, dialect=dialect).claims(lines)
    if options.log_format in LINE_FORMATS or options.layout:
        return log_format(options.log_format or "combined", layout=options.layout).claims(lines)
    try:
        return detect(lines) is not None
    except (AmbiguousDialectError, AmbiguousHostError):
        return True


def _what_is_wrong(lines: Sequence[str], words: Words) -> str:
    """Why no format claims these lines, and what to do about it."""
    looked_at = lines[:_LINES_TO_DETECT]
    if (unwrapping := _unwrapping(_records(looked_at), words)) is not None:
        return f"its calls are inside other objects: {unwrapping} writes one record per line"
    if (command := what_joins(looked_at)) is not None:
        return f"a container's runtime has cut its lines into pieces: {command} joins them"
    places = [(looked_at, ""), *((inside_of(looked_at, one), one[-1]) for one in possible_wrappings(looked_at))]
    found = [(records, *nearest(records), inside) for texts, inside in places if (records := _records(texts))]
    if found:
        records, dialect, lacking, inside = min(found, key=lambda one: len(one[2]))
        wanted = dialect.fields.needed()
        lacks = ", nor ".join(f"the {what} ({_either(wanted[what])})" for what in lacking)
        said = f"no line of JSON is a call{f' (inside of {inside})' if inside else ''}: found {_found(records, words)}"
        if not lacking:
            return f"{said}; these may be the names of {dialect.name}: if so, --dialect {dialect.name} reads them"
        names = list(dict.fromkeys(name for record in records for name in _paths(record)))
        has_host = any(has(record, path) for path in dialect.fields.host for record in records)
        names = [name for name in names if not has_host or could_be(name)[0] != "host"]
        return (
            f"{said}; the nearest dialect is {dialect.name}, and no line has {lacks};{_hints(names, lacking, words.names)}"
            f' if they are calls, describe their fields in a file for --dialect FILE (begin it with like = "{dialect.name}")'
        )
    if (in_table := _what_a_table_lacks(looked_at, words)) is not None:
        return in_table
    return (
        f"no format claims its first line: {words.sample(lines[0])!r}; known: {', '.join(FORMATS)};"
        f" {_what_helps(lines[0].strip(_AROUND))}"
    )


def _what_helps(begin: str) -> str:
    """What to do with a log whose first line belongs to no format."""
    if begin == "[" or begin.startswith("[{"):
        return "it looks like a JSON list: jq -c '.[]' FILE writes one record per line"
    if begin.endswith(",") and record_in(begin[:-1]) is not None:
        return (
            "it looks like the elements of a JSON list: sed 's/,[[:space:]]*$//' FILE > NEW writes one record per line"
        )
    if begin == "{":
        return "it looks like JSON over several lines: jq -c . FILE writes one record per line"
    if re.search('"[A-Z]{3,10} [^ "]+ HTTP/[0-9.]+"', begin):
        return (
            "it looks like an access log in a layout of its own: pass --layout the format from the server's configuration, or one that you"
            ' write for this log ($time_local or $time_iso8601, "$request", $status, $host, "$http_integrationid", and a $name'
            " for every other value)"
        )
    if len(_PAIR.findall(begin)) >= _MANY_PAIRS:
        return "its values follow their names (name=value), which is not read: log it as JSON"
    return "name its format with --log-format, --layout or --dialect"


def _unwrapping(records: Sequence[Mapping[str, Any]], words: Words) -> str | None:
    """The command that takes the calls out of the objects around them; None where these records hold no calls inside."""
    for record in records:
        if (found := _call_inside(record)) is None:
            continue
        keys, is_text = found
        path = "".join(_step(key, words) for key in keys)
        return f"jq {'-r' if is_text else '-c'} '{path if path.startswith('.') else '.' + path}' FILE"
    return None


def _step(key: str | int | None, words: Words) -> str:
    """A step of a path for jq: to the value of a key, to an element, or to each (None). A key that may not be shown becomes each."""
    if isinstance(key, int):
        return f"[{key}]"
    is_plain = key is not None and re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key) and words.names([key]) == [key]
    return f".{key}" if is_plain else "[]"


def _is_call(text: str) -> bool:
    """Whether a text is a line with a call in it, in JSON or of an access log."""
    if len(text) < _SHORTEST_LINE:
        return False
    try:
        return detect_inside([text.split("\n", 1)[0]]) is not None
    except (AmbiguousDialectError, AmbiguousHostError):
        return True


def _call_inside(
    value: object, keys: tuple[str | int | None, ...] = ()
) -> tuple[tuple[str | int | None, ...], bool] | None:
    """The steps to a call inside a value, and whether the call is a text there; None where there is no call."""
    if len(keys) > _DEEPEST:
        return None
    if isinstance(value, str):
        return (keys, True) if keys and _is_call(value) else None
    if isinstance(value, dict):
        if keys and claimants(value):
            return keys, False
        inner: list[tuple[str | int | None, object]] = list(value.items())
    elif isinstance(value, list):
        # A list of a time and a line, as Loki has it, is a pair of things; others are lists of one thing.
        is_pair = len(value) == 2 and isinstance(value[0], str) and not _is_call(value[0])
        inner = [(place if is_pair else None, one) for place, one in enumerate(value[:_MOST_ELEMENTS])]
    else:
        return None
    found = (_call_inside(one, (*keys, key)) for key, one in inner[:_MOST_ELEMENTS])
    return next((one for one in found if one is not None), None)


def _what_a_table_lacks(lines: Sequence[str], words: Words) -> str | None:
    """The sentence about a table whose columns are not those of a call; None where the first line names no columns."""
    dialect = dialects()[OWN_CSV]
    header = table_header(lines)
    if header is None:
        return None
    names, delimiter = header
    wanted = dialect.fields.needed()
    lacking = [what for what in wanted if what in missing_columns([name.lower() for name in names], dialect)]
    lacks = ", nor ".join(f"the {what} ({_either(wanted[what])})" for what in lacking)
    shown = ", ".join(words.columns(names[:_MOST_NAMES]))
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    separator = "" if delimiter in DELIMITERS else f" and delimiter = {delimiter!r}"
    if lacking:
        compared = f"and no column is {lacks}"
    else:
        compared = "which has the same columns" + (f", but no delimiter {delimiter!r}" if separator else "")
    return (
        f"no format claims this table: found the columns {shown}{more}; the nearest dialect is {dialect.name}, {compared};"
        f"{_hints(names, lacking, words.columns)} if its rows are calls, describe its columns in a file for --dialect FILE"
        f' (begin it with like = "{dialect.name}"{separator})'
    )


def _hints(names: Sequence[str], lacking: Sequence[str], shown: Callable[[Sequence[str]], list[str]]) -> str:
    """Which of these names could be the fields that are lacking, as a part of a sentence.

    The parts of a URL count where no name is the whole of it.
    """
    found = could_say_it(names, (*lacking, *(("path", "host", "query") if "url" in lacking else ())))
    if any(field == "url" for _, field in found):
        found = [(name, field) for name, field in found if field not in {"path", "host", "query"}]
    said = zip(shown([name for name, _ in found]), (field for _, field in found), strict=True)
    hints = ", ".join(f"{name} could be {field}" for name, field in said)
    return f" {hints};" if hints else ""


def _paths(record: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[str]:
    """The names of the fields of a record, with those of the objects around them."""
    for key, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST_NAME:
            yield from _paths(value, f"{before}{key}.", depth + 1)
        else:
            yield before + key


def _either(names: Sequence[str]) -> str:
    """These names as alternatives, four at most."""
    return " or ".join(names[:4]) + (" or others" if len(names) > 4 else "")


def _found(records: Sequence[Mapping[str, Any]], words: Words) -> str:
    """The names of the fields of these records."""
    names = list(dict.fromkeys(key for record in records for key in record))
    shown = ", ".join(words.names(names[:_MOST_NAMES])) or "no field"
    return shown + (f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else "")


def wanted_format(options: ReadOptions) -> str | None:
    """The name of the format that the operator gave; None where he gave none."""
    if options.dialect is not None:
        return dialect_named(options.dialect).format
    return "combined" if options.layout else options.log_format


def read_on(log_format_name: str, dialect: str | None, context: Mapping[str, Any]) -> LogFormat:
    """The format of a source that was read in this one before. The context holds a user's own dialect."""
    if wrappings := context.get("wrappings"):
        inside = {name: value for name, value in context.items() if name != "wrappings"}
        return Wrapped(read_on(log_format_name, dialect, inside), wrappings)
    text = context.get("dialect")
    if text:
        return log_format(log_format_name, dialect=dialect_of_text(text, f"dialect {dialect}"))
    if log_format_name not in {"json", "csv"} or dialect is None:
        return log_format(log_format_name, layout=dialect)
    return log_format(log_format_name, dialect=dialect_named(dialect))


def _named(lines: Sequence[str], options: ReadOptions) -> LogFormat:
    if options.log_format == "json":
        return json_dialect(lines) or unwrapped(lines, partial(json_dialect, are_inside=True)) or log_format("json")
    named = log_format(options.log_format or "combined", layout=options.layout)
    if named.name != "combined" or named.claims(lines):  # an access log finds its layout this way
        return named
    return unwrapped(lines, lambda inside: named if named.claims(inside) else None) or named


def _in_dialect(name: str, lines: Sequence[str], dialect: Dialect, words: Words) -> LogFormat:
    """The format with this dialect. SourceError where no line has the fields that make a call."""
    if dialect.format == "json":
        records = _records(lines)
        if not (missing := dialect.missing([one for record in records for one in dialect.records_of(record)])):
            return JsonLines(_with_host(dialect, records))
        if (inside := unwrapped(lines, lambda texts: _json_inside(texts, dialect))) is not None:
            return inside
        found = sorted({key for record in records for one in dialect.records_of(record) for key in one})
        if not records:
            return log_format("json", dialect=dialect)
    else:
        form = log_format("csv", dialect=dialect)
        first = next((line for line in lines if not line.startswith("#")), None)
        if first is None or dialect.columns or form.claims([first]):
            return form
        found = column_names(first, dialect)
        missing = missing_columns(found, dialect)
    wanted = dialect.fields.needed()
    raise SourceError(
        "; ".join(
            f"{name}: dialect {dialect.name}: no line has {' or '.join(wanted[what])}, needed for {what}"
            f"{near(wanted[what][0], found)}"
            for what in missing
        )
        + f"; found {', '.join(words.names(found))}"
    )


def _records(lines: Sequence[str]) -> list[Mapping[str, Any]]:
    return [record for line in lines if (record := record_in(line)) is not None]


def _json_inside(lines: Sequence[str], dialect: Dialect) -> LogFormat | None:
    """The format of lines that stand inside of others, if they have what makes a call in this dialect."""
    records = [record for record in _records(lines) if not dialect.is_batch(record)]
    return JsonLines(_with_host(dialect, records)) if records and not dialect.missing(records) else None


def _with_host(dialect: Dialect, records: Sequence[Mapping[str, Any]]) -> Dialect:
    """The dialect with the field that holds the host. A user's own dialect that names the host stays as it is."""
    is_known = dialects().get(dialect.name) == dialect
    return with_host(dialect, records) if is_known or not dialect.fields.host else dialect
