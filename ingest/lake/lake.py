"""The lake: three Delta tables in a folder, and the protocol by which every load is all or nothing.

    calls     one accepted call               rejects   one quarantined line
    loads     the ledger: one decision about one source

Delta makes one commit to one table atomic, and a load concerns three tables. So one of the three commits has to be the one that
counts, and the other two have to be certain to follow. That is the protocol:

1. Stage. The data files of a load are written below `calls` and `rejects`, where no table names them: nobody sees them, and if the
   process dies here, they are leftovers that `maintain` removes.
2. Decide. One append to `loads` says what was loaded and names the staged files. It is refused when somebody else has decided
   meanwhile, because their decision may be about the same content. From this commit on the load holds, whatever happens.
3. Roll forward. `rejects` and then `calls` add the staged files, and carry the number of the decision that they have followed. Whoever
   comes next after a crash (the next load, `maintain`, `repair`) finds a table behind the ledger and does this instead. Doing it twice
   does nothing: the table refuses a number that it has reached.

A decision that takes rows away or changes them (unload, retention, retry, merge) goes the same way, but is one commit of each table
by itself. So there is a version of `rejects` just before it, which readers need: see `ingest.lake.snapshot`.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.arrow import arrow_schema, in_coarsest_unit
from ingest.errors import LakeError
from ingest.lake.acknowledged import acknowledged
from ingest.lake.data_file import TABLES, StagedFile, data_files, remove_files, write_file
from ingest.lake.ledger import staged_files
from ingest.lake.ledger_files import LedgerFiles, decided_after
from ingest.lake.ledger_row import LEDGER_COLUMNS
from ingest.lake.rewriting import renamed, without
from ingest.lake.snapshot import LOOKS, refuse_missing, take_snapshot, too_far
from ingest.lake.stream_ends import stream_ends
from ingest.lake.tables import Tables, reached
from ingest.patience import QUICK, Patience

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deltalake import DeltaTable

    from ingest.lake.data_file import DataFile, NewFile, Table, TableName
    from ingest.lake.ledger import Ledger
    from ingest.lake.ledger_row import LedgerRow
    from ingest.lake.snapshot import Snapshot

_OLD_SECONDS = 3600.0
"""A staged file that is older than this is touched before it is decided."""


class Lake(Tables):
    """One lake on disk. Cheap to make: methods create and open it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._ledger_files = LedgerFiles(self.path / "loads")
        self._last_snapshot: tuple[list[DeltaTable], Snapshot] | None = None

    def snapshot(self, *, may_be_damaged: bool = False) -> Snapshot:
        """One consistent view of the lake. LakeError when there is none, and when data files are missing or cut off.

        A process that asks again and again (a dashboard, with every click) reads the ledger only when the lake has changed.
        """
        _ = self.time_zone  # a lake that another version wrote is refused before anything else is said about it
        # The tables are opened before the snapshot is taken: if they change in between, the next look finds other ones.
        opened = [self.open(name) for name in TABLES] if self.has("loads") else []
        if self._last_snapshot is not None and opened:
            known, snapshot = self._last_snapshot
            if all(table is before for table, before in zip(opened, known, strict=True)):
                if not may_be_damaged:
                    refuse_missing(snapshot)
                return replace(snapshot, stream_ends=stream_ends(self.path), acknowledged=acknowledged(self.path))
        snapshot = take_snapshot(self, may_be_damaged=may_be_damaged)
        if opened:
            self._last_snapshot = opened, snapshot
        return snapshot

    def ledger(self) -> tuple[DeltaTable, Ledger]:
        """The ledger as it stands, with the table that it was read from: `decide` needs exactly that one."""
        table = self.open("loads")
        self.settle("loads", table)
        return table, self._ledger_files.ledger(table)

    def open_all(self) -> tuple[Mapping[TableName, DeltaTable], Ledger]:
        """The tables, opened in the order of readers, and the ledger that goes with them."""
        for _ in range(LOOKS):
            tables: dict[TableName, DeltaTable] = {name: self.open(name) for name in TABLES}
            ledger = self._ledger_files.ledger(tables["loads"])
            followed = min(reached(tables["calls"]), reached(tables["rejects"]))
            if ledger.written_merges <= followed:
                return tables, ledger
        raise too_far(self.path, "calls", followed, ledger.written_merges)

    def settle_all(self) -> None:
        """Bring to the disk what others have committed to the tables, before anything rests on it."""
        for name in TABLES:
            self.settle(name, self.open(name))

    # -- stage

    def stage(self, name: str, calls: pa.Table, rejects: pa.Table) -> list[StagedFile]:
        """Write these rows as data files below the lake's tables, where no reader looks yet.

        `name` is random, so nobody else's file has it. An empty table leaves no file. LakeError when it cannot be written.
        """
        staged: list[StagedFile] = []
        tables: tuple[tuple[Table, pa.Table], ...] = (("calls", in_coarsest_unit(calls)), ("rejects", rejects))
        for table, rows in tables:
            if not len(rows):
                continue
            try:
                new = write_file(self.path / table, name, rows.schema, [rows])
            except (pa.ArrowException, OSError) as error:
                remove_files(self._paths(staged))
                raise LakeError(f"{self.path / table}: cannot be written, nothing was loaded: {error}") from error
            staged.append(StagedFile(table, new.name, new.size, new.modified_at_ms, new.stats))
        return staged

    def discard(self, staged: Sequence[StagedFile]) -> None:
        """Remove staged files, except those that a decision names: an interrupted process may have decided already."""
        if staged:
            _, ledger = self.ledger()
            decided = {file.path for row in ledger.rows for file in row.staged}
            # Merged loads no longer say which files were theirs, but then a table holds the files.
            for name in {file.table for file in staged}:
                decided |= {file.path.name for file in data_files(self.open(name), self.path / name)}
            remove_files(self._paths([file for file in staged if file.path not in decided]))

    def staged_by(self, rows: Sequence[LedgerRow]) -> list[Path]:
        """The data files that these decisions name."""
        return self._paths([file for row in rows for file in row.staged])

    # -- decide

    def decide(
        self, table: DeltaTable, ledger: Ledger, rows: Sequence[LedgerRow], staged: Sequence[StagedFile] = ()
    ) -> bool:
        """Append these rows to the ledger as its next version. From then on they hold together, whatever happens.

        Rows that take something away stand before those that add; the first row that adds names the staged files. False when
        another process has decided meanwhile: nothing was written, and the ledger has to be read again.
        """
        if reached(table) != ledger.version:
            return False  # the table was read again after the ledger, so it would not refuse what it should
        self._keep([*staged, *_sealed_by(rows)])
        version = ledger.version + 1
        ordered = sorted(rows, key=lambda row: row.kind == "load")
        adding = next((row for row in ordered if row.kind in ("load", "retry")), None)
        records = [
            replace(row, decision=version, staged=tuple(staged) if row is adding else ()).to_record() for row in ordered
        ]
        schema = arrow_schema(LEDGER_COLUMNS)
        try:
            new = write_file(
                self.path / "loads", secrets.token_hex(8), schema, [pa.Table.from_pylist(records, schema=schema)]
            )
        except (pa.ArrowException, OSError) as error:
            raise LakeError(
                f"{self.path}: nothing was decided, because the ledger could not be written: {error}"
            ) from error
        self.sync(self.path / "loads")
        if self.commit("loads", table, gone=(), new=[new], reaches=version):
            return True
        remove_files([new.path])
        return False

    def _keep(self, staged: Sequence[StagedFile]) -> None:
        """Make sure that staged files are there, and stay, when a decision names them.

        `maintain` in another process takes an old file that no decision names for a leftover, so an old one is touched: then
        it is young, and `maintain` looks at its age once more before it removes it. The files' content is on the disk since
        they were written; now their names have to be, too.
        """
        for path in self._paths(staged):
            try:
                if time.time() - path.stat().st_mtime > _OLD_SECONDS:
                    os.utime(path)
            except OSError as error:
                raise LakeError(f"{path}: staged, but gone before it was decided: {error}; begin again") from error
        self.sync(*{self.path / file.table for file in staged})

    # -- roll forward

    def roll_forward(self) -> int:
        """Bring `rejects` and `calls` to what the ledger has decided. Returns how many decisions waited for that."""
        _ = self.time_zone  # a lake that another version wrote is refused before anything in it changes
        followers: tuple[Table, ...] = ("rejects", "calls")
        followed: dict[Table, int] = {}
        for name in followers:
            table = self.open(name)
            self.settle(name, table)
            followed[name] = reached(table)
        loads = self.open("loads")
        for name, version in followed.items():
            self.refuse_ahead(name, version, reached(loads))
        waiting = decided_after(self.path / "loads", loads, min(followed.values()))
        for step in _steps(waiting):
            # Readers take `calls` first, so `rejects` has to be as far already.
            self._follow(step, "rejects")
            self._follow(step, "calls")
        return len({row.decision for row in waiting})

    def _follow(self, rows: Sequence[LedgerRow], name: Table) -> None:
        """One commit by which a table follows these decisions: it loses the rows they take away and gets their files."""
        last = rows[-1].decision
        patience = Patience(self.path / name, f"following decision {last:,}", most=QUICK)
        while True:
            patience.spend()
            table = self.open(name)
            before = reached(table)
            if before >= last:
                self.settle(name, table)
                return
            following = [row for row in rows if row.decision > before]
            gone: Sequence[DataFile] = ()
            rest: Sequence[NewFile] = ()
            if parts := [row.merged for row in following if row.merged]:
                gone, rest = renamed(data_files(table, self.path / name), name, parts)
            elif any(row.kind != "load" for row in following):
                held = partial(self._held, name, before)
                gone, rest = without(data_files(table, self.path / name), name, following, held)
            if self.replace(name, table, gone, rest, staged=staged_files(following, name), version=last):
                return

    def _held(self, name: Table, version: int) -> Mapping[str, int]:
        """How many rows of each load a table must have at that version of the ledger."""
        _, ledger = self.ledger()
        place = 0 if name == "calls" else 1
        return {load_id: counts[place] for load_id, counts in ledger.until(version).held().items()}

    def _paths(self, staged: Sequence[StagedFile]) -> list[Path]:
        return [self.path / file.table / file.path for file in staged]


def _sealed_by(rows: Sequence[LedgerRow]) -> list[StagedFile]:
    """The files with sums that these decisions seal."""
    return [file for row in rows if row.removed is not None for days in row.removed.sealed for file in days.files]


def _steps(rows: Sequence[LedgerRow]) -> list[list[LedgerRow]]:
    """Decisions in order: neighbours that only add go together, every other one by itself.

    Whoever rolls forward makes the same steps, so a decision that takes rows away always has a commit of its own.
    """
    lossy = {row.decision for row in rows if row.kind != "load"}
    return [
        list(step)
        for _, step in itertools.groupby(rows, key=lambda row: row.decision if row.decision in lossy else None)
    ]
