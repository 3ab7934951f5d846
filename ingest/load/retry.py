"""Rejected lines read again: with a better layout or dialect, a host or time zone, or by a newer version.

A source is recognised by its content, as when it is loaded. Everything of it that is loaded is read once more, block by block,
because headers and directives hold for the lines after them. Of the result only the lines count that were rejected: those that are
calls now become calls of the load that they came with. One decision of the ledger says all of it, so a line is counted once, whoever
loads, unloads or retries at the same time, and whenever a process is killed.

Why this is not `ingest --replace` for the loads that hold rejects: replacing would lose what this keeps.

- Calls. In a log with lines of two layouts, `--layout` for the second one reads all of the lines again, so the lines of the first one
  become rejects: 50 calls and 50 rejects before are 50 calls and 50 rejects after. A retry makes 100 calls of them.
- Retention. Replacing brings back the calls that `maintain --keep-calls` has removed, and the samples that `--keep-rejects` has. The
  new load is young, too: both would count from today.
- Recognition. A merged load knows where its parts ended, and recognises copies of the log from those times. A new load does not.
- Names. The stream and the name of a log that has been moved since would change, and with them what is missing in the old stream.
- A time is judged by when its line was loaded, and a source that was cut since is refused instead of replacing what it no longer has.

It costs less than the ingest where few lines were rejected, and at most twice as much where all of them were (measured with 400,000
lines of JSON, in seconds of the processor: ingest 3.2, retry 2.4; all lines rejected: retry 3.3, replacing 1.9).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ingest.lake.lake import Lake
from ingest.limits import DEFAULT_LIMITS
from ingest.load.rereading import Rereading
from ingest.patience import Patience
from ingest.read.folder import list_sources
from ingest.report import RetriedSource, RetryReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.limits import Limits
    from ingest.report import Progress, ReadOptions


def retry_rejects(
    lake: Path,
    paths: Sequence[str],
    options: ReadOptions,
    *,
    now: dt.datetime,
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
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
        with contextlib.closing(Rereading(store, options, progress, limits)) as reading:
            for start in range(0, len(sources.names), limits.retried_sources):
                reports += _retry(store, sources.names[start : start + limits.retried_sources], reading, now, limits)
    finally:
        if progress is not None:
            progress.finish()
    unlisted = [
        RetriedSource(source=place.name, status="failed", error=f"{place.name}: {place.why}")
        for place in sources.unlisted
    ]
    return RetryReport((*unlisted, *reports), tuple(f"{place.name}: {place.why}" for place in sources.skipped))


def _retry(
    store: Lake, names: Sequence[str], reading: Rereading, now: dt.datetime, limits: Limits
) -> list[RetriedSource]:
    """Read these sources again and decide what has become of their rejects, until no other process is faster."""
    patience = Patience(store.path, f"reading the rejected lines of {names[0]} again", most=limits.slow_attempts)
    while True:
        patience.spend()
        # The ledger is read before the rejects: so a decision that others make about them meanwhile is noticed.
        table, ledger = store.ledger()
        store.roll_forward()
        reading.begin(ledger)
        try:
            reports = [reading.read(path) for path in names]
            row = reading.row(now)
            if row is None:
                return reports
            staged = reading.staged()
            quick = Patience(store.path, f"deciding about the rejected lines of {names[0]}", most=limits.quick_attempts)
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
