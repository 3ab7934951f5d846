"""Whether the lake keeps its promises: each invariant is checked against the data itself, and whatever breaks it is named.

The files are checked in `file_checks`, the ledger in `ledger_checks`, and the rows in `row_checks/`, with one query for each check.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
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
from ingest.catalogue.published import official_connectors
from ingest.engine.connection import connect_shared, sample_words
from ingest.errors import LakeError
from ingest.lake.data_file import damage, read_files
from ingest.lake.file_checks import damaged_beside, damaged_data_files, damaged_logs, outside_bounds
from ingest.lake.lake import Lake
from ingest.lake.ledger_checks import orphans, out_of_order, out_of_step, unfounded
from ingest.lake.leftovers import unheld
from ingest.lake.snapshot import LOOKS
from ingest.lake.sums.checks import wrong_sealed, wrong_sums
from ingest.limits import DEFAULT_LIMITS
from ingest.reject import REJECT_COLUMNS
from ingest.report import Check, Verification

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.lake.ledger import Ledger
    from ingest.lake.snapshot import Snapshot
    from ingest.limits import Limits

_ROW_CHECKS = (
    "every_line_has_one_fate",
    "calls_are_all_there",
    "rejects_are_all_there",
    "nothing_outlives_its_retention",
    "no_line_counts_twice",
    "no_content_is_loaded_twice",
    "bytes_add_up",
    "loads_say_when",
    "rows_carry_the_stream_of_their_load",
    "calls_keep_the_contract",
    "rejects_keep_the_contract",
    "free_text_fits_its_pattern",
)
"""The invariants that rows can show, in the order in which they are printed.

Each is a query in `row_checks/`. It returns one line of text for everything that breaks the invariant. The queries read the snapshot's
`calls`, `rejects` and `loads` (with what retries have made of their lines), `removed` (what retention has removed of a load),
`removals` (up to which day), `textless` (the loads whose rejects have lost their texts) and `decided` (every load ever decided).
"""

SUMS = "sums_are_right"
"""The check of what calls add up to. Nothing is lost where it fails: sums can be built again."""

SEALED = "sealed_days_are_whole"
"""The check of the sums of days whose calls were removed. They cannot be built again."""

_PART_LINES = 20_000_000
"""This many lines are compared at once. A larger lake is compared in parts, so that memory does not grow with it."""

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


def verify(lake: Path, *, limits: Limits = DEFAULT_LIMITS) -> Verification:
    """Check every invariant of the lake at one snapshot, while others load. LakeError when there is no lake."""
    store = Lake(lake)
    snapshot, ledger = _at_one_moment(store)
    missing, broken = damaged_data_files(store)
    checks = [
        _check("data_files_are_there", missing, "every data file is on disk"),
        _check("data_files_are_whole", broken.values(), "every data file is as it was written"),
        _check(
            "logs_are_whole",
            damaged_logs(store),
            "every entry and checkpoint of the tables' logs is as it was written",
        ),
        _check(
            "files_beside_are_whole",
            damaged_beside(store.path),
            "the registry, the ends of streams and known findings are as they were written",
        ),
        _check("ledger_is_in_order", [*out_of_order(ledger), *out_of_step(store)], "decisions follow each other"),
        _check(
            "decisions_fit_their_loads", unfounded(ledger), "everything that was taken back or removed was there before"
        ),
        _check("parents_come_first", orphans(ledger), "every load that grew from another one comes after it"),
    ]
    with connect_shared() as connection:
        _bind(connection, snapshot, ledger, unreadable=broken.keys())
        checks.append(
            _check(
                "bounds_hold",
                outside_bounds(store, connection, broken.keys()),
                "no row is outside the bounds of its file",
            )
        )
        checks += [_ask(connection, name, question) for name, question in _questions()]
    checks.append(_check(SUMS, wrong_sums(store, snapshot.calls, broken), "every sum says what the calls say"))
    checks.append(
        _check(SEALED, wrong_sealed(snapshot.sealed), "the sums of days whose calls were removed are all there")
    )
    checks.append(_decided_loads_are_visible(store, ledger, snapshot))
    checks.append(_leftovers(store))
    said = tuple(check.said(most=limits.findings) for check in checks)
    return Verification(ok=all(check.ok for check in said), checks=said)


def _at_one_moment(store: Lake) -> tuple[Snapshot, Ledger]:
    """A snapshot, and a ledger that still tells how the lake was at that moment."""
    for _ in range(LOOKS):
        snapshot = store.snapshot(may_be_damaged=True)
        _, ledger = store.ledger()
        if ledger.written_merges <= min(snapshot.version, snapshot.rejects_version):
            return snapshot, ledger
    raise LakeError(
        f"{store.path}: too busy: loads were merged {LOOKS} times while the lake was being verified; verify it again later"
    )


@dataclass(frozen=True)
class _Checked:
    """One invariant: its violations, and the message if there are none."""

    name: str
    found: tuple[str, ...]
    sound: str

    def said(self, *, most: int) -> Check:
        """The check as it is reported: it names the first findings, and counts the others."""
        more = f"; and {len(self.found) - most:,} more" if len(self.found) > most else ""
        named = "; ".join(self.found[:most]) + more
        return Check(name=self.name, ok=not self.found, detail=named or self.sound)


def _check(name: str, broken: Iterable[str], sound: str) -> _Checked:
    return _Checked(name, tuple(broken), sound)


# -- what is decided, and what is left


def _decided_loads_are_visible(store: Lake, ledger: Ledger, snapshot: Snapshot) -> _Checked:
    """Whether every decision is visible, or can still be rolled forward: the files that it names are there."""
    waiting = ledger.after(min(snapshot.version, snapshot.rejects_version))
    missing = []
    for row in waiting:
        for file in row.staged:
            path = store.path / file.table / file.path
            followed = snapshot.version if file.table == "calls" else snapshot.rejects_version
            if row.decision <= followed:
                continue
            if wrong := damage(path, file.size):
                missing.append(f"{row.kind} {row.load_id} ({row.source}): decided, but {path} {wrong}")
    decisions = len({row.decision for row in waiting})
    sound = (
        f"{decisions} decisions are not visible yet; the next ingest rolls them forward"
        if waiting
        else "every decision is rolled forward"
    )
    return _check("decided_loads_are_visible", missing, sound)


def _leftovers(store: Lake) -> _Checked:
    """How many files are not needed. This never fails, because no reader sees these files."""
    left = unheld(store)
    size = sum(file.size for file in left)
    detail = (
        f"no table holds {len(left):,} files ({size:,} bytes); 'koppelzicht maintain' removes them when they are old enough"
        if left
        else "none"
    )
    return _Checked("leftovers", (), detail)


# -- the rows


def _bind(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, ledger: Ledger, *, unreadable: Iterable[Path]
) -> None:
    """Make the relations that the queries read: the lake's calls and rejects, and the ledger at the snapshot.

    All of them are temporary, because others use the engine, too.
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
    """How many calls and rejects a load has lost since it was decided."""
    rows = [(load_id, *counts) for load_id, counts in snapshot.removed.items()]
    return _of(rows, load_id=pa.string(), calls=pa.int64(), rejects=pa.int64())


