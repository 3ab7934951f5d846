"""One file per log format: how to recognise it, and how a block of its lines becomes the fields of `raw`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import AmbiguousDialectError, SourceError
from ingest.formats.combined.format import Combined
from ingest.formats.csv_rows.format import Csv, is_header
from ingest.formats.dialect.known import claimants
from ingest.formats.har.format import Har
from ingest.formats.json_lines.format import JsonLines
from ingest.formats.json_lines.host_field import with_host
from ingest.formats.json_lines.standard import record_in
from ingest.formats.parquet.format import Parquet
from ingest.formats.w3c.format import W3c
from ingest.formats.wrapped.format import RUNTIMES, Wrapped, inside_of, possible_wrappings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.dialect.model import Dialect


class LogFormat(Protocol):
    """What every format can do. `context` is what reading on needs to know: a header, the directives in force."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def dialect(self) -> str | None:
        """Whose field names, or which layout; None for our own."""

    @property
    def reading(self) -> object:
        """What decides how a line is read: two of the same format and dialect may read differently."""

    def claims(self, lines: Sequence[str]) -> bool:
        """Whether these first lines of a source look like this format."""

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line as RAW_COLUMNS, and for each source the context of the lines that follow.

        The lines are registered as `lines` (line_number, byte_offset, line, fate). They may be of several sources: `begins`
        holds the number of the first line of each, from 1, and its context so far.
        """

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """What the operator should know about a source that was read with this context."""


LINE_FORMATS = ("json", "w3c", "combined", "csv")
"""The names of the formats of lines, in the order in which they are asked whether they claim a source."""

DOCUMENTS = ("har", "parquet")
"""The names of the formats whose sources are one document; `ingest/formats/documents.py` cuts it into lines."""

FORMATS = (*LINE_FORMATS, *DOCUMENTS)
"""The names of all formats."""


def log_format(name: str, *, layout: str | None = None, dialect: Dialect | None = None) -> LogFormat:
    """The format of that name. SourceError for an unknown one, or for a layout that cannot be read."""
    match name:
        case "json":
            return JsonLines(dialect)
        case "w3c":
            return W3c()
        case "combined":
            return Combined(layout) if layout else Combined()
        case "csv":
            return Csv(dialect)
        case "har":
            return Har()
        case "parquet":
            return Parquet()
        case _:
            raise SourceError(f"log format {name!r} is not known; known: {', '.join(FORMATS)}")


def detect(lines: Sequence[str], *, layout: str | None = None) -> LogFormat | None:
    """The first format that claims these lines, or else what is inside of them; None when none does.

    SourceError where two dialects do.
    """
    # What a runtime or syslog puts before a line would make fields of an access log that nobody knows.
    found = json_dialect(lines) or unwrapped(lines, detect_inside, wrappings=[(kind,) for kind in RUNTIMES])
    if found is not None:
        return found
    for name in LINE_FORMATS[1:]:
        if (candidate := log_format(name, layout=layout)).claims(lines):
            return candidate
    return unwrapped(lines, detect_inside)


def unwrapped(
    lines: Sequence[str],
    detect_inside: Callable[[Sequence[str]], LogFormat | None],
    wrappings: Sequence[Sequence[str]] | None = None,
) -> LogFormat | None:
    """The format of what is inside of these lines, if there is one."""
    for around in possible_wrappings(lines) if wrappings is None else wrappings:
        inside = inside_of(lines, around)
        if inside != lines and (form := detect_inside(inside)) is not None:
            return Wrapped(form, around)
    return None


def detect_inside(lines: Sequence[str]) -> LogFormat | None:
    """The format of lines that stand inside of others. A header or a directive there would not be in force from line to line."""
    access_log = Combined()
    return json_dialect(lines, are_inside=True) or (access_log if access_log.claims(lines) else None)


def json_dialect(lines: Sequence[str], *, are_inside: bool = False) -> LogFormat | None:
    """JSON lines in the dialect of the first line that is known to be of one; None where no line is.

    A line that stands inside of another one is one record, and no batch of them.
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
    """Whether this is a line of data in any format, as opposed to comments, directives, headers and blank lines."""
    if not line.strip() or line.removeprefix(b"\xef\xbb\xbf").startswith(b"#"):
        return False
    return not is_header(line.decode("utf-8", "replace"))
