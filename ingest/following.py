"""The same as `ingest`, for ever: new files, files that grow, and files that are rotated away."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import watchfiles

from ingest.errors import SourceError
from ingest.folder import list_sources
from ingest.lake import Lake
from ingest.loader import Loader
from ingest.memory import Memory

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from threading import Event

    from ingest.report import ReadOptions, SourceReport

SETTLE_SECONDS = 5.0
"""So long at least lies between two decisions: each costs a commit, and more the more there are."""


@dataclass
class Round:
    """What one look at the folders brought: the sources of which lines were loaded or that failed, and what to know."""

    sources: tuple[SourceReport, ...]
    warnings: tuple[str, ...] = field(default=())


def follow(
    lake: Path,
    folders: Sequence[str],
    options: ReadOptions,
    *,
    every: float,
    clock: Callable[[], dt.datetime],
    stop: Event,
) -> Iterator[Round]:
    """Load what is in these folders and what comes into them, until `stop` is set. Yields after each decision.

    A change is decided within `every` seconds, and mostly within SETTLE_SECONDS where the system tells of changes.
    SourceError when a folder is none; LakeError when the lake cannot be written.
    """
    for folder in folders:
        if not Path(folder).is_dir():
            raise SourceError(f"{folder}: is no folder; follow watches folders, 'koppelzicht ingest' loads a file")
    store = Lake(lake)
    store.create()
    said: set[str] = set()
    with contextlib.closing(Loader(store, options, memory=Memory())) as loader:
        while not stop.is_set():
            begun = time.monotonic()
            store.roll_forward()
            report = loader.load(list_sources(folders, lake=lake), now=clock())
            news = tuple(source for source in report.sources if source.lines or _is_new(source.error, said))
            warnings = tuple(warning for warning in report.warnings if _is_new(warning, said))
            if news or warnings:
                yield Round(news, warnings)
            _wait(folders, lake, stop, earliest=begun + min(SETTLE_SECONDS, every), latest=begun + every)


def _is_new(text: str | None, said: set[str]) -> bool:
    """Whether something is said for the first time; nobody wants to hear it at every look."""
    if text is None or text in said:
        return False
    said.add(text)
    return True


def _wait(folders: Sequence[str], lake: Path, stop: Event, *, earliest: float, latest: float) -> None:
    """Wait for a change, but not longer than until `latest`; where nobody tells of changes, until then."""
    left = latest - time.monotonic()
    own = lake.resolve()
    if left > 0:
        changes = watchfiles.watch(
            *folders,
            watch_filter=lambda _, path: not Path(path).resolve().is_relative_to(own),
            stop_event=stop,
            rust_timeout=max(int(left * 1000), 1),
            yield_on_timeout=True,
            debounce=200,
        )
        with contextlib.closing(changes):
            next(changes, None)
    stop.wait(max(earliest - time.monotonic(), 0))