def _removals(ledger: Ledger, snapshot: Snapshot) -> pa.Table:
    """Up to which day the calls of a load were removed, where no retry and no later part can have added such calls since."""
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
    """Every load that was ever decided. `is_gone` where it was taken back and the rejects have followed that decision."""
    gone = {load_id for row in ledger.until(snapshot.rejects_version).rows for load_id in row.unloaded}
    decided = (*ledger.until(snapshot.version).merged_rows, *ledger.after(snapshot.version))
    rows = [(row.load_id, row.parent, row.end_byte, row.load_id in gone) for row in decided if row.kind == "load"]
    return _of(rows, load_id=pa.string(), parent=pa.string(), end_byte=pa.int64(), is_gone=pa.bool_())


def _of(rows: Sequence[Sequence[Any]], **types: pa.DataType) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in types]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types.values(), strict=True)]
    return pa.table(arrays, names=list(types))


def _questions() -> list[tuple[str, str]]:
    """The name and the SQL of each check. A check holds when its query returns no row."""
    folder = Path(__file__).parent / "row_checks"
    return [(name, (folder / f"{name}.sql").read_text(encoding="utf-8")) for name in _ROW_CHECKS]


def _ask(connection: duckdb.DuckDBPyConnection, name: str, question: str) -> _Checked:
    broken: list[str] = []
    parts = connection.table("parts").fetchall() if "getvariable('part')" in question else [(0,)]
    try:
        for (part,) in parts:
            connection.execute("set variable part = ?", [part])
            # Planned once: a relation would be planned again for each step, which takes longer than the answer on a small lake.
            found = connection.execute(f"from (\n{question}\n) limit 100").fetchall()
            broken += [str(text) for (text,) in found]
    except duckdb.Error as error:
        return _Checked(name, (f"cannot be checked: {type(error).__name__}: {str(error)[:200]}",), "")
    return _check(name, broken, "holds")
