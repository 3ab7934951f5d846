"""The relations of a scope: each scope has a schema, which is bound for its first question and kept for the next ones.

A question is one text for all scopes: it says `calls`, and the search path of its cursor decides whose. So no question can
forget a filter, and no value of a scope is ever part of a text. The `calls` of a schema are narrowed to the viewer first
(visible.py) and to the scope then: a scope can only take calls away.

A page and a verdict ask many questions of one scope, and binding takes longer than most of them. Hence the schemas of the last
scopes are kept, and none is dropped while a thread reads it. What is bound never changes, because a warehouse has one snapshot.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

from duckdb import ConstantExpression

from analytics.registry.certificates import certificates
from analytics.registry.history import holding, rows_on, versions_of
from analytics.scope import Scope
from analytics.views import view
from analytics.warehouse.bound_sums import BoundSums
from analytics.warehouse.period import filled, overlap, reaching_back
from analytics.warehouse.registered import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from analytics.registry import Relation
    from analytics.warehouse.period import Period
    from analytics.warehouse.visible import Visible


@dataclass
class _Bound:
    """A schema that is bound to a scope, and the number of questions that read it at the moment."""

    schema: str
    sums: BoundSums
    users: int = 0


class BoundScopes:
    """The schemas of the scopes that were asked last: at most `most`, and those that are being read.

    `period` gives the days of a scope, also of an open one, which takes a question of its own.
    """

    def __init__(self, visible: Visible, period: Callable[[Scope], Period | None], *, most: int) -> None:
        self._visible = visible
        self._period = period
        self._most = most
        self._numbers = itertools.count(1)
        self._bound: OrderedDict[tuple[Scope, int], _Bound] = OrderedDict()
        self._binding = RLock()
        self._names_then: dict[tuple[Relation, int], pa.Table] = {}

    @contextlib.contextmanager
    def reading(self, scope: Scope, sql: str, look_back: int = 0) -> Iterator[DuckDBPyConnection]:
        """A cursor whose search path is the schema of this scope, with all relations that the query names.

        The schema is not dropped as long as it is in use.
        """
        bound = self._take(scope, sql, look_back)
        cursor = self._visible.connection.cursor()
        try:
            cursor.execute(f"set search_path = '{bound.schema},main'")
            yield cursor
        finally:
            cursor.close()
            with self._binding:
                bound.users -= 1
                self._drop_unused(self._most)

    def bind(self, schema: str, scope: Scope, look_back: int = 0) -> BoundSums:
        """Create a schema with the relations that a metric reads: calls, calls_before, calls_all, calls_of_anybody, scope, ...

        The names are those of the last day of the period. If the period reaches to the end of the data, they are today's. The
        sums are bound when a query names them.
        """
        sums = BoundSums(self._visible, schema, scope, look_back)
        with contextlib.closing(self._visible.connection.cursor()) as cursor:
            cursor.execute(f"create schema {schema}")
            cursor.execute(f"create schema {schema}_before")
            if look_back:
                self._visible.bind_calls(cursor, f"{schema}_before", reaching_back(scope, look_back))
            self._visible.bind_calls(cursor, schema, scope)
            cursor.table(f"{schema}{'_before' if look_back else ''}.calls").create_view("calls_before")
            cursor.table("main.calls").create_view("calls_all")
            self._visible.bind_calls_of_anybody(cursor, scope)
            sums.bind(cursor, view("connectors"))
            self._bind_period(cursor, scope, look_back)
            if not self._bind_names(cursor, scope):
                cursor.table("lake.certificate_dates").create_view("certificate_dates")
            cursor.execute(f"create view certificates as {view('certificates')}")
            cursor.execute(f"create view days as {view('days')}")
            cursor.execute(f"create view connectors as {view('connectors')}")
            cursor.execute(f"create view spellings as {view('spellings')}")
        return sums

    def _take(self, scope: Scope, sql: str, look_back: int) -> _Bound:
        # To bind an open period, a thread asks which days the logs cover. That question binds a scope too, while this thread
        # holds the lock: hence a lock that its owner may take again.
        with self._binding:
            key = scope, look_back
            bound = self._bound.get(key)
            if bound is None:
                schema = f"asked_{next(self._numbers)}"
                bound = _Bound(schema, self.bind(schema, scope, look_back))
                self._bound[key] = bound
            with contextlib.closing(self._visible.connection.cursor()) as cursor:
                bound.sums.bind(cursor, sql)
            self._bound.move_to_end(key)
            bound.users += 1
            return bound

    def _drop_unused(self, most: int) -> None:
        """Drop the schemas that were asked longest ago until `most` are left. Those that are being read stay."""
        unused = [key for key, bound in self._bound.items() if not bound.users]
        for key in unused[: max(len(self._bound) - most, 0)]:
            schema = self._bound.pop(key).schema
            with contextlib.closing(self._visible.connection.cursor()) as cursor:
                cursor.execute(f"drop schema {schema} cascade")
                cursor.execute(f"drop schema {schema}_before cascade")
                cursor.execute(f"drop schema if exists {schema}_everywhere cascade")

    def _bind_period(self, cursor: DuckDBPyConnection, scope: Scope, look_back: int) -> None:
        """Bind `scope`, the period that was asked for, and `extent`, its days.

        The two differ if the period is open. `scope` then reaches over all that is loaded, so that a stray call counts. `extent`
        has only the days that the logs cover, so that a stray call does not stretch a chart over months without logs.
        """
        loaded, period = self._visible.loaded(), self._period(scope)
        asked = filled(scope, loaded) or (scope.since, scope.until)
        extent = overlap(loaded, Scope(since=period[0], until=period[1])) if loaded and period else None
        for name, (since, until) in (("scope", asked), ("extent", extent or (None, None))):
            date, text = cursor.type("date"), cursor.type("varchar")
            cursor.sql("select 1 as one").project(
                ConstantExpression(since).cast(date).alias("since"),
                ConstantExpression(until).cast(date).alias("until"),
                ConstantExpression(look_back + 1).cast(cursor.type("integer")).alias("window_days"),
                ConstantExpression(self._visible.snapshot.time_zone).cast(text).alias("time_zone"),
                ConstantExpression(scope.stream).cast(text).alias("stream"),
                ConstantExpression(scope.environment).cast(text).alias("environment"),
                ConstantExpression(scope.product).cast(text).alias("product"),
            ).create_view(name)

    def _bind_names(self, cursor: DuckDBPyConnection, scope: Scope) -> bool:
        """Bind `partners`, `integrations` and `customers` as they were on the last day of a period that ends before the data.

        A report about an earlier month shows the names of that month, whenever it is made. True if the integrations of that day
        differ from today's; then `certificate_dates` is bound too.
        """
        loaded = self._visible.loaded()
        has_integrations = False
        if scope.until is None or loaded is None or scope.until >= loaded[1]:
            return has_integrations
        last_day = scope.until - dt.timedelta(days=1)
        for relation, key in KEYS.items():
            versions = versions_of(relation, self._visible.registry.versions)
            held = holding(versions, last_day) if versions else None
            if held is None or held is versions[-1]:
                continue
            known = (relation, held.number)
            if known not in self._names_then:
                self._names_then[known] = rows_on(relation, versions, held, self._visible.renames.texts)
            self._visible.of_seen(cursor, cursor.from_arrow(self._names_then[known]), key).create(relation)
            if relation == "integrations":
                dates = certificates(self._names_then[known], versions[: versions.index(held) + 1])
                self._visible.of_seen(cursor, cursor.from_arrow(dates), key).create("certificate_dates")
                has_integrations = True
        return has_integrations
