"""Rejected lines read again: with a better layout or dialect, a host or time zone, or by a newer version.

A source is recognised by its content, as when it is loaded. All of it that is loaded is read once more, block by block, because
headers and directives are in force up to where others stand; kept is what becomes of the lines that were rejected. Those that are
calls now become calls of the load they came with. One decision of the ledger says it all, so a line is counted once, whoever
loads, unloads or retries at the same time, and whenever somebody is killed.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ingest.lake.lake import Lake
from ingest.load.rereading import Rereading
from ingest.patience import QUICK, SLOW, Patience
from ingest.read.folder import list_sources
from ingest.report import RetriedSource, RetryReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.report import Progress, ReadOptions

BATCH_SOURCES = 100
"""This many sources are decided together."""


def retry_rejects(
    lake: Path, paths: Sequence[str], options: ReadOptions, *, now: dt.datetime, progress: Progress | None = None
) -> RetryReport:
    """Read the rejected lines of these sources (files, folders) again, as `options` say or as they were read before.

    A source that cannot be read, was never loaded or has changed is reported as failed and the others go on. LakeError
    when there is no lake or it cannot be written.
    """
    store = Lake(lake)
    store.roll_forward()
    sources = list_sources(paths, lake=lake)
    if progress is not None:
        progress.start(sources.total_bytes)
    reports: list[RetriedSource] = []
    try:
        with contextlib.closing(Rereading(store, options, progress)) as reading:
            for start in range(0, len(sources.names), BATCH_SOURCES):
                reports += _retry(store, sources.names[start : start + BATCH_SOURCES], reading, now)
    finally:
        if progress is not None:
            progress.finish()
    unlisted = [
        RetriedSource(source=place.name, status="failed", error=f"{place.name}: {place.why}")
        for place in sources.unlisted
    ]
    return RetryReport((*unlisted, *reports), tuple(f"{place.name}: {place.why}" for place in sources.skipped))


def _retry(store: Lake, names: Sequence[str], reading: Rereading, now: dt.datetime) -> list[RetriedSource]:
    """Read these sources again and decide what has become of their rejects; again, where others were faster."""
    patience = Patience(store.path, f"reading the rejected lines of {names[0]} again", most=SLOW)
    while True:
        patience.spend()
        # The ledger before the rejects: who decides meanwhile about them is noticed.
        table, ledger = store.ledger()
        store.roll_forward()
        reading.begin(ledger)
        try:
            reports = [reading.read(path) for path in names]
            row = reading.row(now)
            if row is None:
                return reports
            staged = reading.staged()
            quick = Patience(store.path, f"deciding about the rejected lines of {names[0]}", most=QUICK)
            while not store.decide(table, ledger, [row], staged):
                quick.spend()
                known = ledger.version
                table, ledger = store.ledger()
                if any(other.kind != "load" for other in ledger.after(known)):
                    break
            else:
                store.roll_forward()
                return reports
        finally:
            reading.forget()
