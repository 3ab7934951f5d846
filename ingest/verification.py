"""Does the lake keep its promises? Each invariant is checked against the data itself, and what is broken is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingest.call import CALL_COLUMNS
from ingest.data_file import read_files
from ingest.engine import connect
from ingest.lake import Lake
from ingest.ledger import REJECT_COLUMNS
from ingest.report import Check, Verification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.lake import Snapshot
    from ingest.ledger import Ledger

_QUESTIONS = Path(__file__).with_suffix(".sql")


def verify(lake: Path) -> Verification:
    """Every invariant of the lake at one snapshot. LakeError when there is no lake."""
    store = Lake(lake)
    snapshot = store.snapshot()
    _, ledger = store.ledger()
    checks = [_data_files_are_there(snapshot)]
    if checks[0].ok:
        with connect() as connection:
            _bind(connection, snapshot, ledger)
            checks += [_ask(connection, name, question) for name, question in _questions()]
    checks.append(_decided_loads_are_visible(store, ledger, snapshot))
    return Verification(ok=all(check.ok for check in checks), checks=tuple(checks))


def _data_files_are_there(snapshot: Snapshot) -> Check:
    missing = [path for path in [*(file.path for file in snapshot.calls), *snapshot.rejects] if not path.is_file()]
    return Check(
        name="data_files_are_there",
        ok=not missing,
        detail="every data file is on disk" if not missing else f"missing: {', '.join(map(str, missing[:5]))}",
    )


def _decided_loads_are_visible(store: Lake, ledger: Ledger, snapshot: Snapshot) -> Check:
    """Or will be, after a crash: what was decided can still be rolled forward."""
    name = "decided_loads_are_visible"
    waiting = ledger.after(snapshot.version)
    missing = [path for path in store.staged_by(waiting) if not path.is_file()]
    if missing:
        return Check(name=name, ok=False, detail=f"decided but missing: {', '.join(map(str, missing[:5]))}")
    if waiting:
        decisions = len({row.decision for row in waiting})
        return Check(name=name, ok=True, detail=f"{decisions} decisions wait; the next ingest rolls them forward")
    return Check(name=name, ok=True, detail="every decision is rolled forward")


def _bind(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, ledger: Ledger) -> None:
    """The lake's calls and rejects, and the ledger at the snapshot, as the relations that the questions read."""
    connection.execute("set variable time_zone = ?", [snapshot.time_zone])
    for name, columns, files in (
        ("calls", CALL_COLUMNS, [file.path for file in snapshot.calls]),
        ("rejects", REJECT_COLUMNS, snapshot.rejects),
    ):
        if files:
            read_files(connection, files).create_view(name)
        else:
            fields = ", ".join(f'"{column.name}" {column.sql_type}' for column in columns)
            connection.execute(f"create table {name} ({fields})")
    connection.register("loads_at_snapshot", snapshot.loads)
    connection.execute("create table loads as from loads_at_snapshot")
    connection.execute("create table removed (load_id varchar, calls bigint, rejects bigint)")
    if snapshot.removed:
        calls, rejects = zip(*snapshot.removed.values(), strict=True)
        connection.execute(
            "insert into removed select unnest(?), unnest(?), unnest(?)",
            [list(snapshot.removed), list(calls), list(rejects)],
        )
    rows = ledger.until(snapshot.version).loads()
    connection.execute("create table parents (load_id varchar, parent varchar)")
    if rows:
        connection.execute(
            "insert into parents select unnest(?), unnest(?)",
            [[row.load_id for row in rows], [row.parent for row in rows]],
        )


def _questions() -> list[tuple[str, str]]:
    """The name and the SQL of each check; a check holds when its query returns no row."""
    questions = []
    for part in _QUESTIONS.read_text(encoding="utf-8").split("-- check: ")[1:]:
        name, _, question = part.partition("\n")
        questions.append((name.strip(), question.strip().rstrip(";")))
    return questions


def _ask(connection: duckdb.DuckDBPyConnection, name: str, question: str) -> Check:
    try:
        broken: Sequence[tuple[object, ...]] = connection.sql(question).limit(5).fetchall()
    except duckdb.Error as error:
        return Check(name=name, ok=False, detail=f"cannot be checked: {type(error).__name__}: {str(error)[:200]}")
    if not broken:
        return Check(name=name, ok=True, detail="holds")
    return Check(name=name, ok=False, detail="; ".join(str(row[0]) for row in broken))
