"""Which sums are bound in the schema of a scope: those that its queries name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analytics.warehouse.period import reaching_back
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from analytics.scope import Scope
    from analytics.warehouse.visible import Visible
    from ingest.lake.sums.kinds import SumName

_WORD = re.compile(r"[a-z_]+")


class BoundSums:
    """The sums that are bound in the schema of a scope: those that its queries have named so far.

    Each relation of calls has sums of its own: `daily_calls` goes with `calls`, `daily_calls_before` with `calls_before`, and
    so on. `daily_calls_everywhere` are those of the scope in every environment, for a question that compares environments.
    Few questions need more than one or two of them, and binding takes longer than many a question.
    """

    def __init__(self, visible: Visible, schema: str, scope: Scope, look_back: int) -> None:
        self._visible = visible
        self._schema = schema
        self._scope = scope
        self._look_back = look_back
        self._bound: set[str] = set()
        self._has_everywhere = False

    def bind(self, cursor: DuckDBPyConnection, sql: str) -> None:
        """Bind those that a query names and the schema does not have yet."""
        words = {word.removeprefix("sent_") for word in _WORD.findall(sql)}
        for suffix, bind in (
            ("", self._bind),
            ("_before", self._bind_before),
            ("_all", self._bind_all),
            ("_of_anybody", self._bind_of_anybody),
            ("_everywhere", self._bind_everywhere),
        ):
            for name in KINDS:
                relation = name + suffix
                if relation in words and relation not in self._bound:
                    bind(cursor, name)
                    self._bound.add(relation)

    def _bind(self, cursor: DuckDBPyConnection, name: SumName) -> None:
        self._visible.bind_sums(cursor, self._schema, name, self._scope)

    def _bind_before(self, cursor: DuckDBPyConnection, name: SumName) -> None:
        schema = self._schema
        if self._look_back:
            schema = f"{schema}_before"
            self._visible.bind_sums(cursor, schema, name, reaching_back(self._scope, self._look_back))
        elif name not in self._bound:
            self._bind(cursor, name)
            self._bound.add(name)
        self._name(cursor, f"{schema}.{name}", f"{name}_before")

    def _bind_all(self, cursor: DuckDBPyConnection, name: SumName) -> None:
        self._visible.bind_sums_of_all(cursor, name)
        self._name(cursor, f"lake.{name}", f"{name}_all")

    def _bind_of_anybody(self, cursor: DuckDBPyConnection, name: SumName) -> None:
        self._visible.bind_sums_of_all(cursor, name)
        cursor.execute(f"set schema = '{self._schema}'")
        self._visible.bind_sums_of_anybody(cursor, name, self._scope)

    def _bind_everywhere(self, cursor: DuckDBPyConnection, name: SumName) -> None:
        schema, scope = f"{self._schema}_everywhere", self._scope.replace(environment="all")
        if not self._has_everywhere:
            cursor.execute(f"create schema {schema}")
            self._visible.bind_calls(cursor, schema, scope)
            self._has_everywhere = True
        self._visible.bind_sums(cursor, schema, name, scope)
        self._name(cursor, f"{schema}.{name}", f"{name}_everywhere")

    def _name(self, cursor: DuckDBPyConnection, relation: str, name: str) -> None:
        cursor.execute(f"set schema = '{self._schema}'")
        cursor.table(relation).create_view(name)
