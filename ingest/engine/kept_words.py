"""The parts of a text that may be kept or shown: the beginning of a line, and the names of fields, columns, files and streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.engine.stored_names import stored_name_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb


class KeptWords:
    """Answers one question at a time by this connection. The caller that opened the connection closes it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def sample(self, line: str) -> str:
        """The redacted beginning of a line, as the quarantine keeps it."""
        [[sample]] = self._connection.execute("select redacted_sample(?)", [line]).fetchall()
        return str(sample)

    def names(self, names: Sequence[str]) -> list[str]:
        """These names of fields, redacted where they look like anything else."""
        redacted = "select list_transform(?::varchar[], lambda name: redacted_key(name))"
        [[found]] = self._connection.execute(redacted, [list(names)]).fetchall()
        return [str(name) for name in found]

    def columns(self, names: Sequence[str]) -> list[str]:
        """The same of names that people give to columns."""
        shown = "select list_transform(?::varchar[], lambda name: shown_column(name))"
        [[found]] = self._connection.execute(shown, [list(names)]).fetchall()
        return [str(name) for name in found]

    def place(self, name: str, *, next_ones: Iterable[str] = ()) -> str:
        """The name of a file or a stream as it is stored; `next_ones` are those that will be asked for next."""
        return stored_name_by(self._connection, name, next_ones=next_ones)
