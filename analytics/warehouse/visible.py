"""The relations of a snapshot and its registry that a viewer may see. Every question reads these and no others.

    schema lake       the calls, the registry and the tables beside them, restricted to the viewer
    schema main       the public relations over these

The restriction is below everything that can be asked, and not in each question, because a question that forgets it would show
one partner the customers of another. Tables that SQL could read are created with the viewer's rows only; they are never filled
and then emptied, because a count or the statistics of a table can tell how much was there. Besides the calls, a viewer that may
not see all learns only what its own calls say (seen.py).
"""

from __future__ import annotations

import datetime as dt
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression, StarExpression

from analytics.registry.certificates import certificates
from analytics.scope import Scope
from analytics.views import PUBLIC, macros, view
from analytics.warehouse.narrow import Expressions, Renames, condition, may_hold
from analytics.warehouse.period import overlap
from analytics.warehouse.reader import empty, shaped
from analytics.warehouse.registered import KEYS, former_numbers, registered, renames_in
from analytics.warehouse.seen import Seen, seen_in
from analytics.warehouse.summed import (
    bind_attributed,
    bind_from_calls,
    bind_stored,
    narrowed,
    source_of,
    tells_all,
)
from ingest.call import CALL_COLUMNS
from ingest.lake.data_file import damage, damage_among
from ingest.lake.ledger_row import LOAD_COLUMNS
from ingest.lake.sums.checks import REBUILD
from ingest.lake.sums.files import Cover, cover, name_of
from ingest.lake.sums.kinds import KINDS
from ingest.lake.sums.sealed_days import NOTHING_SEALED
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation, Expression

    from analytics.registry import RegistryFiles
    from analytics.warehouse.period import Period
    from analytics.warehouse.reader import Reader
    from ingest.call import Column
    from ingest.lake.data_file import DataFile
    from ingest.lake.snapshot import Snapshot
    from ingest.lake.sums.kinds import Kind, SumName
    from ingest.lake.sums.sealed_days import Sealed

DUCKDB = Expressions(
    column=ColumnExpression,
    constant=ConstantExpression,
    lower=lambda expression: FunctionExpression("lower", expression),
)


