"""DuckDB over one snapshot of a lake. The viewer and the scope are bound below every question.

    schema lake       the snapshot and the registry, restricted to the calls that the viewer may see (visible.py)
    schema main       the public relations of views/: calls, rejects, loads, partners, integrations, customers
    schema asked_N    the calls, days, ... of one scope: bound for its first question, dropped after others were asked (bound_scopes.py)

A metric's text says `calls` and finds those of its schema. It cannot see who asks, so it cannot answer one viewer with the calls
of another. Values reach the engine as constants of relations, never as text.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Self

import duckdb
import pyarrow as pa

from analytics.errors import AnalyticsError
from analytics.metrics import Metric, metric, metric_names
from analytics.questions import question
from analytics.registry.store import damaged_version
from analytics.scope import Scope
from analytics.warehouse.bound_scopes import BoundScopes
from analytics.warehouse.horizon import needs_calls, needs_sums, reaches
from analytics.warehouse.period import filled
from analytics.warehouse.reader import ParquetReader
from analytics.warehouse.several import Several
from analytics.warehouse.visible import Visible
from ingest.lake.data_file import damage_among
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from duckdb import DuckDBPyConnection

    from analytics.registry import RegistryFiles
    from analytics.warehouse.period import Period
    from analytics.warehouse.reader import Reader
    from ingest.lake.snapshot import Snapshot

__all__ = ["Metric", "Warehouse", "metric", "metric_names"]

EVERYTHING = Scope(environment="all")
"""The scope of a viewer that may see all calls."""

_MOST_BOUND = 4
"""The number of scopes that stay bound. Pages and verdicts ask several questions of each scope."""


class Warehouse:
    """Answers from one snapshot of a lake, as far as the viewer may see it. Close it, or use it in a `with`.

    A viewer that may not see all calls sees the rows of the registry that its own calls name. It sees no loads and no rejects,
    because those do not show whose they are. Everything else it learns only from its own calls (seen.py): neither the days nor
    the loads of others, nor the names of logs through which others call, nor the places of its calls in them. With
    `days_are_told` it may know the days on which any call was made, and the time of the last load.

    Several threads may ask at the same time: every question has a cursor of its own, and nothing that is bound to a scope is
    ever changed.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        registry: RegistryFiles,
        *,
        viewer: Scope | None = None,
        reader: Reader | None = None,
        days_are_told: bool = False,
    ) -> None:
        self.snapshot = snapshot
        self.registry = registry
        self.viewer = viewer or EVERYTHING
        self._lived: Period | None = None
        self.answered_since: dt.date | None = None
        """The day from which on all answers so far have all calls. None as long as no answer lacks any."""
        self.connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        self.connection.execute("set global timezone = 'UTC'")
        try:
            self._visible = Visible(
                self.connection,
                snapshot,
                registry,
                viewer=self.viewer,
                reader=reader or ParquetReader(),
                days_are_told=days_are_told,
            )
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if damaged := self._damaged_file():
                raise AnalyticsError(damaged) from error
            raise
        # With a reader of its own, the engine is for a user's SQL. Then no scope stays bound, because SQL can read every schema.
        self._scopes = BoundScopes(self._visible, self.period, most=_MOST_BOUND if reader is None else 0)

    @classmethod
    def open(cls, lake: Path, *, viewer: Scope | None = None) -> Warehouse:
        """A warehouse over the lake as it is now; LakeError if there is no lake."""
        from analytics.registry import registry_files
        from ingest.lake.lake import Lake

        return cls(Lake(lake).snapshot(), registry_files(lake), viewer=viewer)

    @classmethod
    def over(
        cls,
        snapshot: Snapshot,
        registry: RegistryFiles,
        viewer: Scope | None = None,
        *,
        days_are_told: bool = False,
    ) -> Warehouse:
        """A warehouse over a snapshot that was taken already."""
        return cls(snapshot, registry, viewer=viewer, days_are_told=days_are_told)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the files."""
        self.connection.close()

    def metric(self, name: str, scope: Scope | None = None) -> pl.DataFrame:
        """The rows of a metric, with the columns and in the order of its contract."""
        return self._answer(metric(name), scope or Scope())

    def query_file(
        self, name: str, scope: Scope | None = None, params: Mapping[str, object] | None = None
    ) -> pl.DataFrame:
        """The rows of the question `room/question`; `params` are bound to its `$name`s."""
        return self._answer(question(name), scope or Scope(), params)

    @contextlib.contextmanager
    def several(self, names: Sequence[str], scope: Scope) -> Iterator[Several]:
        """Questions `room/question` of one scope that share steps. They look back as far as the one that looks furthest.

        They read sums alone: where calls were removed, those are all there.
        """
        asked = [question(name) for name in names]
        sql, look_back = " ".join(one.sql for one in asked), max(one.look_back for one in asked)
        with self._scopes.reading(scope, sql, look_back) as cursor, self._reading():
            yield Several(cursor, lambda text: self._rows(cursor, text))

    def compared(self, name: str, scope: Scope, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """A metric or question, with the figures of the previous period of the same length as `<column>_before`.

        Rows are matched by the key. A row of only one of the periods has nulls for the other. A day is matched with the day at
        the same place in the period before. An open scope means the days that the logs cover. Without data, without a day before the
        period, or if single calls of the period before are needed and were removed, all figures before are null.
        """
        asked = metric(name) if name in metric_names() else question(name)
        period = self.period(scope)
        if period is None:
            nothing = self._answer(asked, scope, params)
            return _side_by_side(nothing, nothing, asked.key)
        since, until = period
        now = scope.replace(since=since, until=until)
        before = self._answer(asked, now.previous(), params)
        if self._has_calls_since(asked, now.previous()) is not None:
            before = before.clear(0 if asked.key else 1)  # a part of a period is nothing to compare with
        return _side_by_side(self._answer(asked, now, params), before, asked.key, later=until - since)

    def query(self, sql: str, params: Mapping[str, object] | None = None, scope: Scope | None = None) -> pl.DataFrame:
        """The rows of our own SQL (trusted: it may read files). Without a scope, `calls` holds every call that may be seen."""
        if scope is None:
            with contextlib.closing(self.connection.cursor()) as cursor:
                return self._rows(cursor, sql, params)
        with self._scopes.reading(scope, sql) as cursor:
            return self._rows(cursor, sql, params)

    def data_until(self) -> dt.datetime | None:
        """The time (UTC) of the last call that may be seen; None without any."""
        with contextlib.closing(self.connection.cursor()) as cursor:
            self._visible.bind_sums_of_all(cursor, "daily_calls")
        last = self.query("select max(last_call) as last_call from lake.daily_calls")["last_call"].item()
        return last if isinstance(last, dt.datetime) else None

    def lived(self) -> Period | None:
        """Since and until of the days that the logs cover: all that is loaded, except stray calls. None without any call.

        A line that arrives months late, or from a clock that is wrong, is a call, but does not stretch an open period.
        """
        if self._lived is None and (loaded := self._visible.loaded()) is not None:
            # The question has both bounds. To answer it for an open period, these same days would be needed.
            bounds = Scope(since=loaded[0], until=loaded[1], environment="all")
            first, last = self.query_file("completeness/lived", bounds).row(0)
            self._lived = None if first is None else (first, last + dt.timedelta(days=1))
        return self._lived

    def period(self, scope: Scope) -> Period | None:
        """The period of a scope; an open one reaches as far as the logs. None if no day is left."""
        if scope.since is not None and scope.until is not None:
            return scope.since, scope.until
        return filled(scope, self.lived())

    def calls_since(self, scope: Scope, look_back: int = 0) -> dt.date | None:
        """The first day with all of its single calls, if earlier days of the scope are sealed; None if not."""
        sealed = self.snapshot.sealed.period
        return self.snapshot.calls_since if sealed and reaches(scope, look_back, sealed) else None

    def known_now(self, scope: Scope) -> Scope:
        """The scope with the id that its integration has now. Calls with an older id count for that one."""
        return scope.replace(
            integration=self._visible.known_renames.texts.get(scope.integration or "", scope.integration)
        )

    def bind_sums(self) -> None:
        """Bind every kind of sums, of all calls that may be seen, as a public relation."""
        with contextlib.closing(self.connection.cursor()) as cursor:
            for name in KINDS:
                self._visible.bind_sums_of_all(cursor, name)
                cursor.execute("set schema = 'main'")
                cursor.table(f"lake.{name}").create_view(name)

    def bind_metrics(self) -> None:
        """Bind every metric, with the default scope, as `metrics.<name>`."""
        look_back = max(metric(name).look_back for name in metric_names())
        sums = self._scopes.bind("metrics", Scope(), look_back)
        with contextlib.closing(self.connection.cursor()) as cursor:
            for name in metric_names():
                sums.bind(cursor, metric(name).sql)
            cursor.execute("set search_path = 'metrics,main'")
            for name in metric_names():
                cursor.execute(f"create view metrics.{name} as {metric(name).sql}")

    def _answer(self, asked: Metric, scope: Scope, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        since = self._has_calls_since(asked, scope)
        if since is not None:
            self.answered_since = since
            if scope.until is not None and scope.until <= since:
                found = self._answer_of(asked, scope, params)
                return found.clear() if asked.key else found  # no day is left that a row could be about
            scope = scope.replace(since=max(scope.since or since, since))
        return self._answer_of(asked, scope, params)

    def _has_calls_since(self, asked: Metric, scope: Scope) -> dt.date | None:
        """From which day on a question has all calls that it needs; None if it has all, or needs none."""
        since = self.calls_since(scope, asked.look_back)
        if since is None or needs_calls(asked.sql, scope):
            return since
        return since if not self._visible.sealed.days and needs_sums(asked.sql) else None

    def _answer_of(self, asked: Metric, scope: Scope, params: Mapping[str, object] | None) -> pl.DataFrame:
        with self._scopes.reading(scope, asked.sql, asked.look_back) as cursor:
            # DuckDB plans a relation twice: to know its columns, and to run it. Many questions take longer to plan than to
            # answer, and `create table` plans once.
            with self._reading():
                cursor.execute(f"create temp table asked_answer as {asked.sql}", dict(params) if params else None)
            return self._rows(cursor, "from asked_answer")

    def _rows(self, cursor: DuckDBPyConnection, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        import polars.selectors as cs

        with self._reading():
            rows: pl.DataFrame = cursor.sql(sql, params=dict(params) if params else None).pl()
        return rows.with_columns(cs.datetime(time_zone="*").dt.convert_time_zone("UTC"))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise AnalyticsError(self.damage() or f"the question cannot be answered: {error}") from error

    def damage(self) -> str | None:
        """Which file is damaged and what to do about it; None if all can be read. The engine's own error seldom names the file."""
        return self._damaged_file() or self._visible.damaged_sums()

    def _damaged_file(self) -> str | None:
        files = (*(file.path for file in self.snapshot.calls), *self.snapshot.rejects)
        return damage_among(files) or damaged_version(self.registry)


def _side_by_side(
    now: pl.DataFrame, before: pl.DataFrame, key: Sequence[str], *, later: dt.timedelta = dt.timedelta()
) -> pl.DataFrame:
    import polars as pl

    if not key:
        return pl.concat([now, before.rename(lambda name: f"{name}_before")], how="horizontal")
    if "day" in key:
        before = before.with_columns(pl.col("day") + later)
    return now.join(
        before,
        on=list(key),
        how="full",
        coalesce=True,
        nulls_equal=True,
        suffix="_before",
        maintain_order="left_right",
    )
