"""The list of log formats, and which of them a source has.

A format is a file or a folder here, and nothing else lists it: at its top it says in `FORMAT` what it is (`ingest/known_format.py`). Its
class does what `protocol.py` says: it claims a source by its first lines, and makes the texts of RAW_COLUMNS (raw.py) of a block of its
lines.

A format claims a source by its first lines. No format is tried on whole sources to see how much of them it can read: a format that
reads a few lines of another one by chance would load these and reject the rest, and the result would look like a damaged log instead
of a wrong guess. So the formats are asked in the order of their `place`, and those with the surest signs come first. A source that no
format claims is an error. A source keeps its format as it grows.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ingest.errors import AmbiguousDialectError, SourceError
from ingest.formats.combined.format import Combined
from ingest.formats.csv_rows.format import is_header
from ingest.formats.dialect.known import claimants
from ingest.formats.json_lines.format import JsonLines
from ingest.formats.json_lines.host_field import with_host
from ingest.formats.json_lines.standard import record_in
from ingest.formats.wrapped.format import RUNTIMES, Wrapped, inside_of, possible_wrappings
from ingest.known_format import known_formats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.formats.dialect.model import Dialect
    from ingest.formats.protocol import LogFormat

_KNOWN = {form.name: form for form in known_formats()}

LINE_FORMATS = tuple(form.name for form in known_formats() if not form.is_document)
"""The formats whose sources consist of lines, by name, in the order in which they are asked whether they claim a source."""

DOCUMENTS = tuple(form.name for form in known_formats() if form.is_document)
"""The formats whose sources are one document, by name; `ingest/formats/documents.py` cuts it into lines."""

FORMATS = (*LINE_FORMATS, *DOCUMENTS)
"""The names of all formats."""


def log_format(name: str, *, layout: str | None = None, dialect: Dialect | None = None) -> LogFormat:
    """The format of that name. SourceError for an unknown one, or for a layout that cannot be read."""
    if name not in _KNOWN:
        raise SourceError(f"log format {name!r} is not known; known: {', '.join(FORMATS)}")
    form = _KNOWN[name]
    told = {"layout": layout or None, "dialect": dialect, None: None}[form.takes]
    made_by: Callable[..., LogFormat] = getattr(import_module(f"{__name__}.{form.module}"), form.made_by)
    return made_by() if told is None else made_by(told)


def detect(lines: Sequence[str], *, layout: str | None = None) -> LogFormat | None:
    """The first format that claims these lines, or else the format of the lines inside them; None when none does.

    SourceError where two dialects claim them.
    """
    # First without the prefix of a runtime or syslog: an access log would take it for fields of its own.
    found = json_dialect(lines) or unwrapped(lines, detect_inside, wrappings=[(kind,) for kind in RUNTIMES])
    if found is not None:
        return found
    for name in LINE_FORMATS:
        if name != JsonLines.name and (candidate := log_format(name, layout=layout)).claims(lines):
            return candidate
    return unwrapped(lines, detect_inside)


def unwrapped(
    lines: Sequence[str],
    detect_inside: Callable[[Sequence[str]], LogFormat | None],
    wrappings: Sequence[Sequence[str]] | None = None,
) -> LogFormat | None:
    """The format of the lines inside these lines; None where there is none."""
    for around in possible_wrappings(lines) if wrappings is None else wrappings:
        inside = inside_of(lines, around)
        if inside != lines and (form := detect_inside(inside)) is not None:
            return Wrapped(form, around)
    return None


def detect_inside(lines: Sequence[str]) -> LogFormat | None:
    """The format of lines that stand inside others. A header or a directive there would not hold from line to line."""
    access_log = Combined()
    return json_dialect(lines, are_inside=True) or (access_log if access_log.claims(lines) else None)


def json_dialect(lines: Sequence[str], *, are_inside: bool = False) -> LogFormat | None:
    """JSON lines in the dialect of the first line whose dialect is known; None where no line has a known one.

    A line that stands inside another one is one record, and not a batch of records.
    """
    records = [record for line in lines if (record := record_in(line)) is not None]
    for record in records:
        claimed = [dialect for dialect in claimants(record) if not (are_inside and dialect.is_batch(record))]
        if len(claimed) > 1:
            raise AmbiguousDialectError([dialect.name for dialect in claimed])
        if claimed:
            return JsonLines(with_host(claimed[0], records))
    return None


def lists_of_records(form: LogFormat) -> Sequence[Sequence[str]]:
    """The lists, by their names from the outside in, in which a line of this format may hold several records."""
    return form.records if isinstance(form, JsonLines) else ()


def is_data(line: bytes) -> bool:
    """Whether this is a line of data in any format, and not a comment, directive, header or blank line."""
    if not line.strip() or line.removeprefix(b"\xef\xbb\xbf").startswith(b"#"):
        return False
    return not is_header(line.decode("utf-8", "replace"))