class Visible:
    """The relations of one viewer, created once for a connection."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        snapshot: Snapshot,
        registry: RegistryFiles,
        *,
        viewer: Scope,
        reader: Reader,
        days_are_told: bool,
    ) -> None:
        self.connection = connection
        self.snapshot = snapshot
        self.registry = registry
        self.viewer = viewer
        self._reader = reader
        self._days_are_told = days_are_told
        self._seen: Seen | None = None
        self._sums_of_all: set[SumName] = set()
        self._binding_all = Lock()
        self._covers: dict[SumName, Cover] = {}
        connection.execute("create schema lake")
        connection.execute(macros())
        self.renames = self.known_renames = renames_in(connection, registry)
        self._files = self._files_of(viewer, snapshot.calls)
        if viewer.narrows:
            self._seen = seen_in(
                connection, self._sent(connection, None), self._sealed_days(connection), snapshot.loads, self.renames
            )
            self.known_renames = self.renames.of(self._seen.ids)
        self._bind_beside_calls()
        self._bind_lake()
        self._bind_public()

    def loaded(self) -> Period | None:
        """Since and until of all files, stray calls included, within the viewer's period; None on an empty lake.

        This period is not shown. It bounds the calls of an open period, and the days that can be asked for.
        """
        if self._seen is not None and not self._days_are_told:
            return self._seen.days
        days = [(file.min_day, file.max_day) for file in self.snapshot.calls if file.rows > 0]
        days += [(one.first_day, one.last_day) for one in self.sealed.days]
        first = min((day for day, _ in days if day is not None), default=None)
        last = max((day for _, day in days if day is not None), default=None)
        if first is None or last is None:
            return None
        return overlap((first, last + dt.timedelta(days=1)), self.viewer)

    @property
    def sealed(self) -> Sealed:
        """The sealed days, if their sums tell what the viewer may see from what others may: all of them, or none.

        A viewer of some days sees none: the row of a month would tell it of other days.
        """
        is_told = self.viewer.since is None and self.viewer.until is None
        is_told = is_told and all(source_of(kind, self.viewer) for kind in KINDS.values())
        return self.snapshot.sealed if is_told else NOTHING_SEALED

    def bind_calls(self, cursor: DuckDBPyConnection, schema: str, scope: Scope | None) -> None:
        """Bind `calls` in a schema, and make it the current one: the calls that are asked for, among those that may be seen."""
        sent = self._sent(cursor, scope)
        cursor.execute(f"set schema = '{schema}'")
        sent.create_view("sent")
        cursor.execute(f"create view calls as {view('calls')}")

    def bind_calls_of_anybody(self, cursor: DuckDBPyConnection, scope: Scope) -> None:
        """Bind `calls_of_anybody`: the calls in the scope's environment and product up to the end of its period, whoever made them.

        Their column `is_asked` says whether the rest of the scope keeps a call too, but for the first day of the period. Who asks
        both for an integration's calls and for what the logs lack reads the calls once, and not once narrowed and once whole.
        """
        kept = condition(_of_anybody(scope), _NO_RENAMES, DUCKDB)
        calls = cursor.table("main.calls")
        narrowed_calls = calls if kept is None else calls.filter(kept)
        narrowed_calls.project(StarExpression(), self._is_asked(scope)).create_view("calls_of_anybody")

    def bind_sums(self, cursor: DuckDBPyConnection, schema: str, name: SumName, scope: Scope | None) -> None:
        """Bind sums in a schema that has `sent`: those of its calls. `sent_<name>` holds them as the calls were sent."""
        kind = KINDS[name]
        scopes = () if scope is None else (scope,)
        files = self._files if scope is None else self._files_of(scope, self._files)
        source = source_of(kind, self.viewer, *scopes)
        covered = self._covered(source, files)
        paths = [*(one.path for one in covered.sums), *self._sealed_files(source, scope)]
        cursor.execute(f"set schema = '{schema}'")
        if source is None or not paths:
            bind_from_calls(cursor, kind, "sent")
        else:
            stored = self._narrowed(cursor, self._stored(cursor, paths, source), source.columns, scope, source)
            bind_stored(cursor, kind, stored, self._sent(cursor, scope, covered.calls))
        bind_attributed(cursor, kind)

    def _covered(self, kind: Kind | None, files: Sequence[DataFile]) -> Cover:
        """The sums that stand for calls of these data files, and the data files whose calls are read."""
        # Who may not see all calls is answered from the calls that it may see, as long as they are there: the sums of a lake show by
        # their files when it was maintained.
        if kind is None or self.viewer.narrows:
            return Cover((), tuple(files))
        if kind.name not in self._covers:
            # Of the whole snapshot: sums add up whole data files, also those of which the scope needs none.
            self._covers[kind.name] = cover(self.snapshot.calls, self.snapshot.sums.files(kind))
        whole = self._covers[kind.name]
        names, unsummed = {name_of(file) for file in files}, set(whole.calls)
        return Cover(
            tuple(one for one in whole.sums if not names.isdisjoint(one.built_from)),
            tuple(file for file in files if file in unsummed),
        )

    def _sealed_files(self, kind: Kind | None, scope: Scope | None) -> tuple[Path, ...]:
        """The files with sums of days whose calls are gone."""
        if kind is None:
            return ()
        since, until = (scope.since, scope.until) if scope is not None else (None, None)
        return self.sealed.files(kind, since=since, until=until)

    def _stored(self, cursor: DuckDBPyConnection, paths: Sequence[Path], kind: Kind) -> DuckDBPyRelation:
        return shaped(self._reader.sums(cursor, paths, kind, self._may_see), kind.columns)

    def _sealed_days(self, cursor: DuckDBPyConnection) -> DuckDBPyRelation:
        """What the viewer may see of sealed days, by integration, customer and day, with the real names of logs."""
        kind = KINDS["customer_days"]
        paths = self._sealed_files(kind, None)
        if not paths:
            return empty(cursor, kind.columns)
        return narrowed(self._stored(cursor, paths, kind), kind, self.viewer, self.renames, DUCKDB)

    def damaged_sums(self) -> str | None:
        """Which file of the sums that were read is damaged, and what to do about it."""
        for covered in self._covers.values():
            for one in covered.sums:
                if wrong := damage(one.path, one.file.size):
                    return f"{one.path}: {wrong}; {REBUILD}"
        return damage_among(path for path, _ in self.sealed.every_file())

    def bind_sums_of_all(self, cursor: DuckDBPyConnection, name: SumName) -> None:
        """Bind `lake.<name>`, where it is not yet: the sums of all calls that may be seen."""
        with self._binding_all:
            if name not in self._sums_of_all:
                self.bind_sums(cursor, "lake", name, None)
                self._sums_of_all.add(name)

    def bind_sums_of_anybody(self, cursor: DuckDBPyConnection, name: SumName, scope: Scope) -> None:
        """Bind `<name>_of_anybody`, which goes with `calls_of_anybody`. Only sums that have all columns of a scope say `is_asked`."""
        kind = KINDS[name]
        rows = narrowed(cursor.table(f"lake.{name}"), kind, _of_anybody(scope), _NO_RENAMES, DUCKDB)
        (rows.project(StarExpression(), self._is_asked(scope)) if tells_all(kind) else rows).create_view(
            f"{name}_of_anybody"
        )

    def _is_asked(self, scope: Scope) -> Expression:
        rest = scope.replace(
            since=None,
            until=None,
            environment="all",
            product=None,
            integration=self.renames.texts.get(scope.integration or "", scope.integration),
        )
        is_asked = condition(rest, _NO_RENAMES, DUCKDB)
        asked: Expression = ConstantExpression(value=True) if is_asked is None else is_asked
        return asked.alias("is_asked")

    def of_seen(self, cursor: DuckDBPyConnection, rows: DuckDBPyRelation, key: str) -> DuckDBPyRelation:
        """The registry's rows whose calls the viewer may see."""
        if not self.viewer.narrows:
            return rows
        of_calls = cursor.table("lake.calls").project(ColumnExpression(key)).distinct()
        if self.sealed.days:
            self.bind_sums_of_all(cursor, "customer_days")
            of_calls = cursor.table("lake.customer_days").project(ColumnExpression(key)).distinct()
        # Sorted: the order in which a join gives the rows may tell of the hidden rows between them.
        return rows.join(of_calls, key, how="semi").order(key)

    def _bind_lake(self) -> None:
        connection, registry = self.connection, self.registry
        self.bind_calls(connection, "lake", None)
        sees_all = not self.viewer.narrows
        loads = connection.from_arrow(self.snapshot.loads) if sees_all else empty(connection, LOAD_COLUMNS)
        shaped(loads, LOAD_COLUMNS).create("loads")
        files = self.snapshot.rejects if sees_all else ()
        rejects = self._reader.rejects(connection, files) if files else empty(connection, REJECT_COLUMNS)
        shaped(rejects, REJECT_COLUMNS).create_view("rejects")
        for relation, key in KEYS.items():
            self.of_seen(connection, registered(connection, registry, relation), key).create(relation)
        known = registered(connection, registry, "integrations").to_arrow_table()
        dates = connection.from_arrow(certificates(known, registry.versions))
        self.of_seen(connection, dates, "integration").create("certificate_dates")

    def _bind_public(self) -> None:
        connection = self.connection
        connection.execute("set schema = 'main'")
        connection.table("lake.calls").create_view("calls")
        for name in PUBLIC[1:]:
            connection.execute(f"create view {name} as {view(name)}")

    def _bind_beside_calls(self) -> None:
        """Create `lake.renames`, `former_numbers`, `stream_ends` and `last_load`.

        From the beginning they hold only the rows that the viewer may know: a row that is removed leaves its place in a table,
        and the places show how many there were.
        """
        connection, seen = self.connection, self._seen
        connection.execute(view("beside_calls"))
        for old, new in self.known_renames.pairs.items():
            connection.execute("insert into lake.renames values (?, ?, ?, ?, ?)", [*old, *new, f"{new[0]}_{new[1]}"])
        for partner, former in former_numbers(connection, self.registry, self.renames):
            if seen is None or partner in seen.partners:
                connection.execute("insert into lake.former_numbers values (?, ?)", [partner, str(former)])
        for end in self.snapshot.stream_ends:
            if seen is None or end.stream in seen.streams:
                connection.execute("insert into lake.stream_ends values (?, ?)", [self._told(end.stream), end.ended_on])
        # A call dated after the last load is ahead of its time. For a viewer, the last load is that of its own calls: another
        # one would show when the logs of others are loaded.
        last = _last_load(self.snapshot) if seen is None or self._days_are_told else seen.last_load
        connection.execute("insert into lake.last_load values (?)", [last])

    def _sent(
        self, cursor: DuckDBPyConnection, scope: Scope | None, files: Sequence[DataFile] | None = None
    ) -> DuckDBPyRelation:
        """The calls as they were sent: those that are asked for, among those that may be seen; of these data files alone if given."""
        if files is None:
            files = self._files if scope is None else self._files_of(scope, self._files)
        sent = self._reader.calls(cursor, files, self._may_see) if files else empty(cursor, CALL_COLUMNS)
        return self._narrowed(cursor, shaped(sent, CALL_COLUMNS), CALL_COLUMNS, scope)

    def _narrowed(
        self,
        cursor: DuckDBPyConnection,
        rows: DuckDBPyRelation,
        columns: Sequence[Column],
        scope: Scope | None,
        kind: Kind | None = None,
    ) -> DuckDBPyRelation:
        """Those of these calls, or of these sums of one kind, that are asked for among those that may be seen."""
        hides_logs = self._seen is not None and not self.viewer.holds_whole_logs
        for narrowing in (self.viewer, scope):
            if narrowing is not None:
                # The scope names a log by the name that the viewer is shown. Compared with the real name, a viewer could find
                # out a log's name by asking for it.
                asked = narrowing.replace(stream=None) if hides_logs and narrowing is scope else narrowing
                if kind is not None:
                    rows = narrowed(rows, kind, asked, self.renames, DUCKDB)
                elif (kept := condition(asked, self.renames, DUCKDB)) is not None:
                    rows = rows.filter(kept)
        if not hides_logs:
            return rows
        rows = self._without_places(cursor, rows, columns)
        stream = scope.stream if scope is not None else None
        return rows if stream is None else rows.filter(ColumnExpression("stream") == ConstantExpression(stream))

    def _without_places(
        self, cursor: DuckDBPyConnection, rows: DuckDBPyRelation, columns: Sequence[Column]
    ) -> DuckDBPyRelation:
        """The same rows without their place in their log: others call through it too, and the gaps would count their calls."""
        assert self._seen is not None, "only for a viewer that does not see all"
        told = {"stream": self._seen.streams, "told": [self._told(stream) for stream in self._seen.streams]}
        # The names are in a relation without a name, and not in the text of the view: SQL can read whatever has a name.
        names = cursor.from_arrow(pa.table(told, schema=pa.schema([(name, pa.string()) for name in told])))
        shown = {
            "stream": ColumnExpression("told"),
            "load_id": ConstantExpression(None),
            "line_number": ConstantExpression(None),
        }
        return rows.join(names, "stream").project(
            *(
                shown.get(column.name, ColumnExpression(column.name))
                .cast(cursor.type(column.sql_type))
                .alias(column.name)
                for column in columns
            )
        )

    def _told(self, stream: str) -> str:
        """The name under which the viewer is shown a log."""
        if self._seen is None or self.viewer.holds_whole_logs:
            return stream
        return f"log {self._seen.streams.index(stream) + 1}"

    def _may_see(self, say: Expressions) -> Any | None:
        return condition(self.viewer, self.renames, say)

    def _files_of(self, scope: Scope, files: Iterable[DataFile]) -> tuple[DataFile, ...]:
        return tuple(file for file in files if file.rows > 0 and may_hold(file, scope, self.renames))


_NO_RENAMES = Renames({})
"""Calls of anybody already carry the ids that stand now: no id is translated any more."""


def _of_anybody(scope: Scope) -> Scope:
    """What of a scope narrows the calls of anybody."""
    return Scope(environment=scope.environment, product=scope.product, until=scope.until)


def _last_load(snapshot: Snapshot) -> dt.datetime | None:
    import pyarrow.compute as pc

    last = pc.max(snapshot.loads["loaded_at"]).as_py()
    return last if isinstance(last, dt.datetime) else None
