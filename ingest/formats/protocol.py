"""The methods that every log format has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa


class LogFormat(Protocol):
    """A format of logs. `context` is what reading on needs to know: the header or the directives in force.

    A class that derives from this has to say its name, which lines it claims, how it reads them, and how the host is said.
    """

    @property
    def name(self) -> str:
        """Its name, as --log-format has it."""

    @property
    def dialect(self) -> str | None:
        """The dialect of its field names, or its layout; None for our own."""
        return None

    @property
    def reading(self) -> object:
        """The settings that decide how a line is read. Sources are understood together only if these are equal."""
        return self.name

    @property
    def says_host(self) -> str:
        """How the operator says which field holds the host; the end of a sentence."""

    def claims(self, lines: Sequence[str]) -> bool:
        """Whether these first lines of a source look like this format."""

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line as RAW_COLUMNS, and for each source the context of the lines that follow.

        The lines are registered as `lines` (line_number, byte_offset, line, fate). They may come from several sources: `begins`
        holds the number of the first line of each, from 1, and its context so far.

        A `line` still has its line feed, and perhaps a carriage return before it: `line_text(line)` is what stands before both. Where
        `fate` is not null, the line is judged already. The format sets it to `ignored` for blank lines and comments (`is_comment`), and
        to a reject reason with a `detail` for what is no record. `fields_as_raw` and `raw_table` of raw.py make the table.
        """

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """The warnings for the operator about a source that was read with this context."""
        return ()
