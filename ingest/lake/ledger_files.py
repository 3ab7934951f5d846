"""The ledger read from its table `loads`: all of it, or the decisions since some version."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import RESTORE, LakeError
from ingest.lake.data_file import damage
from ingest.lake.ledger import Ledger
from ingest.lake.ledger_row import LedgerRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from deltalake import DeltaTable


class LedgerFiles:
    """Reads the ledger's data files, each of them once: a data file never changes, however many decisions follow."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, list[LedgerRow]] = {}
        self._ledger = Ledger(0, ())

    def ledger(self, table: DeltaTable) -> Ledger:
        """Every decision of the table, as it was read."""
        read: dict[str, list[LedgerRow]] = {}
        new: list[LedgerRow] = []
        for name in _names(table):
            if name not in self._files:
                self._files[name] = ledger_rows(read_ledger_file(self._folder / name))
                new += self._files[name]
            read[name] = self._files[name]
        if read.keys() >= self._files.keys() and all(row.decision > self._ledger.version for row in new):
            rows = (*self._ledger.rows, *_in_order(new))
        else:  # files were compacted, or removed
            rows = tuple(_in_order(itertools.chain.from_iterable(read.values())))
        self._files = read
        if len(rows) > len(self._ledger.rows) or rows != self._ledger.rows:
            self._ledger = Ledger(rows[-1].decision if rows else 0, rows)
        return self._ledger


def decided_after(folder: Path, table: DeltaTable, version: int) -> list[LedgerRow]:
    """The rows decided since that version, in order. Reads only the data files that may hold some."""
    actions = pa.table(table.get_add_actions(flatten=True))
    has_bounds = "max.decision" in actions.column_names
    last = actions["max.decision"].to_pylist() if has_bounds else [None] * len(actions)
    rows: list[LedgerRow] = []
    for name, decision in zip(actions["path"].to_pylist(), last, strict=True):
        if decision is None or decision > version:
            found = read_ledger_file(folder / name)
            rows += ledger_rows(found.filter(pc.greater(found["decision"], version)))
    return _in_order(rows)


def read_ledger_columns(folder: Path, table: DeltaTable, schema: pa.Schema) -> pa.Table:
    """These columns of every decision, in order, without making Python objects of them."""
    files = [read_ledger_file(folder / name, schema.names).select(schema.names).cast(schema) for name in _names(table)]
    # The rows of one decision stand together in one file, so they keep their order.
    files.sort(key=lambda rows: rows["decision"][0].as_py() if len(rows) else 0)
    rows = pa.concat_tables([schema.empty_table(), *files])
    decisions = rows["decision"].combine_chunks()
    if pc.all(pc.less_equal(decisions[:-1], decisions[1:])).as_py():
        return rows  # mostly: each file begins where another ends, and to copy a long ledger takes time
    return rows.take(pc.array_sort_indices(decisions))  # this sort is stable


def read_ledger_file(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of one of the ledger's data files. LakeError when it is damaged."""
    # Not `parquet.read_table`: importing what that needs takes a second.
    from pyarrow.parquet import ParquetFile

    # All counts rest on the ledger, and it is small: so its hash is checked each time.
    if wrong := damage(path):
        raise LakeError(f"{path}: {wrong}; it is a part of the ledger, {RESTORE}")
    try:
        with ParquetFile(path) as parquet:
            return parquet.read(columns)
    except (pa.ArrowException, OSError) as error:
        raise LakeError(f"{path}: a part of the ledger cannot be read: {error}; {RESTORE}") from error


def ledger_rows(table: pa.Table) -> list[LedgerRow]:
    """The rows of the ledger that stand in this table."""
    return LedgerRow.from_columns({name: table[name].to_pylist() for name in table.column_names})


def _names(table: DeltaTable) -> list[str]:
    names: list[str] = pa.table(table.get_add_actions(flatten=True))["path"].to_pylist()
    return names


def _in_order(rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    return sorted(rows, key=lambda row: row.decision)  # stable, as above
