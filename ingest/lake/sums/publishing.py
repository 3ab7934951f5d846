"""Sealed days as Delta tables, for other engines: Spark reads `sealed/daily_calls` as it reads `calls`.

The ledger says which sealed days stand, and Koppelzicht does not read these tables. `maintain` makes them say the same. It creates
a table that cannot be read again, and does not touch the files with the sums.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from ingest.errors import LakeError
from ingest.lake.data_file import data_files
from ingest.lake.log_files import is_table
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deltalake import DeltaTable

    from ingest.lake.data_file import SealedTable
    from ingest.lake.lake import Lake
    from ingest.lake.sums.kinds import Kind
    from ingest.lake.sums.sealed_days import SealedDays


def publish_sealed(store: Lake) -> None:
    """Let the tables of sealed days name the files that stand. LakeError when they cannot be written."""
    days = store.snapshot(may_be_damaged=True).sealed.days
    for kind in KINDS.values():
        if days or is_table(store.path / kind.sealed_table):
            _publish(store, kind, days)


def published_tables(store: Lake) -> tuple[SealedTable, ...]:
    """The tables of sealed days that the lake has and that can be read."""
    tables = []
    for kind in KINDS.values():
        with contextlib.suppress(LakeError):
            if is_table(store.path / kind.sealed_table) and store.open(kind.sealed_table):
                tables.append(kind.sealed_table)
    return tuple(tables)


def _publish(store: Lake, kind: Kind, days: Sequence[SealedDays]) -> None:
    name = kind.sealed_table
    table = _sound_table(store, kind)
    named = {file.path.name: file for file in data_files(table, store.path / name)}
    standing = {file.path: file for one in days if (file := one.file(kind))}
    gone = [file for path, file in named.items() if path not in standing]
    new = [file for path, file in standing.items() if path not in named]
    if gone or new:
        # Where others are faster, theirs are the same files.
        store.replace(name, table, gone, [], staged=new, is_change=True)


def _sound_table(store: Lake, kind: Kind) -> DeltaTable:
    name = kind.sealed_table
    store.create_sealed(kind)
    try:
        return store.open(name)
    except LakeError as error:
        try:
            shutil.rmtree(store.path / name / "_delta_log")
        except OSError as its_own:
            raise LakeError(f"{error}; its log cannot be removed either: {its_own.strerror or its_own}") from its_own
        store.create_sealed(kind)
        return store.open(name)
