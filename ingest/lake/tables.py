"""The lake's three Delta tables: how they are created, opened and committed to.

A table's commits carry application transactions, which are Delta's numbers under a name. There are three of them:

    ledger      how far the table has followed the ledger: the last decision whose rows it has
    rewrites    counts commits that put data files in the place of others
    lake:<id>   says in every commit which lake it belongs to

The first two make commits exclude each other. A commit is refused where its number has changed since the table was read:
somebody else has made these decisions visible, or has rewritten data files. Delta alone would let two compactions double all
rows, because it lets any two commits through that only add files.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.errors import REPAIR, RESTORE, LakeError, in_one_line
from ingest.lake import delta_log, settings
from ingest.lake.checkpoints import KEPT_AGE, PORTION, last_checkpoint, shorten, write_checkpoint
from ingest.lake.data_file import data_files, remove_files
from ingest.lake.durable import sync_folder
from ingest.lake.ledger_row import LEDGER_COLUMNS
from ingest.lake.log_damage import damages
from ingest.lake.log_files import is_table
from ingest.patience import QUICK, Patience
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.call import Column
    from ingest.lake.data_file import AnyTable, DataFile, NewFile, SealedTable, StagedFile, SumTable, Table
    from ingest.lake.sums.kinds import Kind

_LEDGER = "ledger"
_REWRITES = "rewrites"
_LAKE = "lake:"

_CHECKPOINT_COMMITS = 100
"""A checkpoint is written after this many commits, so that no reader has to read all of them. Then the log is shortened, too."""


def reached(table: DeltaTable) -> int:
    """How far a table, as it was read, has followed the ledger: the last decision; 0 before the first one."""
    return table.transaction_version(_LEDGER) or 0


class _Opened(DeltaTable):
    """A table as it was opened, with the versions of its transactions.

    Delta reads those in the log when it is asked for them. That may be hours later, when the log has been shortened.
    """

    def __init__(self, uri: str, *, lake: str, version: int | None = None) -> None:
        super().__init__(uri, version=version)
        names = (_LEDGER, _REWRITES, _LAKE + lake)
        self._transactions = {name: super(_Opened, self).transaction_version(name) for name in names}

    def transaction_version(self, app_id: str) -> int | None:
        """The version of one of the lake's transactions as it was then."""
        return self._transactions[app_id]


