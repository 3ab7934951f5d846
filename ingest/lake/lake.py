"""The lake: three Delta tables in a folder. The only place that writes and reads them.

    calls     one accepted call               rejects   one quarantined line
    loads     the ledger: one decision about one source

A load is decided by one append to `loads`; `rejects` and then `calls` follow ("roll forward") and carry, as a Delta
application transaction, the ledger version they have reached. Whoever comes after a crash finds what was decided and
rolls it forward; doing it twice does nothing, because a table refuses a transaction that another process committed.

A decision that takes rows away or changes them (unload, retention, retry, merge) is one commit of each table, and so is one that takes away and
adds: readers see calls as they were or as they are. A reader takes `calls` first. Rejects that are further may only have
more than it needs, which it hides by the loads; where they have less, it reads them as they were before that commit.

Whoever puts other data files in the place of some (compaction, retention, an unload) carries a second application
transaction, `rewrites`: of two who rewrite at once one is refused. Delta alone would let two compactions double rows.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import time
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS, Column
from ingest.errors import REPAIR, RESTORE, LakeError, in_one_line
from ingest.lake import delta_log
from ingest.lake.data_file import damage, data_files, remove_files, write_file
from ingest.lake.durable import make_folder, sync_folder, write_once
from ingest.lake.ledger import (
    LEDGER_COLUMNS,
    LOAD_COLUMNS,
    TABLES,
    Ledger,
    LedgerRow,
    Retried,
    StagedFile,
    Table,
    TableName,
    removal_from,
    removed_from,
    retried_from,
    staged_files,
    sum_of_retries,
    written_merges,
)
from ingest.lake.merged import with_merges
from ingest.lake.stream_ends import StreamEnd, stream_ends
from ingest.patience import QUICK, Patience
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.lake.data_file import DataFile, NewFile

FORMAT_VERSION = 7

DEFAULT_TIME_ZONE = "Europe/Amsterdam"
APPLICATION = "ledger"
"""Name of the application transaction that says how far a table has followed the ledger."""

REWRITES = "rewrites"
"""Name of the application transaction by which those who rewrite data files exclude each other."""

_LAKE = "lake:"
"""What stands before the lake's id, as the application that every commit carries with its own version."""

_OLD = 3600.0
"""Seconds after which a staged file is told once more that it is wanted, before it is decided."""

_CHECKPOINT_COMMITS = 100
"""After so many commits a table is written down, so that nobody has to read them all."""

_LOOKS = 20
"""So often the tables are opened again because others have written loads as one meanwhile."""


@dataclass(frozen=True)
class Snapshot:
    """What a reader sees: the calls at one version of the ledger, and the rejects and loads that belong to them.

    The counts of `loads` say what became of their lines: as it was decided, and as retries have changed it since. `removed`
    is how many calls and rejects of a load a retention has removed since; a load of which nothing was removed is not in it.
    `rejects_version` is how far the rejects have come. `stream_ends` is what was said of streams that have ended.
    """

    version: int
    time_zone: str
    calls: tuple[DataFile, ...]
    rejects: tuple[Path, ...]
    loads: pa.Table
    removed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rejects_version: int = 0
    stream_ends: tuple[StreamEnd, ...] = ()


