"""DuckDB over one snapshot of a lake: binds who may see and what is asked underneath every question.

    schema lake       what the snapshot and the registry hold, restricted to what the viewer may see
    schema main       the public relations of views/: calls, rejects, loads, partners, integrations, customers
    schema asked_N    one scope's calls, days, ...: bound for its first question, dropped when others were asked since

A metric's text says `calls` and finds the schema's own; it cannot tell for whom it answers. Values reach the engine as
constants of relations, never as text.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow as pa
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from analytics.errors import AnalyticsError
from analytics.metrics import Metric, metric, metric_names
from analytics.questions import question
from analytics.registry.certificates import certificates
from analytics.registry.history import holding, rows_on, versions_of
from analytics.registry.store import damaged_version
from analytics.scope import Scope
from analytics.views import PUBLIC, macros, view
from analytics.warehouse.narrow import Expressions, Renames, condition, may_hold
from analytics.warehouse.reader import ParquetReader, empty, read_parquet, shaped
from analytics.warehouse.seen import Seen, seen_in
from ingest.call import CALL_COLUMNS
from ingest.lake.data_file import damage_among
from ingest.lake.ledger import LOAD_COLUMNS
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from analytics.registry import RegistryFiles, Relation
    from analytics.warehouse.reader import Reader
    from ingest.lake.data_file import DataFile
    from ingest.lake.lake import Snapshot

__all__ = ["Metric", "Warehouse", "metric", "metric_names"]

EVERYTHING = Scope(environment="all")
"""What somebody sees who may see all."""

REGISTRY_KEYS: dict[Relation, str] = {"partners": "partner", "integrations": "integration", "customers": "customer"}

DUCKDB = Expressions(
    column=ColumnExpression,
    constant=ConstantExpression,
    lower=lambda expression: FunctionExpression("lower", expression),
)


_MOST_BOUND = 4
"""So many scopes stay bound: who asks one question of a scope asks others, as each page and each verdict does."""


@dataclass
class _Bound:
    """A schema that is bound to a scope, and how many questions read it now."""

    schema: str
    users: int = 0


class Warehouse:
    """Answers from one snapshot of a lake, as far as the viewer may see it. Close it, or use it in a `with`.

    A viewer who may not see all sees of the registry what stands in its own calls, and no loads and rejects: nobody
    knows whose they are. What else lies beside the calls is told as far as its own calls tell it (seen.py): no day and no load
    of others, and where others call through the same logs, neither the names of these nor where in them a call stands. With
    `days_are_told` it may know on which days anybody called, and when the last log was loaded.

    Several threads may ask at once: every question has a cursor of its own, and nothing is changed that is bound to a scope.
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
        self._days_are_told = days_are_told
        self._reader = reader or ParquetReader()
        self._numbers = itertools.count(1)
        self._bound: OrderedDict[tuple[Scope, int], _Bound] = OrderedDict()
        self._binding = RLock()
        # Whoever hands this engine to a stranger shows no trace of what else was asked.
        self._most_bound = _MOST_BOUND if reader is None else 0
        self.connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        self.connection.execute("set global timezone = 'UTC'")
        self.connection.execute("create schema lake")
        self.connection.execute(macros())
        self._renames = self._known_renames = Renames({})
        self._seen: Seen | None = None
        self._lived: tuple[dt.date, dt.date] | None = None
        self._names_then: dict[tuple[Relation, int], pa.Table] = {}
        self._files: tuple[DataFile, ...] = ()
        try:
            self._bind_lake(registry)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if damaged := self.damage():
                raise AnalyticsError(damaged) from error
            raise

    @classmethod
    def open(cls, lake: Path, *, viewer: Scope | None = None) -> Warehouse:
        """A warehouse over the lake as it is now; LakeError when there is none."""
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
        """Let go of the files."""
        self.connection.close()

    def metric(self, name: str, scope: Scope | None = None) -> pl.DataFrame:
        """One metric's rows: the columns and the order of its contract."""
        return self._answer(metric(name), scope or Scope())

    def query_file(
        self, name: str, scope: Scope | None = None, params: Mapping[str, object] | None = None
    ) -> pl.DataFrame:
        """The answer of one question, named `room/question`; `params` are bound where it says `$name`."""
        return self._answer(question(name), scope or Scope(), params)

    def compared(self, name: str, scope: Scope, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """A metric or question with, as `<column>_before`, the same over the previous period of equal length.

        Joined on its key; rows of one of the periods only have nulls for the other. A day is compared with the day of
        the same place in the period before. A scope without bounds means the days on which logs live; without any
        data, or without a day before it, everything before is null.
        """
        asked = metric(name) if name in metric_names() else question(name)
        period = self.period(scope)
        if period is None:
            nothing = self._answer(asked, scope, params)
            return _side_by_side(nothing, nothing, asked.key)
        since, until = period
        now = scope.replace(since=since, until=until)
        before = self._answer(asked, now.previous(), params)
        return _side_by_side(self._answer(asked, now, params), before, asked.key, later=until - since)

    def query(self, sql: str, params: Mapping[str, object] | None = None, scope: Scope | None = None) -> pl.DataFrame:
        """The rows of our own SQL (trusted: it may read files). Without a scope `calls` is all that may be seen."""
        if scope is None:
            with contextlib.closing(self.connection.cursor()) as cursor:
                return self._rows(cursor, sql, params)
        with self._asked(scope) as cursor:
            return self._rows(cursor, sql, params)

    def data_until(self) -> dt.datetime | None:
        """When the last call that may be seen was made, UTC; None without any."""
        last = self.query("select max(called_at) as last_call from calls")["last_call"].item()
        return last if isinstance(last, dt.datetime) else None

    def lived(self) -> tuple[dt.date, dt.date] | None:
        """Since and until of the days on which logs live: what is loaded, but for stray calls. None without any call.

        A line that comes in months late, or from a clock that is wrong, is a call, and moves no period when nothing else is
        asked.
        """
        if self._lived is None and (loaded := self._loaded()) is not None:
            # Asked with both bounds: one that is open would be asked of what is being found out.
            bounds = Scope(since=loaded[0], until=loaded[1], environment="all")
            first, last = self.query_file("completeness/lived", bounds).row(0)
            self._lived = None if first is None else (first, last + dt.timedelta(days=1))
        return self._lived

    def period(self, scope: Scope) -> tuple[dt.date, dt.date] | None:
        """The period of a scope; where it is open, as far as logs live. None when there is none."""
        if scope.since is not None and scope.until is not None:
            return scope.since, scope.until
        return _filled(scope, self.lived())

    def _loaded(self) -> tuple[dt.date, dt.date] | None:
        """Since and until of all files, stray calls too, as far as the viewer's period reaches; None on an empty lake.

        No period that is shown, but what an open one takes calls of, and how far days reach that are asked for.
        """
        if self._seen is not None and not self._days_are_told:
            return self._seen.days
        days = [(file.min_day, file.max_day) for file in self.snapshot.calls if file.rows > 0]
        first = min((day for day, _ in days if day is not None), default=None)
        last = max((day for _, day in days if day is not None), default=None)
        if first is None or last is None:
            return None
        return _overlap((first, last + dt.timedelta(days=1)), self.viewer)

    def known_now(self, scope: Scope) -> Scope:
        """The scope with its integration by the id that it has now: what carries an older one counts for that."""
        return scope.replace(integration=self._known_renames.texts.get(scope.integration or "", scope.integration))

    def bind(self, schema: str, scope: Scope, look_back: int = 0) -> None:
        """Bind what a metric reads in a schema of its own: calls, calls_before, calls_all, scope, days, hours, ...

        The names are those of the period's last day; of a period that reaches to the end of the data, those of now.
        """
        with contextlib.closing(self.connection.cursor()) as cursor:
            cursor.execute(f"create schema {schema}")
            cursor.execute(f"create schema {schema}_before")
            if look_back:
                self._bind_calls(cursor, f"{schema}_before", _reaching_back(scope, look_back))
            self._bind_calls(cursor, schema, scope)
            cursor.table(f"{schema}{'_before' if look_back else ''}.calls").create_view("calls_before")
            cursor.table("main.calls").create_view("calls_all")
            self._bind_period(cursor, scope, look_back)
            if not self._bind_names(cursor, scope):
                cursor.table("lake.certificate_dates").create_view("certificate_dates")
            cursor.execute(f"create view certificates as {view('certificates')}")
            cursor.execute(f"create view days as {view('days')}")
            cursor.execute(f"create view hours as {view('hours')}")
            cursor.execute(f"create view spellings as {view('spellings')}")

    def bind_metrics(self) -> None:
        """Bind every metric with the default scope as `metrics.<name>`."""
        self.bind("metrics", Scope(), look_back=max(metric(name).look_back for name in metric_names()))
        with contextlib.closing(self.connection.cursor()) as cursor:
            cursor.execute("set search_path = 'metrics,main'")
            for name in metric_names():
                cursor.execute(f"create view metrics.{name} as {metric(name).sql}")

    def _answer(self, asked: Metric, scope: Scope, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        with self._asked(scope, asked.look_back) as cursor:
            # A relation is planned to know its columns and once more to run, and many a question takes longer to plan than to
            # answer. A table is planned once.
            with self._reading():
                cursor.execute(f"create temp table asked_answer as {asked.sql}", dict(params) if params else None)
            return self._rows(cursor, "from asked_answer")

    @contextlib.contextmanager
    def _asked(self, scope: Scope, look_back: int = 0) -> Iterator[DuckDBPyConnection]:
        """A cursor that reads what is bound to a scope. Nobody drops that meanwhile."""
        bound = self._take(scope, look_back)
        cursor = self.connection.cursor()
        try:
            cursor.execute(f"set search_path = '{bound.schema},main'")
            yield cursor
        finally:
            cursor.close()
            with self._binding:
                bound.users -= 1
                self._drop_unused(self._most_bound)

    def _take(self, scope: Scope, look_back: int) -> _Bound:
        # Whoever binds an open period asks when logs live, which is a question of its own: hence a lock that its owner may take.
        with self._binding:
            key = scope, look_back
            bound = self._bound.get(key)
            if bound is None:
                bound = _Bound(f"asked_{next(self._numbers)}")
                self.bind(bound.schema, scope, look_back)
                self._bound[key] = bound
            self._bound.move_to_end(key)
            bound.users += 1
            return bound

    def _drop_unused(self, most: int) -> None:
        """Drop what was asked longest ago, until so many are left, and those that somebody reads."""
        unused = [key for key, bound in self._bound.items() if not bound.users]
        for key in unused[: max(len(self._bound) - most, 0)]:
            schema = self._bound.pop(key).schema
            with contextlib.closing(self.connection.cursor()) as cursor:
                cursor.execute(f"drop schema {schema} cascade")
                cursor.execute(f"drop schema {schema}_before cascade")

    def _bind_lake(self, registry: RegistryFiles) -> None:
        connection = self.connection
        sees_all = not self.viewer.narrows
        self._renames = self._known_renames = _renames(connection, registry)
        self._files = self._files_of(self.viewer, self.snapshot.calls)
        if not sees_all:
            self._seen = seen_in(connection, self._sent(connection, None), self.snapshot.loads, self._renames)
            self._known_renames = self._renames.of(self._seen.ids)
        self._bind_beside_calls(registry)
        self._bind_calls(connection, "lake", None)
        loads = connection.from_arrow(self.snapshot.loads) if sees_all else empty(connection, LOAD_COLUMNS)
        shaped(loads, LOAD_COLUMNS).create("loads")
        files = self.snapshot.rejects if sees_all else ()
        rejects = self._reader.rejects(connection, files) if files else empty(connection, REJECT_COLUMNS)
        shaped(rejects, REJECT_COLUMNS).create_view("rejects")
        for relation, key in REGISTRY_KEYS.items():
            self._of_seen(connection, _registry(connection, registry, relation), key).create(relation)
        known = _registry(connection, registry, "integrations").to_arrow_table()
        dates = connection.from_arrow(certificates(known, registry.versions))
        self._of_seen(connection, dates, "integration").create("certificate_dates")
        connection.execute("set schema = 'main'")
        connection.table("lake.calls").create_view("calls")
        for name in PUBLIC[1:]:
            connection.execute(f"create view {name} as {view(name)}")

    def _bind_beside_calls(self, registry: RegistryFiles) -> None:
        """Create `lake.renames`, `former_numbers`, `stream_ends` and `last_load`.

        With the rows that the viewer may know and no others from the beginning: what is removed from a table leaves its place
        behind, which tells how much it was.
        """
        connection, seen = self.connection, self._seen
        connection.execute(view("beside_calls"))
        for old, new in self._known_renames.pairs.items():
            connection.execute("insert into lake.renames values (?, ?, ?, ?, ?)", [*old, *new, f"{new[0]}_{new[1]}"])
        for partner, former in _former_numbers(connection, registry, self._renames):
            if seen is None or partner in seen.partners:
                connection.execute("insert into lake.former_numbers values (?, ?)", [partner, str(former)])
        for end in self.snapshot.stream_ends:
            if seen is None or end.stream in seen.streams:
                connection.execute("insert into lake.stream_ends values (?, ?)", [self._told(end.stream), end.ended_on])
        # What nobody can have called yet is nobody's call to whoever looks.
        last = _last_load(self.snapshot) if seen is None or self._days_are_told else seen.last_load
        connection.execute("insert into lake.last_load values (?)", [last])

    def _bind_calls(self, cursor: DuckDBPyConnection, schema: str, scope: Scope | None) -> None:
        """Bind `calls` in a schema (and make it the current one): what may be seen, and of that what is asked."""
        sent = self._sent(cursor, scope)
        cursor.execute(f"set schema = '{schema}'")
        sent.create_view("sent")
        cursor.execute(f"create view calls as {view('calls')}")

    def _sent(self, cursor: DuckDBPyConnection, scope: Scope | None) -> DuckDBPyRelation:
        """The calls as they were sent, of what may be seen those that are asked for."""
        files = self._files if scope is None else self._files_of(scope, self._files)
        sent = self._reader.calls(cursor, files, self._may_see) if files else empty(cursor, CALL_COLUMNS)
        sent = shaped(sent, CALL_COLUMNS)
        hides_logs = self._seen is not None and not self.viewer.is_of_whole_logs
        for narrowing in (self.viewer, scope):
            if narrowing is not None:
                # A log is asked for by the name that is told of it, so that nobody finds out a name by asking for it.
                asked = narrowing.replace(stream=None) if hides_logs and narrowing is scope else narrowing
                kept = condition(asked, self._renames, DUCKDB)
                sent = sent if kept is None else sent.filter(kept)
        if not hides_logs:
            return sent
        sent = self._without_places(cursor, sent)
        stream = scope.stream if scope is not None else None
        return sent if stream is None else sent.filter(ColumnExpression("stream") == ConstantExpression(stream))

    def _without_places(self, cursor: DuckDBPyConnection, sent: DuckDBPyRelation) -> DuckDBPyRelation:
        """The same calls without what says where in which log they stand: others call there, too."""
        assert self._seen is not None, "only of who does not see all"
        told = {"stream": self._seen.streams, "told": [self._told(stream) for stream in self._seen.streams]}
        # As a relation without a name, and none of its texts in the view: what can be named can be read by SQL.
        names = cursor.from_arrow(pa.table(told, schema=pa.schema([(name, pa.string()) for name in told])))
        shown = {
            "stream": ColumnExpression("told"),
            "load_id": ConstantExpression(None),
            "line_number": ConstantExpression(None),
        }
        return sent.join(names, "stream").project(
            *(
                shown.get(column.name, ColumnExpression(column.name))
                .cast(cursor.type(column.sql_type))
                .alias(column.name)
                for column in CALL_COLUMNS
            )
        )

    def _told(self, stream: str) -> str:
        """The name by which the viewer knows a log."""
        if self._seen is None or self.viewer.is_of_whole_logs:
            return stream
        return f"log {self._seen.streams.index(stream) + 1}"

    def _bind_period(self, cursor: DuckDBPyConnection, scope: Scope, look_back: int) -> None:
        """Bind `scope`, the period that was asked, and `extent`, the days of it.

        Stray calls count where no period is asked for, and stretch none: an open one has the days on which logs live.
        """
        loaded, period = self._loaded(), self.period(scope)
        asked = _filled(scope, loaded) or (scope.since, scope.until)
        extent = _overlap(loaded, Scope(since=period[0], until=period[1])) if loaded and period else None
        for name, (since, until) in (("scope", asked), ("extent", extent or (None, None))):
            date, text = cursor.type("date"), cursor.type("varchar")
            cursor.sql("select 1 as one").project(
                ConstantExpression(since).cast(date).alias("since"),
                ConstantExpression(until).cast(date).alias("until"),
                ConstantExpression(look_back + 1).cast(cursor.type("integer")).alias("window_days"),
                ConstantExpression(self.snapshot.time_zone).cast(text).alias("time_zone"),
                ConstantExpression(scope.stream).cast(text).alias("stream"),
                ConstantExpression(scope.environment).cast(text).alias("environment"),
                ConstantExpression(scope.product).cast(text).alias("product"),
            ).create_view(name)

    def _bind_names(self, cursor: DuckDBPyConnection, scope: Scope) -> bool:
        """Bind `partners`, `integrations` and `customers` as they were, when the period has ended before the data does.

        Whether the integrations of then are others than those of now: then `certificate_dates` is bound as well.
        """
        loaded = self._loaded()
        has_integrations = False
        if scope.until is None or loaded is None or scope.until >= loaded[1]:
            return has_integrations
        last_day = scope.until - dt.timedelta(days=1)
        for relation, key in REGISTRY_KEYS.items():
            versions = versions_of(relation, self.registry.versions)
            held = holding(versions, last_day) if versions else None
            if held is None or held is versions[-1]:
                continue
            known = (relation, held.number)
            if known not in self._names_then:
                self._names_then[known] = rows_on(relation, versions, held, self._renames.texts)
            self._of_seen(cursor, cursor.from_arrow(self._names_then[known]), key).create(relation)
            if relation == "integrations":
                dates = certificates(self._names_then[known], versions[: versions.index(held) + 1])
                self._of_seen(cursor, cursor.from_arrow(dates), key).create("certificate_dates")
                has_integrations = True
        return has_integrations

    def _of_seen(self, cursor: DuckDBPyConnection, rows: DuckDBPyRelation, key: str) -> DuckDBPyRelation:
        """Of the registry's rows those whose calls the viewer may see."""
        if not self.viewer.narrows:
            return rows
        of_calls = cursor.table("lake.calls").project(ColumnExpression(key)).distinct()
        return rows.join(of_calls, key, how="semi").order(key)  # else their places tell of the rows between them

    def _may_see(self, say: Expressions) -> Any | None:
        return condition(self.viewer, self._renames, say)

    def _files_of(self, scope: Scope, files: Iterable[DataFile]) -> tuple[DataFile, ...]:
        return tuple(file for file in files if file.rows > 0 and may_hold(file, scope, self._renames))

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
        """Which file is damaged, and what to do, where one is. An engine says what it stumbles over, and mostly not where."""
        files = (*(file.path for file in self.snapshot.calls), *self.snapshot.rejects)
        return damage_among(files) or damaged_version(self.registry)


def _last_load(snapshot: Snapshot) -> dt.datetime | None:
    import pyarrow.compute as pc

    last = pc.max(snapshot.loads["loaded_at"]).as_py()
    return last if isinstance(last, dt.datetime) else None


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


def _renames(connection: DuckDBPyConnection, registry: RegistryFiles) -> Renames:
    """The registry's replacements."""
    replaced_by = {
        _id(old): _id(new)
        for new, old in _registry(connection, registry, "integrations")
        .filter(ColumnExpression("replaces").isnotnull())
        .project("integration", "replaces")
        .order("integration desc")
        .fetchall()
    }
    return Renames(replaced_by)


def _former_numbers(
    connection: DuckDBPyConnection, registry: RegistryFiles, renames: Renames
) -> Iterator[tuple[int, int]]:
    """Partners with the numbers that they had before, whose environments stay their own.

    A number counts as the same partner's former one when all its integrations were replaced: of a partner that still has
    one of its own, somebody else has taken over the others, and it may well be their customer.
    """
    ids = _registry(connection, registry, "integrations").project("integration").fetchall()
    still_used = {_id(integration)[0] for (integration,) in ids if _id(integration) not in renames.pairs}
    for partner, former in sorted({(new[0], old[0]) for old, new in renames.pairs.items()}):
        if former != partner and former not in still_used:
            yield partner, former


def _registry(connection: DuckDBPyConnection, registry: RegistryFiles, relation: Relation) -> DuckDBPyRelation:
    from analytics.registry import empty_relation

    file: Path | None = getattr(registry, relation)
    return read_parquet(connection, [file]) if file is not None else connection.from_arrow(empty_relation(relation))


def _reaching_back(scope: Scope, days: int) -> Scope:
    if scope.since is None:
        return scope
    return scope.replace(since=scope.since - dt.timedelta(days=min(days, scope.since.toordinal() - 1)))


def _filled(scope: Scope, reach: tuple[dt.date, dt.date] | None) -> tuple[dt.date, dt.date] | None:
    """The scope's period, with these bounds where it is open; None when that is none."""
    if reach is None:
        return None
    since, until = scope.since or reach[0], scope.until or reach[1]
    return (since, until) if since < until else None


def _overlap(loaded: tuple[dt.date, dt.date], scope: Scope) -> tuple[dt.date, dt.date] | None:
    since, until = max(loaded[0], scope.since or loaded[0]), min(loaded[1], scope.until or loaded[1])
    return (since, until) if since < until else None


def _id(integration: str) -> tuple[int, int]:
    partner, project = integration.split("_")
    return int(partner), int(project)
