"""Does the lake keep its promises? Each invariant is checked against the data itself, and what is broken is named.

What the ledger says is checked in Python, what the rows say in `verification.sql`, a query for each question.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import duckdb
import pyarrow as pa

from ingest.call import (
    CALL_COLUMNS,
    Environment,
    IdDefect,
    IdStatus,
    Operation,
    Outcome,
    Product,
    Protocol,
    RejectReason,
    TokenForm,
)
from ingest.engine.connection import connect_shared, official_connectors, sample_words
from ingest.errors import LakeError
from ingest.lake.data_file import BOUND_COLUMNS, damage, data_files, read_files
from ingest.lake.delta_log import damages
from ingest.lake.durable import sha256_of
from ingest.lake.lake import APPLICATION, Lake
from ingest.lake.ledger import TABLES, Retried, sum_of_retries
from ingest.lake.leftovers import unheld
from ingest.lake.seal import breach
from ingest.reject import REJECT_COLUMNS
from ingest.report import Check, Verification

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.call import Column
    from ingest.lake.lake import Snapshot
    from ingest.lake.ledger import Ledger, LedgerRow, Table

_QUESTIONS = Path(__file__).with_suffix(".sql")
_FEW = 5
"""So much of what is broken is named; of the rest is said how much it is."""

_LOOKS = 20
"""So often the lake is looked at once more because others have rewritten its ledger meanwhile."""

_PART_LINES = 20_000_000
"""Lines that are compared at once; of a larger lake a part of the loads after the other, so memory does not grow with it."""

_VOCABULARIES = {
    "product": Product,
    "protocol": Protocol,
    "environment": Environment,
    "id_status": IdStatus,
    "id_defect": IdDefect,
    "operation": Operation,
    "outcome": Outcome,
    "token_form": TokenForm,
    "reason": RejectReason,
}


def verify(lake: Path) -> Verification:
    """Every invariant of the lake at one snapshot, while others go on to load. LakeError when there is no lake."""
    store = Lake(lake)
    snapshot, ledger = _at_one_moment(store)
    missing, broken = _files_of(store)
    checks = [
        _check("data_files_are_there", missing, "every data file is on disk"),
        _check("data_files_are_whole", broken.values(), "every data file is as it was written"),
        _check(
            "logs_are_whole",
            _damaged_logs(store),
            "every entry and checkpoint of the tables' logs is as it was written",
        ),
        _check(
            "files_beside_are_whole",
            _damaged_beside(store.path),
            "the registry and what was said of streams are as they were written",
        ),
        _check("ledger_is_in_order", [*_out_of_order(ledger), *_out_of_step(store)], "decisions follow each other"),
        _check("decisions_fit_their_loads", _unfounded(ledger), "what was taken back or removed was there"),
        _check("parents_come_first", _orphans(ledger), "every load that grew from another one stands behind it"),
    ]
    with connect_shared() as connection:
        _bind(connection, snapshot, ledger, unreadable=broken.keys())
        checks.append(_check("bounds_hold", _outside(store, connection, broken.keys()), "no row lies outside them"))
        checks += [_ask(connection, name, question) for name, question in _questions()]
    checks.append(_decided_loads_are_visible(store, ledger, snapshot))
    checks.append(_leftovers(store))
    return Verification(ok=all(check.ok for check in checks), checks=tuple(checks))


def _at_one_moment(store: Lake) -> tuple[Snapshot, Ledger]:
    """A snapshot, and a ledger that still says how it was then."""
    for _ in range(_LOOKS):
        snapshot = store.snapshot(may_be_damaged=True)
        _, ledger = store.ledger()
        if ledger.written_merges <= min(snapshot.version, snapshot.rejects_version):
            return snapshot, ledger
    raise LakeError(
        f"{store.path}: too busy: its ledger was written as one {_LOOKS} times while it was looked at; verify it again later"
    )


def _check(name: str, broken: Iterable[str], sound: str) -> Check:
    found = list(broken)
    return Check(name=name, ok=not found, detail=_named(found) if found else sound)


def _named(found: Sequence[str]) -> str:
    more = f"; and {len(found) - _FEW:,} more" if len(found) > _FEW else ""
    return "; ".join(found[:_FEW]) + more


# -- files


def _files_of(store: Lake) -> tuple[list[str], dict[Path, str]]:
    """Data files that are gone, and those that cannot be read or are not what their table says, with what is wrong."""
    from pyarrow.parquet import read_metadata

    missing: list[str] = []
    broken: dict[Path, str] = {}
    for name in TABLES:
        for file in data_files(store.open(name), store.path / name):
            try:
                size = file.path.stat().st_size
                rows = read_metadata(file.path).num_rows
            except FileNotFoundError:
                missing.append(str(file.path))
                broken[file.path] = f"{file.path}: missing"
            except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: of a text that is no UTF-8 any more
                broken[file.path] = f"{file.path}: cannot be read: {error}"
            else:
                if (size, rows) != (file.size, file.rows):
                    broken[file.path] = (
                        f"{file.path}: has {rows:,} rows and {size:,} bytes, its table says {file.rows:,} and {file.size:,}"
                    )
                elif wrong := damage(file.path, file.size):
                    broken[file.path] = f"{file.path}: {wrong}"
    return missing, broken


def _damaged_logs(store: Lake) -> Iterator[str]:
    for name in TABLES:
        yield from (f"{path}: {wrong}" for path, wrong, _ in damages(store.path / name))


def _damaged_beside(lake: Path) -> Iterator[str]:
    """Files beside the tables that are not as they were written: versions of the registry, and what was said of streams."""
    files = [*(lake / "stream_ends").glob("[!.]*.json"), *(lake / "registry").glob("[0-9]*/version.json")]
    for path in sorted(files):
        try:
            content = path.read_bytes()
            if wrong := breach(content):
                yield f"{path}: {wrong}"
                continue
            for name, sha256 in json.loads(content).get("sha256", {}).items():
                if sha256_of(path.parent / name) != sha256:
                    yield f"{path.parent / name}: has changed since it was written, its hash is another one"
        except OSError as error:
            yield f"{error.filename or path}: cannot be read: {error.strerror or error}"


def _outside(store: Lake, connection: duckdb.DuckDBPyConnection, unreadable: Iterable[Path]) -> Iterator[str]:
    """Data files with rows beyond the minima and maxima by which readers decide whether they need the file."""
    skipped = set(unreadable)
    tables: tuple[tuple[Table, Sequence[Column]], ...] = (("calls", CALL_COLUMNS), ("rejects", REJECT_COLUMNS))
    for name, columns in tables:
        bounded = [column.name for column in columns if column.name in BOUND_COLUMNS]
        actions = pa.table(store.open(name).get_add_actions(flatten=True)).to_pylist()
        said_of = {path: action for action in actions if (path := store.path / name / action["path"]) not in skipped}
        held_by = _extremes(connection, list(said_of), bounded)
        for path, action in said_of.items():
            for column, (low, high) in zip(bounded, held_by.get(path, ()), strict=False):
                said = action.get(f"min.{column}"), action.get(f"max.{column}")
                if None in (low, high) or None in said:
                    continue  # no values, or no bounds: nobody skips the file
                if low < said[0] or high > said[1]:
                    yield f"{path}: holds {column} {low} to {high}, its table says {said[0]} to {said[1]}"


def _extremes(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], columns: Sequence[str]
) -> dict[Path, list[tuple[Any, Any]]]:
    """The least and the greatest value of these columns in each file, asked of all at once. A file without rows is not in it."""
    if not files:
        return {}
    extremes = ", ".join(f"min({column}), max({column})" for column in columns)
    rows = read_files(connection, files, named=True).aggregate(f"filename, {extremes}").fetchall()
    found = {Path(name): list(zip(values[::2], values[1::2], strict=True)) for name, *values in rows}
    assert found.keys() <= set(files), "the engine names files as they were given to it"
    return found


def _decided_loads_are_visible(store: Lake, ledger: Ledger, snapshot: Snapshot) -> Check:
    """Or will be, after a crash: what was decided can still be rolled forward."""
    waiting = ledger.after(min(snapshot.version, snapshot.rejects_version))
    missing = []
    for row in waiting:
        for file in row.staged:
            path = store.path / file.table / file.path
            reached = snapshot.version if file.table == "calls" else snapshot.rejects_version
            if row.decision <= reached:
                continue
            if wrong := damage(path, file.size):
                missing.append(f"{row.kind} {row.load_id} ({row.source}): decided, but {path} {wrong}")
    decisions = len({row.decision for row in waiting})
    sound = (
        f"{decisions} decisions wait; the next ingest rolls them forward"
        if waiting
        else "every decision is rolled forward"
    )
    return _check("decided_loads_are_visible", missing, sound)


def _leftovers(store: Lake) -> Check:
    """Information, no failure: nobody sees these files."""
    left = unheld(store)
    size = sum(file.size for file in left)
    detail = (
        f"{len(left):,} files ({size:,} bytes) that no table holds; 'koppelzicht maintain' removes them when they are old enough"
        if left
        else "none"
    )
    return Check(name="leftovers", ok=True, detail=detail)


# -- the ledger


def _out_of_order(ledger: Ledger) -> Iterator[str]:
    """Decisions that are missing or out of order, and loads that were decided twice."""
    seen: set[str] = set()
    before = 0
    for row in ledger.rows:
        # Up to there loads were made one, and their decisions are gone.
        if row.decision not in (before, before + 1) and not before < row.decision <= ledger.written_merges:
            yield f"{row.kind} {row.load_id}: is decision {row.decision:,}, the one before it is {before:,}"
        if row.load_id in seen:
            yield f"{row.kind} {row.load_id} ({row.source}): stands in the ledger twice"
        seen.add(row.load_id)
        before = row.decision


def _out_of_step(store: Lake) -> Iterator[str]:
    """Tables that say of themselves to be further than the ledger."""
    # The tables before the ledger, because others go on.
    versions = {name: store.open(name).transaction_version(APPLICATION) or 0 for name in TABLES[:2]}
    table, ledger = store.ledger()
    versions["loads"] = table.transaction_version(APPLICATION) or 0
    for name, version in versions.items():
        if version > ledger.version or (name == "loads" and version < ledger.version):
            yield f"{store.path / name}: carries version {version:,}, the last decision is {ledger.version:,}"


def _unfounded(ledger: Ledger) -> Iterator[str]:
    """What an unload, a retention or a retry says of loads that do not hold at that point, or have not so much."""
    held: dict[str, LedgerRow] = {}
    for row in ledger.merged_rows:
        removed = row.removed.load_ids if row.removed is not None else frozenset[str]()
        for load_id in sorted({*row.unloaded, *removed, *row.retried} - held.keys()):
            yield f"{row.kind} {row.load_id}: names load {load_id}, which does not hold at that point"
        for load_id in row.unloaded:
            held.pop(load_id, None)
        if row.kind == "load":
            held[row.load_id] = row
    removals = ledger.removed()
    retries = sum_of_retries(row.retried for row in ledger.merged_rows)
    for load_id in sorted(held.keys() & (removals.keys() | retries.keys())):
        load, again = held[load_id], retries.get(load_id, Retried())
        calls, rejects = removals.get(load_id, (0, 0))
        had_calls, had_rejects = load.calls + again.calls, load.rejects - again.calls - again.ignored
        if not (0 <= calls <= had_calls and 0 <= rejects <= had_rejects and min(again.calls, again.ignored) >= 0):
            yield (
                f"load {load_id} ({load.source}): {calls:,} calls and {rejects:,} rejects were removed of"
                f" {had_calls:,} and {had_rejects:,}"
                + (
                    f" ({again.calls:,} calls and {again.ignored:,} ignored lines were rejects)"
                    if again != Retried()
                    else ""
                )
            )


def _orphans(ledger: Ledger) -> Iterator[str]:
    loads = ledger.loads()
    held = {row.load_id for row in loads}
    seen: set[str] = set()
    for row in loads:
        if row.parent is not None and row.parent not in seen:
            state = "stands behind it" if row.parent in held else "does not hold"
            yield f"load {row.load_id} ({row.source}): grew from load {row.parent}, which {state}"
        seen.add(row.load_id)


# -- the rows


def _bind(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, ledger: Ledger, *, unreadable: Iterable[Path]
) -> None:
    """The lake's calls and rejects, and the ledger at the snapshot, as the relations that the questions read.

    All of them are temporary: others use the engine, too.
    """
    connection.execute("set variable time_zone = ?", [snapshot.time_zone])
    connection.execute("set variable official_connectors = ?", [list(official_connectors())])
    connection.execute("set variable sample_words = ?", [sample_words()])
    for name, words in _VOCABULARIES.items():
        connection.execute(f"set variable {name}_words = ?", [list(get_args(words))])
    skipped = set(unreadable)
    for name, columns, paths in (
        ("calls", CALL_COLUMNS, [file.path for file in snapshot.calls]),
        ("rejects", REJECT_COLUMNS, snapshot.rejects),
    ):
        if files := [path for path in paths if path not in skipped]:
            connection.register(name, read_files(connection, files))
        else:
            fields = ", ".join(f'"{column.name}" {column.sql_type}' for column in columns)
            connection.execute(f"create temp table {name} ({fields})")
    lines = sum(snapshot.loads["calls"].to_pylist()) + sum(snapshot.loads["rejects"].to_pylist())
    connection.execute("create temp table parts as select unnest(range(?)) as part", [lines // _PART_LINES + 1])
    _table(connection, "loads", snapshot.loads)
    _table(connection, "removed", _removed(snapshot))
    _table(connection, "removals", _removals(ledger, snapshot))
    textless = ledger.until(min(snapshot.version, snapshot.rejects_version)).without_texts()
    _table(connection, "textless", _of([(load_id,) for load_id in sorted(textless)], load_id=pa.string()))
    _table(connection, "decided", _decided(ledger, snapshot))


def _table(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("given", rows)
    connection.execute(f"create temp table {name} as from given")
    connection.unregister("given")


def _removed(snapshot: Snapshot) -> pa.Table:
    """How many calls and rejects of a load were removed since it was decided."""
    rows = [(load_id, *counts) for load_id, counts in snapshot.removed.items()]
    return _of(rows, load_id=pa.string(), calls=pa.int64(), rejects=pa.int64())


def _removals(ledger: Ledger, snapshot: Snapshot) -> pa.Table:
    """Up to which day the calls of a load were removed. A retry or a later part may have brought calls of such days since."""
    rows: dict[str, dt.date] = {}
    decided = ledger.until(snapshot.version).merged_rows
    completed = {row.load_id: row.completed or 0 for row in decided}
    for row in decided:
        if row.removed is not None:
            rows |= {
                load_id: max(row.removed.before, rows.get(load_id, dt.date.min))
                for load_id in row.removed.calls
                if row.decision > completed[load_id]
            }
        for load_id in row.retried:
            rows.pop(load_id, None)
    return _of(list(rows.items()), load_id=pa.string(), before=pa.date32())


def _decided(ledger: Ledger, snapshot: Snapshot) -> pa.Table:
    """Every load that was ever decided; `is_gone` where it was taken back and the rejects have followed."""
    gone = {load_id for row in ledger.until(snapshot.rejects_version).rows for load_id in row.unloaded}
    decided = (*ledger.until(snapshot.version).merged_rows, *ledger.after(snapshot.version))
    rows = [(row.load_id, row.parent, row.end_byte, row.load_id in gone) for row in decided if row.kind == "load"]
    return _of(rows, load_id=pa.string(), parent=pa.string(), end_byte=pa.int64(), is_gone=pa.bool_())


def _of(rows: Sequence[Sequence[Any]], **types: pa.DataType) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in types]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types.values(), strict=True)]
    return pa.table(arrays, names=list(types))


def _questions() -> list[tuple[str, str]]:
    """The name and the SQL of each check; a check holds when its query returns no row."""
    questions = []
    for part in _QUESTIONS.read_text(encoding="utf-8").split("-- check: ")[1:]:
        name, _, question = part.partition("\n")
        questions.append((name.strip(), question.strip().rstrip(";")))
    return questions


def _ask(connection: duckdb.DuckDBPyConnection, name: str, question: str) -> Check:
    broken: list[str] = []
    parts = connection.table("parts").fetchall() if "getvariable('part')" in question else [(0,)]
    try:
        for (part,) in parts:
            connection.execute("set variable part = ?", [part])
            # Planned once: as a relation it would be planned again for each step, which takes longer than a small lake's answer.
            found = connection.execute(f"from (\n{question}\n) limit 100").fetchall()
            broken += [str(text) for (text,) in found]
    except duckdb.Error as error:
        return Check(name=name, ok=False, detail=f"cannot be checked: {type(error).__name__}: {str(error)[:200]}")
    return _check(name, broken, "holds")