class Lake:
    """One lake on disk. Cheap to make; it is created and opened by its methods."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._id = ""
        self._ledger_files: dict[str, list[LedgerRow]] = {}
        self._ledger = Ledger(0, ())
        self._settled: dict[TableName, int] = {}
        """Up to which commit the tables are on the disk for sure."""

    def exists(self) -> bool:
        """Whether somebody has created the lake."""
        return (self.path / "lake.json").is_file()

    @property
    def time_zone(self) -> str:
        """The time zone of its business days. LakeError when there is no lake or another version wrote it."""
        zone = self._settings().get("time_zone")
        if not isinstance(zone, str) or not _is_time_zone(zone):
            raise LakeError(
                f"{self.path / 'lake.json'}: the lake's time zone is {zone!r}; expected the one with which it was made, "
                f"such as {DEFAULT_TIME_ZONE}: its days are counted by it"
            )
        return zone

    @property
    def id(self) -> str:
        """The random name that the lake got when it was made. LakeError when it is no longer the lake that it was."""
        found = self._settings().get("id")
        if not isinstance(found, str):
            raise LakeError(f"{self.path / 'lake.json'}: does not say which lake it is; {RESTORE}")
        if self._id not in ("", found):
            raise LakeError(f"{self.path}: another lake has taken its place meanwhile; begin again")
        self._id = found
        return found

    def _settings(self) -> dict[str, Any]:
        self._refuse_its_path()
        try:
            settings = json.loads((self.path / "lake.json").read_text(encoding="utf-8"))
        except NotADirectoryError:
            raise LakeError(f"{self.path}: is a file; expected the folder of a lake") from None
        except FileNotFoundError:
            raise LakeError(f"{self.path}: there is no lake here; 'koppelzicht ingest' creates one") from None
        except (OSError, ValueError) as error:
            raise LakeError(f"{self.path / 'lake.json'}: cannot be read: {error}; {RESTORE}") from error
        found = settings.get("format") if isinstance(settings, dict) else settings
        if found != FORMAT_VERSION:
            raise LakeError(
                f"{self.path}: the lake has format {found!r}, this version of koppelzicht reads {FORMAT_VERSION}; "
                "use the version that wrote it, or load the logs into a new lake"
            )
        return dict(settings)

    def _refuse_its_path(self) -> None:
        """LakeError where Delta Lake would look for another path, or for none: it takes %20 for a blank."""
        text = str(self.path)
        if not text.isprintable() or unquote(text) != text:
            raise LakeError(
                f"{text!r}: a lake cannot have this name: a control character, or % before two digits, means something else "
                "to Delta Lake; choose another one"
            )

    def _refuse_another_format(self) -> None:
        """LakeError where another version wrote the lake, before anything in it is changed."""
        _ = self.time_zone

    def create(self, *, time_zone: str | None = None) -> None:
        """Create the lake and its tables where they are missing. Safe in many processes at once.

        Without a time zone an existing lake keeps its own and a new one gets Europe/Amsterdam. LakeError when the lake
        has another one, or when the folder cannot be written.
        """
        wanted = time_zone or DEFAULT_TIME_ZONE
        self._refuse_its_path()
        try:
            ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise LakeError(f"time zone {wanted!r} is not known; expected a name such as Europe/Amsterdam") from error
        try:
            make_folder(self.path, mode=0o700)  # whoever may enter it may read it, unless its user says who
            if not self.exists():
                write_once(self.path / "lake.json", _settings_text(wanted))
        except (FileExistsError, NotADirectoryError) as error:
            raise LakeError(f"{self.path}: is a file, or below one; expected a folder for the lake") from error
        except OSError as error:
            raise LakeError(f"{self.path}: the lake cannot be created: {error.strerror or error}") from error
        found = self.time_zone
        if time_zone is not None and found != time_zone:
            raise LakeError(
                f"{self.path}: the lake's days are in {found}, not in {time_zone}; this is fixed when it is made"
            )
        for name, columns in (("calls", CALL_COLUMNS), ("rejects", REJECT_COLUMNS), ("loads", LEDGER_COLUMNS)):
            self._create_table(name, columns)
        self._sync(self.path, self.path.parent)  # whoever made it may have been killed before doing so

    def ledger(self) -> tuple[DeltaTable, Ledger]:
        """The ledger as it stands, with the table it was read through: a decision has to be made through that one."""
        table = self._open("loads")
        self._settle("loads", table)
        return table, self._read_ledger(table)

    def decide(
        self, table: DeltaTable, ledger: Ledger, rows: Sequence[LedgerRow], staged: Sequence[StagedFile] = ()
    ) -> bool:
        """Append these rows to the ledger as its next version: from then on they hold together, whatever happens.

        What takes rows away stands first; the staged files are named by the first row that adds some. False when another
        process decided meanwhile: nothing was written, read the ledger again and look.
        """
        if (table.transaction_version(APPLICATION) or 0) != ledger.version:
            return False  # the table has been read again since, so its refusal would protect nothing
        self._keep(staged)
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
            raise LakeError(f"{self.path}: the load could not be decided: {error}") from error
        self._sync(self.path / "loads")
        if self._commit("loads", table, gone=(), new=[new], reaches=version):
            return True
        remove_files([new.path])
        return False

    def roll_forward(self) -> int:
        """Bring `rejects` and `calls` to what the ledger has decided. Returns how many decisions waited for that."""
        self._refuse_another_format()
        followers: tuple[Table, ...] = ("rejects", "calls")
        reached = {name: self._reached(name, is_settled=True) for name in followers}
        waiting, decided = self._decided_after(min(reached.values()))
        for name, version in reached.items():
            self._refuse_ahead(name, version, decided)
        for step in _steps(waiting):
            # A reader takes `calls` first, so `rejects` has to be as far already.
            self._follow(step, "rejects")
            self._follow(step, "calls")
        return len({row.decision for row in waiting})

    def snapshot(self, *, may_be_damaged: bool = False) -> Snapshot:
        """One consistent view of the lake. LakeError when there is none, and when data files are missing or cut off."""
        time_zone = self.time_zone
        if not DeltaTable.is_deltatable(self._uri("loads")):
            # Made last: somebody is creating the lake at this moment, or was killed while doing so. It is empty, then.
            if DeltaTable.is_deltatable(self._uri("calls")) and self._reached("calls"):
                raise LakeError(
                    f"{self.path}: the lake has calls, but its ledger 'loads' is gone; restore it from a copy"
                )
            return Snapshot(
                0, time_zone, (), (), arrow_schema(LOAD_COLUMNS).empty_table(), stream_ends=stream_ends(self.path)
            )
        for _ in range(_LOOKS):
            calls, rejects, loads = (self._open(name) for name in TABLES)
            version = calls.transaction_version(APPLICATION) or 0
            self._refuse_ahead("calls", version, loads.transaction_version(APPLICATION) or 0)
            decided = self._read_loads(loads)
            # Else `maintain` has written loads as one meanwhile: so the calls have followed that, and are to be opened again.
            if decided.written_merges() <= version:
                break
        else:
            raise self._too_far("calls", version, decided.written_merges())
        self._as_it_was(rejects, decided, version)
        reached = rejects.transaction_version(APPLICATION) or 0
        rows = decided.loads_until(version)
        call_files, reject_files = data_files(calls, self.path / "calls"), data_files(rejects, self.path / "rejects")
        if not may_be_damaged:
            _refuse_missing([*call_files, *reject_files])
        return Snapshot(
            version=version,
            time_zone=time_zone,
            calls=call_files,
            rejects=tuple(file.path for file in reject_files),
            loads=rows,
            removed=decided.removed_until(version, min(version, reached), set(rows["load_id"].to_pylist())),
            rejects_version=reached,
            stream_ends=stream_ends(self.path),
        )

    def stage(self, name: str, calls: pa.Table, rejects: pa.Table) -> list[StagedFile]:
        """Write these rows as data files below the lake's tables, where no reader looks yet.

        `name` is random, so nobody else's file has it. An empty table leaves no file. LakeError when it cannot be written.
        """
        staged: list[StagedFile] = []
        tables: tuple[tuple[Table, pa.Table], ...] = (("calls", calls), ("rejects", rejects))
        for table, rows in tables:
            if not len(rows):
                continue
            try:
                new = write_file(self.path / table, name, rows.schema, [rows])
            except (pa.ArrowException, OSError) as error:
                remove_files(self.path / file.table / file.path for file in staged)
                raise LakeError(f"{self.path / table}: cannot be written, nothing was loaded: {error}") from error
            staged.append(StagedFile(table, new.name, new.size, new.modified_at_ms, new.stats))
        return staged

    def discard(self, staged: Sequence[StagedFile]) -> None:
        """Remove staged files, unless a decision names them: whoever was interrupted may have decided already."""
        if staged:
            _, ledger = self.ledger()
            decided = {file.path for row in ledger.rows for file in row.staged}
            for name in {file.table for file in staged}:  # old decisions no longer say which files were theirs
                decided |= {file.path.name for file in data_files(self._open(name), self.path / name)}
            remove_files(self.path / file.table / file.path for file in staged if file.path not in decided)

    def open(self, name: TableName) -> DeltaTable:
        """One of the lake's tables as it stands."""
        return self._open(name)

    def replace(
        self,
        name: TableName,
        table: DeltaTable,
        gone: Sequence[DataFile],
        new: Sequence[NewFile],
        *,
        staged: Sequence[StagedFile] = (),
        version: int | None = None,
        is_change: bool = False,
    ) -> bool:
        """One commit that puts new data files in the place of others of `table`, as it was read, and adds what was staged.

        Without a version the rows say the same in other files, or with `is_change` in other rows, else the table reaches this
        version of the ledger. False
        when somebody else has rewritten data files meanwhile, or reached that version: the new files are removed then, and
        those that were staged stay.
        """
        # An entry that is there after a power cut names files that are there. Of what was staged, the decision has seen to it.
        if new:
            self._sync(self.path / name)
        if self._commit(name, table, gone=gone, new=[*new, *staged], reaches=version, is_change=is_change):
            return True
        held = {file.path for file in data_files(self._open(name), self.path / name)}
        remove_files(file.path for file in new if file.path not in held)
        return False

    def checkpoint(self, name: TableName, *, commits: int) -> None:
        """Write down where the table stands if there have been so many commits since that was done last."""
        table = self._open(name)
        try:
            if table.version() - delta_log.last_checkpoint(self.path / name) >= commits:
                delta_log.write_checkpoint(self.path / name, table)
        except (DeltaError, pa.ArrowException, OSError) as error:
            raise LakeError(
                f"{self.path / name}: a checkpoint cannot be written, nothing was changed: {error}"
            ) from error

    def expire(self, name: TableName, *, before: dt.datetime) -> None:
        """Remove what the table's log says of the time before, where a checkpoint says it."""
        try:
            delta_log.expire(self.path / name, before=before)
        except OSError as error:
            raise LakeError(f"{self.path / name}: its log cannot be shortened: {error}") from error

    def settle(self) -> None:
        """Bring to the disk what others have committed and may not have brought there, before anything rests on it."""
        for name in TABLES:
            self._settle(name, self._open(name))

    def staged_by(self, rows: Sequence[LedgerRow]) -> list[Path]:
        """The data files that these decisions name."""
        return [self.path / file.table / file.path for row in rows for file in row.staged]

    def _uri(self, name: str) -> str:
        # A path as text is taken for a URL by Delta, and a blank, a % or a [ in it for something else.
        return (self.path / name).resolve().as_uri()

    def _keep(self, staged: Sequence[StagedFile]) -> None:
        """Say of staged files that they are wanted: `maintain` takes old ones that no decision names for leftovers."""
        for file in staged:
            path = self.path / file.table / file.path
            try:
                if time.time() - path.stat().st_mtime > _OLD:
                    os.utime(path)
            except OSError as error:
                raise LakeError(f"{path}: staged, but gone before it was decided: {error}; load again") from error
        # Their content is there already. Once a decision names them, they are needed by their names.
        self._sync(*{self.path / file.table for file in staged})

    def _read_ledger(self, table: DeltaTable) -> Ledger:
        read: dict[str, list[LedgerRow]] = {}
        new: list[LedgerRow] = []
        for name in _paths(table):
            if name not in self._ledger_files:
                self._ledger_files[name] = _ledger_rows(self._read_ledger_file(name))
                new += self._ledger_files[name]
            read[name] = self._ledger_files[name]
        if read.keys() >= self._ledger_files.keys() and all(row.decision > self._ledger.version for row in new):
            rows = (*self._ledger.rows, *_in_order(new))
        else:  # files were compacted, or removed
            rows = tuple(_in_order(itertools.chain.from_iterable(read.values())))
        # A data file never changes, so it is read once however many decisions are made.
        self._ledger_files = read
        if len(rows) > len(self._ledger.rows) or rows != self._ledger.rows:
            self._ledger = Ledger(rows[-1].decision if rows else 0, rows)
        return self._ledger

    def _read_ledger_file(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one of the ledger's files."""
        # Not `parquet.read_table`, which takes a second to import what is not needed for one file.
        from pyarrow.parquet import ParquetFile

        path = self.path / "loads" / name
        # All counts rest on it, and it is small.
        if wrong := damage(path):
            raise LakeError(f"{path}: {wrong}; it is a part of the ledger, {RESTORE}")
        try:
            with ParquetFile(path) as parquet:
                return parquet.read(columns)
        except (pa.ArrowException, OSError) as error:
            raise LakeError(f"{path}: a part of the ledger cannot be read: {error}; {RESTORE}") from error

    def _read_loads(self, table: DeltaTable) -> _Decided:
        """What a reader has to know of the ledger. Most of it is never made into Python's objects."""
        files = [self._read_ledger_file(name, _READERS_COLUMNS) for name in _paths(table)]
        rows = pa.concat_tables([_READERS_SCHEMA.empty_table(), *files], promote_options="default")
        # Stable: the order inside a decision is that of its rows, which stand together in one file.
        return _Decided(rows.take(pc.array_sort_indices(rows["decision"])))

    def _refuse_ahead(self, name: Table, reached: int, decided: int) -> None:
        """LakeError where a table has followed decisions that the ledger does not know: whoever went on would lose them."""
        if reached > decided:
            for path, wrong, _ in delta_log.damages(self.path / "loads"):
                raise LakeError(f"{path}: {wrong}; it is a part of the ledger, {RESTORE}")
            raise LakeError(
                f"{self.path / name}: has followed decision {reached:,}, but the ledger ends with {decided:,}: one of them is a copy"
                f" of another time; {RESTORE}"
            )

    def _decided_after(self, version: int) -> tuple[list[LedgerRow], int]:
        """The rows decided since that version, in order, and the last decision; only files are read that may hold some."""
        table = self._open("loads")
        actions = pa.table(table.get_add_actions(flatten=True))
        known = "max.decision" in actions.column_names
        last = actions["max.decision"].to_pylist() if known else [None] * len(actions)
        rows: list[LedgerRow] = []
        for name, decision in zip(actions["path"].to_pylist(), last, strict=True):
            if decision is None or decision > version:
                found = self._read_ledger_file(name)
                rows += _ledger_rows(found.filter(pc.greater(found["decision"], version)))
        return _in_order(rows), table.transaction_version(APPLICATION) or 0

    def _create_table(self, name: str, columns: Sequence[Column]) -> None:
        if delta_log.is_table(self.path / name):
            return
        try:
            delta_log.create(self.path / name, arrow_schema(columns))
        except (DeltaError, OSError) as error:
            raise LakeError(f"{self.path / name}: the table cannot be created: {error}") from error

    def _commit(
        self,
        name: TableName,
        table: DeltaTable,
        *,
        gone: Sequence[DataFile],
        new: Sequence[NewFile | StagedFile],
        reaches: int | None,
        is_change: bool = False,
    ) -> bool:
        """Whether the table has this commit now, and has it after a power cut, too.

        False when others have reached a version, or rewritten data files, since the table was read. What else they have
        added meanwhile is no obstacle: the commit comes behind it.
        """
        folder = self.path / name
        transactions = {} if reaches is None else {APPLICATION: reaches}
        mark = _LAKE + self.id
        if gone:
            transactions[REWRITES] = (table.transaction_version(REWRITES) or 0) + 1
        latest = table
        patience = Patience(folder, "a commit", most=QUICK)
        while True:
            patience.spend()
            version = latest.version() + 1
            try:
                is_ours = delta_log.append(
                    folder,
                    version,
                    gone=gone,
                    new=new,
                    is_change=is_change or reaches is not None,
                    reaches={**transactions, mark: version},
                )
            except OSError as error:
                # Whether the commit stands is not known, so the data files stay: leftovers, if it does not.
                raise LakeError(f"{folder}: commit {version} could not be written: {error}") from error
            if is_ours:
                self._settled[name] = version
                if version % _CHECKPOINT_COMMITS == 0:
                    with contextlib.suppress(LakeError):  # it saves time and nothing else, the next one does as well
                        self.checkpoint(name, commits=_CHECKPOINT_COMMITS)
                return True
            latest = self._open(name)
            if any(latest.transaction_version(one) != table.transaction_version(one) for one in transactions):
                return False

    def _settle(self, name: TableName, table: DeltaTable) -> None:
        """Bring the commits of the table, as it was read, to the disk.

        Who wrote them has done so, or was killed before. Their content is there since they have a name, so the names are
        all that may be lost. Whoever says that something is loaded has to be right after a power cut, whoever loaded it.
        """
        if table.version() > self._settled.get(name, -1):
            self._sync(self.path / name / "_delta_log")
            self._settled[name] = table.version()

    def _sync(self, *folders: Path) -> None:
        for folder in folders:
            try:
                sync_folder(folder)
            except OSError as error:
                raise LakeError(f"{folder}: cannot be brought to the disk: {error.strerror or error}") from error

    def _open(self, name: str) -> DeltaTable:
        try:
            table = DeltaTable(self._uri(name))
        except TableNotFoundError as error:
            raise LakeError(f"{self.path}: the lake has no table {name!r}; 'koppelzicht ingest' mends that") from error
        except (DeltaError, OSError) as error:
            raise self._unreadable(name, error) from error
        if delta_log.ends_empty(self.path / name, table.version()):
            raise self._unreadable(name, DeltaError("its last commit is empty"))
        # Every commit says of which lake it is. So it is noticed where files of another one were copied over some of these.
        ours = table.transaction_version(_LAKE + self.id) or 0
        if ours != table.version() and delta_log.reaches_behind(self.path / name, ours, _LAKE):
            raise LakeError(
                f"{self.path / name}: commits behind version {ours} are of another lake, files of one were copied over the other;"
                f" {RESTORE}"
            )
        return table

    def _unreadable(self, name: str, error: Exception) -> LakeError:
        """Why a table cannot be opened: by the file that is damaged, where one is."""
        said = f"the table cannot be read: {in_one_line(error)}"
        for path, wrong, can_be_mended in delta_log.damages(self.path / name):
            return LakeError(f"{path}: {wrong}; {REPAIR if can_be_mended else RESTORE} ({said})")
        return LakeError(f"{self.path / name}: {said}; {RESTORE}")

    def _reached(self, name: Table, *, is_settled: bool = False) -> int:
        table = self._open(name)
        if is_settled:
            self._settle(name, table)
        return table.transaction_version(APPLICATION) or 0

    def _follow(self, rows: Sequence[LedgerRow], name: Table) -> None:
        """One commit by which a table follows these decisions: what they take away leaves, and their staged files come."""
        last = rows[-1].decision
        patience = Patience(self.path / name, f"following decision {last:,}", most=QUICK)
        while True:
            patience.spend()
            table = self._open(name)
            reached = table.transaction_version(APPLICATION) or 0
            if reached >= last:
                self._settle(name, table)
                return
            following = [row for row in rows if row.decision > reached]
            gone: Sequence[DataFile] = ()
            rest: Sequence[NewFile] = ()
            if parts := [row.merged for row in following if row.merged]:
                from ingest.lake.rewriting import renamed

                gone, rest = renamed(data_files(table, self.path / name), name, parts)
            elif any(row.kind != "load" for row in following):
                from ingest.lake.rewriting import without

                held = partial(self._held, name, reached)
                gone, rest = without(data_files(table, self.path / name), name, following, held)
            if self.replace(name, table, gone, rest, staged=staged_files(following, name), version=last):
                return

    def _held(self, name: Table, version: int) -> Mapping[str, int]:
        """How many rows of each load a table has to have at that version of the ledger."""
        _, ledger = self.ledger()
        place = 0 if name == "calls" else 1
        return {load_id: counts[place] for load_id, counts in ledger.until(version).held().items()}

    def tables(self) -> tuple[Mapping[TableName, DeltaTable], Ledger]:
        """The tables, in the order in which readers take them, and the ledger that goes with them."""
        for _ in range(_LOOKS):
            tables: dict[TableName, DeltaTable] = {name: self._open(name) for name in TABLES}
            ledger = self._read_ledger(tables["loads"])
            reached = min(tables[name].transaction_version(APPLICATION) or 0 for name in ("calls", "rejects"))
            if ledger.written_merges <= reached:
                return tables, ledger
        raise self._too_far("calls", reached, ledger.written_merges)

    def _too_far(self, name: Table, reached: int, merged: int) -> LakeError:
        return LakeError(
            f"{self.path / name}: has followed decision {reached:,}, but the ledger is written as one up to {merged:,}: one of them is"
            f" a copy of another time; {RESTORE}"
        )

    def _as_it_was(self, rejects: DeltaTable, decided: _Decided, version: int) -> None:
        """Go back to rejects from before anything was taken from them that `version` still has.

        Every decision that takes rows away is a commit of its own, so that there is such a state. Its files stay on disk
        for a week.
        """
        try:
            while decided.loses_between(version, rejects.transaction_version(APPLICATION) or 0):
                rejects.load_as_version(rejects.version() - 1)
        except (DeltaError, OSError) as error:
            raise LakeError(f"{self.path / 'rejects'}: the table cannot be read as it was: {error}") from error


@dataclass(frozen=True)
class _Decided:
    """The ledger as far as readers need it, one row a decision about one source, in order."""

    rows: pa.Table

    def loads_until(self, version: int) -> pa.Table:
        """The public columns of the loads that hold at that version, with what retries have made of them."""
        rows = self._until(version)
        unloads = rows.filter(pc.equal(rows["kind"], "unload"))
        gone = list(itertools.chain.from_iterable(json.loads(text) for text in unloads["unloaded"].to_pylist()))
        holds = pc.equal(rows["kind"], "load")
        if gone:
            holds = pc.and_(holds, pc.invert(pc.is_in(rows["load_id"], pa.array(gone, pa.string()))))
        schema = arrow_schema(LOAD_COLUMNS)
        retried = sum_of_retries(retried_from(text) for text in rows["retried"].drop_null().to_pylist())
        return _with_retried(rows.filter(holds).select(schema.names).cast(schema), retried).combine_chunks()

    def removed_until(self, version: int, rejects_version: int, load_ids: set[str]) -> Mapping[str, tuple[int, int]]:
        """What was removed from these loads' calls at one version, and from their rejects at the other."""
        retentions = self._until(version)
        retentions = retentions.filter(pc.equal(retentions["kind"], "retention"))
        removals = []
        for text, decision in zip(*(retentions[name].to_pylist() for name in ("removed", "decision")), strict=True):
            removal = removal_from(text)
            if removal is not None:
                removals.append(removal if decision <= rejects_version else replace(removal, rejects={}))
        return removed_from(removals, load_ids)

    def loses_between(self, version: int, reached: int) -> bool:
        """Whether a decision behind `version`, up to `reached`, takes rows away."""
        between = pc.and_(pc.greater(self.rows["decision"], version), pc.less_equal(self.rows["decision"], reached))
        return bool(pc.any(pc.and_(between, pc.not_equal(self.rows["kind"], "load"))).as_py())

    def written_merges(self) -> int:
        """The last decision before which loads are written as one."""
        merges = self.rows.filter(pc.equal(self.rows["kind"], "merge"))
        return written_merges(
            (decision, "merge", says is not None)
            for decision, says in zip(merges["decision"].to_pylist(), merges["merged"].to_pylist(), strict=True)
        )

    def _until(self, version: int) -> pa.Table:
        rows = self.rows.filter(pc.less_equal(self.rows["decision"], version))
        if rows["merged"].null_count == len(rows):
            return rows
        # Decided, and not yet written as one: rarely, and not for long.
        merged = with_merges(_ledger_rows(rows))
        return pa.Table.from_pylist([row.to_record() for row in merged], schema=_READERS_SCHEMA)


_READERS_COLUMNS = [
    *(column.name for column in LOAD_COLUMNS),
    "decision",
    "kind",
    "unloaded",
    "removed",
    "retried",
    "merged",
]
_READERS_SCHEMA = pa.schema([field for field in arrow_schema(LEDGER_COLUMNS) if field.name in _READERS_COLUMNS])


def _with_retried(loads: pa.Table, retried: Mapping[str, Retried]) -> pa.Table:
    """These loads with the lines that retries have moved from their rejects to their calls, or to what is ignored."""
    if not retried:
        return loads
    place = pc.index_in(loads["load_id"], pa.array(retried, pa.string()))
    calls, ignored = (
        pc.fill_null(pa.array([getattr(one, name) for one in retried.values()], pa.int64()).take(place), 0)
        for name in ("calls", "ignored")
    )
    instant = loads.schema.field("first_call").type
    first, last = (
        pa.array([getattr(one, name) for one in retried.values()], instant).cast(pa.int64()).take(place)
        for name in ("first_call", "last_call")
    )
    changed = {
        "calls": pc.add(loads["calls"], calls),
        "rejects": pc.subtract(loads["rejects"], pc.add(calls, ignored)),
        "ignored": pc.add(loads["ignored"], ignored),
        # Arrow compares numbers here, but no instants with a time zone.
        "first_call": pc.min_element_wise(loads["first_call"].cast(pa.int64()), first).cast(instant),
        "last_call": pc.max_element_wise(loads["last_call"].cast(pa.int64()), last).cast(instant),
    }
    columns = [changed.get(name, loads[name]) for name in loads.column_names]
    return pa.table(columns, schema=loads.schema)


def _refuse_missing(files: Iterable[DataFile]) -> None:
    """LakeError names a data file that is not there or has another size: no count without it would be right."""
    for file in files:
        try:
            found = file.path.stat().st_size
        except OSError as error:
            raise LakeError(f"{file.path}: cannot be read: {error.strerror or error}; {REPAIR}") from error
        if found != file.size:
            raise LakeError(f"{file.path}: has {found:,} bytes, {file.size:,} were written; {REPAIR}")


def _paths(table: DeltaTable) -> list[str]:
    paths: list[str] = pa.table(table.get_add_actions(flatten=True))["path"].to_pylist()
    return paths


def _ledger_rows(table: pa.Table) -> list[LedgerRow]:
    return LedgerRow.from_columns({name: table[name].to_pylist() for name in table.column_names})


def _in_order(rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    # The order inside a decision is kept: its rows stand together in one file, and sorting is stable.
    return sorted(rows, key=lambda row: row.decision)


@cache
def _is_time_zone(name: str) -> bool:
    # To list them all takes as long as to open the tables, and every command asks.
    return name == DEFAULT_TIME_ZONE or name in available_timezones()


def _settings_text(time_zone: str) -> str:
    return json.dumps({"format": FORMAT_VERSION, "id": secrets.token_hex(16), "time_zone": time_zone}) + "\n"


def _steps(rows: Sequence[LedgerRow]) -> list[list[LedgerRow]]:
    """Decisions in order: neighbours that only add together, each other one by itself, whoever rolls it forward."""
    lossy = {row.decision for row in rows if row.kind != "load"}
    return [
        list(step)
        for _, step in itertools.groupby(rows, key=lambda row: row.decision if row.decision in lossy else None)
    ]
