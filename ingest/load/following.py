"""`ingest` without an end: new files, files that grow, and files that are rotated away.

It ends when it is told to, and never by itself. A full disk, a folder that is away for a while and a lake that cannot be opened are
mended at some time, and nobody may be there to start the process again. So every error is reported and tried again, less often each
time.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import watchfiles

from ingest.engine.stored_names import stored_name
from ingest.errors import IngestError, SourceError, fault, is_lack_of_memory
from ingest.lake.compaction import DEFAULT_SIZES, compact_as_it_goes
from ingest.lake.followers import Follower
from ingest.lake.lake import Lake
from ingest.lake.sums.building import add_sums
from ingest.limits import DEFAULT_LIMITS
from ingest.load.loader import Loader
from ingest.load.memory import Memory
from ingest.read.folder import list_sources
from ingest.read.names import written_name
from ingest.stopping import stop_if_told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Generator, Sequence
    from threading import Event

    from ingest.lake.compaction import FileSizes
    from ingest.limits import Limits
    from ingest.report import IngestReport, ReadOptions, SourceReport

_MOST_SAID = 10_000
"""This many reported texts are remembered, so that they are not repeated; then the oldest are forgotten."""


@dataclass
class Round:
    """The result of one look at the folders: sources that were loaded or failed, and what the operator should know."""

    sources: tuple[SourceReport, ...]
    warnings: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())


def follow(
    lake: Path,
    folders: Sequence[str],
    options: ReadOptions,
    *,
    every: float,
    clock: Callable[[], dt.datetime],
    stop: Event,
    sizes: FileSizes = DEFAULT_SIZES,
    limits: Limits = DEFAULT_LIMITS,
    tells_of_nothing: bool = False,
) -> Generator[Round, None, None]:
    """Load the files in these folders, and those that come into them, until `stop` is set. Yields after each decision.

    A change is loaded within `every` seconds, and mostly within `limits.settle_seconds` where the system notifies of changes. SourceError,
    before anything is done, when a folder is a file; no other error ends it. With
    `tells_of_nothing`, it also yields after a look that found nothing, so that the caller can do something now and then.
    """
    for folder in folders:
        if Path(folder).exists() and not Path(folder).is_dir():
            raise SourceError(
                f"{written_name(folder)}: is not a folder; 'koppelzicht follow' watches folders, 'koppelzicht ingest' loads a file"
            )
    with contextlib.closing(
        _Following(lake, folders, options, every=every, clock=clock, sizes=sizes, limits=limits)
    ) as following:
        while not stop.is_set():
            stop_if_told()
            begun = time.monotonic()
            news, latest = following.look()
            if news.sources or news.warnings or news.notes or tells_of_nothing:
                yield news
            following.wait(stop, earliest=begun + min(limits.settle_seconds, every), latest=begun + latest)


class _Following:
    """What a following process remembers from one look to the next."""

    def __init__(
        self,
        lake: Path,
        folders: Sequence[str],
        options: ReadOptions,
        *,
        every: float,
        clock: Callable[[], dt.datetime],
        sizes: FileSizes,
        limits: Limits,
    ) -> None:
        self._lake = lake
        self._folders = folders
        self._options = options
        self._every = every
        self._clock = clock
        self._sizes = sizes
        self._limits = limits
        self._memory = Memory()
        self._loader: Loader | None = None
        self._store = Lake(lake)
        self._failures = 0
        self._wrong: set[str] = set()
        """The errors that exist at the moment and have been reported."""
        self._warned: dict[str, None] = {}
        self._unwatched: str | None = None
        self._uncompacted: str | None = None
        self._follower = Follower(
            lake, [stored_name(written_name(folder)) for folder in folders], every=every, clock=clock
        )

    def close(self) -> None:
        """Let go of everything."""
        self._forget_loader()
        self._follower.close()

    def look(self) -> tuple[Round, float]:
        """Load new content. Returns the result, and the seconds after which to look again at the latest."""
        try:
            if self._loader is None:
                self._store = Lake(self._lake)
                self._store.create()
                self._follower.take_over()
                self._loader = Loader(
                    self._store, self._options, memory=self._memory, progress=self._follower, limits=self._limits
                )
            self._store.roll_forward()
            sources = list_sources(self._folders, lake=self._lake, are_folders=True)
            report = self._loader.load(sources, now=self._clock())
        except Exception as error:  # noqa: BLE001 - whatever it is, a follower tries again
            stop_if_told()
            return self._gone_wrong(error)
        self._failures = 0
        if any(source.lines for source in report.sources):
            self._compact()
        if not sources.unlisted:
            self._memory.forget_others(sources.names)
        away = [f"{place.name}: {place.why}" for place in sources.unlisted]
        self._say("; ".join(away) or None)
        # The system does not notify of a folder that comes back.
        return self._news(report), min(self._every, self._limits.settle_seconds) if away else self._every

    def wait(self, stop: Event, *, earliest: float, latest: float) -> None:
        """Wait for a change, until `latest` at most. Where the system does not notify of changes, wait until then."""
        if self._failures or not self._is_told_of_a_change(stop, latest - time.monotonic()):
            stop.wait(max(latest - time.monotonic(), 0))
        stop.wait(max(earliest - time.monotonic(), 0))

    def _is_told_of_a_change(self, stop: Event, seconds: float) -> bool:
        """Whether the system can notify of changes, and has watched for this many seconds or until the first change."""
        own = self._lake.absolute()
        try:
            there = [folder for folder in self._folders if Path(folder).is_dir()]
            if seconds <= 0 or not there:
                return False
            changes = watchfiles.watch(
                *there,
                watch_filter=lambda _, path: not Path(path).is_relative_to(own),
                stop_event=stop,
                rust_timeout=max(int(seconds * 1000), 1),
                yield_on_timeout=True,
                debounce=200,
                ignore_permission_denied=True,
            )
            with contextlib.closing(changes):
                next(changes, None)
        except (OSError, RuntimeError, UnicodeError) as error:
            # A file whose name it cannot decode is a change, too.
            if "decode path" in str(error):
                return True
            self._unwatched = f"the system does not notify of changes ({error}): koppelzicht looks at the folders every {self._every:g} seconds"
            return False
        self._unwatched = None
        return True

    def _compact(self) -> None:
        """Keep the lake quick to open. The loads hold already, so an error here is only reported."""
        try:
            compact_as_it_goes(self._store, self._sizes)
            add_sums(self._store, self._sizes)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was loaded has to be reported, and loading goes on
            stop_if_told()
            self._uncompacted = (
                f"small data files stay as they are, and the lake becomes slower to open: {_in_words(error)}"
            )
        else:
            self._uncompacted = None

    def _gone_wrong(self, error: Exception) -> tuple[Round, float]:
        """Report an error once, and try again later: after twice the time of the last wait."""
        self._forget_loader()
        settle = self._limits.settle_seconds
        seconds = min(settle * 2**self._failures, max(self._every, settle))
        self._failures += 1
        text = f"{_in_words(error)}; nothing new is loaded until this is over, koppelzicht keeps trying"
        self._say(text)
        is_new = text not in self._wrong
        self._wrong.add(text)
        return Round((), (text,) if is_new else ()), seconds

    def _news(self, report: IngestReport) -> Round:
        """What has not been reported yet: the error of a source once while it lasts, and each warning once."""
        wrong = {source.error for source in report.sources if source.error is not None}
        news = tuple(
            source
            for source in report.sources
            if source.lines or (source.error is not None and source.error not in self._wrong)
        )
        self._wrong = wrong | self._memory.errors
        warnings = [*report.warnings, *(text for text in (self._unwatched, self._uncompacted) if text)]
        new = tuple(dict.fromkeys(warning for warning in warnings if warning not in self._warned))
        self._warned |= dict.fromkeys(new)
        for text in list(self._warned)[: max(len(self._warned) - _MOST_SAID, 0)]:
            del self._warned[text]
        return Round(news, new, report.notes)

    def _say(self, waiting_for: str | None) -> None:
        """Write the state for `status`."""
        self._follower.says(waiting_for=waiting_for and stored_name(waiting_for), skipped=self._memory.skipped)

    def _forget_loader(self) -> None:
        """Close the loader. Its staged files become leftovers where the lake cannot tell whether a decision names them."""
        loader, self._loader = self._loader, None
        if loader is not None:
            with contextlib.suppress(Exception):
                loader.close()


def _in_words(error: Exception) -> str:
    if isinstance(error, IngestError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'input or output'}: {error.strerror or error}"
    if is_lack_of_memory(error):
        return "there is not enough memory"
    return f"an unexpected error: {fault(error)}"
