"""Several questions of one scope that share steps: each of these is answered once and kept while the questions are asked.

Without this, every question would work out its steps anew. A question is the same text in both cases: a step that is kept is a
relation of its name instead of a part of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.questions import question, step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl
    from duckdb import DuckDBPyConnection


class Several:
    """Questions of one scope. What is kept is forgotten when the last of them is answered."""

    def __init__(self, cursor: DuckDBPyConnection, rows: Callable[[str], pl.DataFrame]) -> None:
        self._cursor = cursor
        self._rows = rows
        self._kept: frozenset[str] = frozenset()

    def keep(self, path: str, params: Mapping[str, object] | None = None, *, name: str | None = None) -> None:
        """Answer the step `room/step` and keep its rows under its name, or under another one, in the place of those of before."""
        name = name or path.rpartition("/")[2]
        sql = step(path, self._kept - {name})
        self._cursor.execute(f"create or replace temp table {name} as {sql}", dict(params) if params else None)
        self._kept |= {name}

    def ask(self, name: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The rows of the question `room/question`."""
        sql = question(name, self._kept).sql
        self._cursor.execute(f"create or replace temp table asked_answer as {sql}", dict(params) if params else None)
        return self._rows("from asked_answer")