class Tables:
    """The tables of one lake. Cheap to make: methods create and open them."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._id = ""
        self._settled: dict[AnyTable, int] = {}
        """For each table the last commit that is known to be on the disk."""
        self._opened: dict[AnyTable, tuple[DeltaTable, delta_log.Identity]] = {}
        """For each table as it was last opened, with the file of its last commit."""

    def exists(self) -> bool:
        """Whether somebody has created the lake."""
        return settings.is_lake(self.path)

    @property
    def time_zone(self) -> str:
        """The time zone of its business days. LakeError when there is no lake, or another version wrote it."""
        return settings.read_time_zone(self.path)

    @property
    def id(self) -> str:
        """The random name that the lake got when it was made. LakeError when another lake has taken its place."""
        found = settings.read_id(self.path)
        if self._id not in ("", found):
            raise LakeError(f"{self.path}: another lake has taken its place meanwhile; begin again")
        self._id = found
        return found

    def create(self, *, time_zone: str | None = None) -> None:
        """Create the lake and its tables where they are missing. Safe in many processes at once.

        Without a time zone an existing lake keeps its own, and a new one gets Europe/Amsterdam. LakeError when the lake has
        another one, or when the folder cannot be written.
        """
        settings.make_lake_folder(self.path, time_zone=time_zone)
        # The ledger comes last: a lake without one is a lake that is being made.
        self._create_table("calls", CALL_COLUMNS)
        self._create_table("rejects", REJECT_COLUMNS)
        self._create_table("loads", LEDGER_COLUMNS)
        self.sync(self.path, self.path.parent)  # whoever made the lake may have been killed before doing this

    def create_sums(self, kind: Kind) -> None:
        """Create the table of one kind of sums where it is missing. LakeError when the folder cannot be written."""
        self.make_folder(kind.table)
        self._create_table(kind.table, kind.columns)

    def create_sealed(self, kind: Kind) -> None:
        """Create the table of one kind of sealed sums where it is missing. LakeError when the folder cannot be written."""
        self.make_folder(kind.sealed_table)
        self._create_table(kind.sealed_table, kind.columns)

    def make_folder(self, name: SumTable | SealedTable) -> None:
        """Create the folder of sums where it is missing. LakeError when it cannot be created."""
        folder = self.path / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LakeError(f"{folder}: cannot be created: {error}") from error
        self.sync(self.path, folder.parent)

    def open(self, name: AnyTable) -> DeltaTable:
        """One of the tables as it stands. LakeError when it cannot be read, or holds commits of another lake.

        Nobody may change what comes back: whoever opens the table next may get the same. Reading a log takes a millisecond and
        more with every commit, and a load asks a dozen times. As long as the last commit that was read is the same file, and no
        file has the number after it, a table is what it was: commits get their numbers one by one, and the oldest go first.
        """
        identity = self.id
        if name in self._opened:
            known, commit = self._opened[name]
            if delta_log.last_commit(self.path / name, known.version()) == commit:
                return known
        table = self._open(name, identity)
        last = delta_log.last_commit(self.path / name, table.version())
        if last is not None:
            self._opened[name] = table, last
        return table

    def open_before(self, name: AnyTable, table: DeltaTable) -> DeltaTable:
        """The table as it was one commit before. LakeError when it cannot be read as it was."""
        try:
            return _Opened(self.uri(name), lake=self.id, version=table.version() - 1)
        except (DeltaError, OSError) as error:
            raise LakeError(f"{self.path / name}: the table cannot be read as it was: {error}") from error

    def _open(self, name: AnyTable, identity: str) -> DeltaTable:
        try:
            table = _Opened(self.uri(name), lake=identity)
        except TableNotFoundError as error:
            raise LakeError(
                f"{self.path}: the lake has no table {name!r}; 'koppelzicht ingest' creates it again"
            ) from error
        except (DeltaError, OSError) as error:
            raise self._unreadable(name, error) from error
        if delta_log.ends_empty(self.path / name, table.version()):
            raise self._unreadable(name, DeltaError("its last commit is empty"))
        ours = table.transaction_version(_LAKE + identity) or 0
        if ours != table.version() and delta_log.has_transaction_after(self.path / name, ours, _LAKE):
            raise LakeError(
                f"{self.path / name}: the commits after version {ours} belong to another lake: files of one lake were copied over"
                f" the other; {RESTORE}"
            )
        return table

    def has(self, name: AnyTable) -> bool:
        """Whether the table has been created. LakeError when that cannot be found out."""
        try:
            return is_table(self.path / name)
        except OSError as error:
            raise LakeError(f"{self.path / name}: cannot be read: {error.strerror or error}") from error

    def replace(
        self,
        name: AnyTable,
        table: DeltaTable,
        gone: Sequence[DataFile],
        new: Sequence[NewFile],
        *,
        staged: Sequence[StagedFile] = (),
        version: int | None = None,
        is_change: bool = False,
    ) -> bool:
        """One commit that puts new data files in the place of others of `table`, as it was read, and adds staged files.

        With a version the table reaches this version of the ledger. Without one the rows stay the same, or with `is_change`
        are other rows for the same decisions. False when somebody else has rewritten data files meanwhile, or reached that
        version: the new files are removed then, and the staged ones stay.
        """
        # The new files' names go to the disk before the commit that names them: after a power cut a commit that is there
        # must not name a file that is not. For staged files the decision has done this.
        if new:
            self.sync(self.path / name)
        if self.commit(name, table, gone=gone, new=[*new, *staged], reaches=version, is_change=is_change):
            return True
        held = {file.path for file in data_files(self.open(name), self.path / name)}
        remove_files(file.path for file in new if file.path not in held)
        return False

    def commit(
        self,
        name: AnyTable,
        table: DeltaTable,
        *,
        gone: Sequence[DataFile],
        new: Sequence[NewFile | StagedFile],
        reaches: int | None,
        is_change: bool = False,
    ) -> bool:
        """Whether the table has this commit now, on the disk.

        False when others have reached a version, or rewritten data files, since the table was read. Other commits are no
        obstacle: this one is written after them.
        """
        folder = self.path / name
        exclusive = {} if reaches is None else {_LEDGER: reaches}
        mark = _LAKE + self.id
        if gone:
            exclusive[_REWRITES] = (table.transaction_version(_REWRITES) or 0) + 1
        patience = Patience(folder, "writing a commit", most=QUICK)
        while True:
            patience.spend()
            latest = self.open(name)
            if any(latest.transaction_version(one) != table.transaction_version(one) for one in exclusive):
                return False
            version = latest.version() + 1
            try:
                is_ours = delta_log.append(
                    folder,
                    version,
                    gone=gone,
                    new=new,
                    is_change=is_change or reaches is not None,
                    reaches={**exclusive, mark: version},
                )
            except OSError as error:
                # Nobody knows whether the commit stands, so the data files stay. If it does not, they are leftovers.
                raise LakeError(f"{folder}: commit {version} could not be written: {error}") from error
            if is_ours:
                self._settled[name] = version
                if version % _CHECKPOINT_COMMITS == 0:
                    with contextlib.suppress(LakeError):  # it only saves time, and the next one will do
                        self.checkpoint(name, commits=_CHECKPOINT_COMMITS)
                        self.shorten(name, before=dt.datetime.now(dt.UTC) - KEPT_AGE, most=PORTION)
                return True

    def checkpoint(self, name: AnyTable, *, commits: int) -> None:
        """Write a checkpoint if there have been this many commits since the last one. LakeError when it cannot be written."""
        table = self.open(name)
        try:
            if table.version() - last_checkpoint(self.path / name) >= commits:
                write_checkpoint(self.path / name, table)
        except (DeltaError, pa.ArrowException, OSError) as error:
            raise LakeError(
                f"{self.path / name}: a checkpoint cannot be written, nothing was changed: {error}"
            ) from error

    def shorten(self, name: AnyTable, *, before: dt.datetime, most: int | None = None) -> None:
        """Remove the entries of the table's log that a checkpoint from before that moment replaces. LakeError if they cannot be removed."""
        try:
            shorten(self.path / name, before=before, most=most)
        except OSError as error:
            raise LakeError(f"{self.path / name}: its log cannot be shortened: {error}") from error

    def settle(self, name: AnyTable, table: DeltaTable) -> None:
        """Bring the commits of the table, as it was read, to the disk before anything rests on them.

        Whoever wrote a commit brings it to the disk, but may have been killed just before. Others can read the commit then,
        and a power cut could still take it away. A process that reports "loaded" or "unchanged" because of such a commit
        would be wrong afterwards. So readers that decide bring it there themselves. The commit's content is on the disk since
        it has a name, so only the folder has to be synced.
        """
        if table.version() > self._settled.get(name, -1):
            self.sync(self.path / name / "_delta_log")
            self._settled[name] = table.version()

    def sync(self, *folders: Path) -> None:
        """Bring the names in these folders to the disk. LakeError when the disk does not take them."""
        for folder in folders:
            try:
                sync_folder(folder)
            except OSError as error:
                raise LakeError(f"{folder}: cannot be written to the disk: {error.strerror or error}") from error

    def uri(self, name: AnyTable) -> str:
        """The table's folder as Delta takes it."""
        # Delta takes a path as text for a URL, and then reads a blank, a % or a [ in it as something else.
        return (self.path / name).resolve().as_uri()

    def refuse_ahead(self, name: Table, followed: int, decided: int) -> None:
        """LakeError where a table has followed decisions that the ledger does not have: going on would lose them."""
        if followed > decided:
            for path, wrong, _ in damages(self.path / "loads"):
                raise LakeError(f"{path}: {wrong}; it is a part of the ledger, {RESTORE}")
            raise LakeError(
                f"{self.path / name}: has followed decision {followed:,}, but the ledger ends with {decided:,}: one of them is a copy"
                f" of another time; {RESTORE}"
            )

    def _create_table(self, name: AnyTable, columns: Sequence[Column]) -> None:
        if is_table(self.path / name):
            return
        try:
            delta_log.create(self.path / name, arrow_schema(columns))
        except (DeltaError, OSError) as error:
            raise LakeError(f"{self.path / name}: the table cannot be created: {error}") from error

    def _unreadable(self, name: AnyTable, error: Exception) -> LakeError:
        """Why a table cannot be opened. Names the damaged file where there is one."""
        said = f"the table cannot be read: {in_one_line(error)}"
        for path, wrong, can_be_mended in damages(self.path / name):
            return LakeError(f"{path}: {wrong}; {REPAIR if can_be_mended else RESTORE} ({said})")
        return LakeError(f"{self.path / name}: {said}; {RESTORE}")
