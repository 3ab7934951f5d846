"""Checks the ledger: its decisions are in order, and each is about loads that hold at that point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.lake.data_file import TABLES
from ingest.lake.ledger import sum_of_retries
from ingest.lake.ledger_row import Retried
from ingest.lake.tables import reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.lake.lake import Lake
    from ingest.lake.ledger import Ledger
    from ingest.lake.ledger_row import LedgerRow


def out_of_order(ledger: Ledger) -> Iterator[str]:
    """Decisions that are missing or out of order, and loads that were decided twice."""
    seen: set[str] = set()
    before = 0
    for row in ledger.rows:
        # Up to there loads were merged, and the decisions of their parts are gone.
        if row.decision not in (before, before + 1) and not before < row.decision <= ledger.written_merges:
            yield f"{row.kind} {row.load_id}: is decision {row.decision:,}, the one before it is {before:,}"
        if row.load_id in seen:
            yield f"{row.kind} {row.load_id} ({row.source}): is in the ledger twice"
        seen.add(row.load_id)
        before = row.decision


def out_of_step(store: Lake) -> Iterator[str]:
    """Tables that claim to have followed decisions that the ledger does not have."""
    # The tables are read before the ledger, because others go on loading.
    versions = {name: reached(store.open(name)) for name in TABLES[:2]}
    table, ledger = store.ledger()
    versions["loads"] = reached(table)
    for name, version in versions.items():
        if version > ledger.version or (name == "loads" and version < ledger.version):
            yield f"{store.path / name}: carries version {version:,}, the last decision is {ledger.version:,}"


def unfounded(ledger: Ledger) -> Iterator[str]:
    """Unloads, retentions and retries of loads that do not hold at that point, or have fewer rows than they say."""
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
                f"load {load_id} ({load.source}): {calls:,} calls and {rejects:,} rejects were removed from"
                f" {had_calls:,} and {had_rejects:,}"
                + (
                    f" ({again.calls:,} calls and {again.ignored:,} ignored lines were rejects)"
                    if again != Retried()
                    else ""
                )
            )


def orphans(ledger: Ledger) -> Iterator[str]:
    """Loads that grew from one that does not hold, or stands after them."""
    loads = ledger.loads()
    held = {row.load_id for row in loads}
    seen: set[str] = set()
    for row in loads:
        if row.parent is not None and row.parent not in seen:
            state = "comes after it" if row.parent in held else "does not hold"
            yield f"load {row.load_id} ({row.source}): grew from load {row.parent}, which {state}"
        seen.add(row.load_id)
