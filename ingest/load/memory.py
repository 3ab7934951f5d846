"""The memory of a process that follows folders: files that it has read, and does not read from the start again.

The ledger decides what is known; a memory only saves work. A file whose size and time of change are the same is not opened. One
that has grown is read from where reading stopped, if the bytes before that place are still the same. A file that is gone is
forgotten.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.engine.stored_names import stored_name
from ingest.errors import PassingError
from ingest.load.recognition import Known
from ingest.read.names import STANDARD_INPUT, written_name
from ingest.read.reader import State
from ingest.report import SkippedSource

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from ingest.errors import SourceError
    from ingest.lake.ledger import Ledger
    from ingest.lake.ledger_row import LedgerRow
    from ingest.load.load import Source
    from ingest.load.recognition import Marks
    from ingest.read.fingerprint import Fingerprint

TAIL_BYTES = 64 << 10
"""This many bytes before the place where reading stopped are compared: a file that was truncated and refilled differs there."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0
"""A file that cannot be read is tried again after this many seconds: each time after twice as many, up to the longest."""


_MOST_SAID = 10_000
"""This many warnings are remembered, so that they are not repeated."""


@dataclass(frozen=True)
class Tail:
    """The bytes before a place: how many are compared, and their hash."""

    size: int = 0
    sha256: bytes = b""

    @classmethod
    def of(cls, data: bytes | bytearray) -> Tail:
        """The tail of this data."""
        tail = data[-TAIL_BYTES:]
        return cls(len(tail), hashlib.sha256(tail).digest())


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """A file as it was when it was read, and how far it is loaded."""

    state: State
    load_id: str
    marks: Marks
    fingerprint: Fingerprint
    tail: Tail
    """The bytes before that place; none where reading cannot go on in the middle of the file."""
    left: int
    nuls: int = 0
    """How many NUL bytes stand in front of its content."""


@dataclass(frozen=True, kw_only=True)
class _GivenUp:
    """A file that could not be read, as it was then. It is tried again at `again_at`; None for never."""

    state: State | None
    changed_ns: int
    why: str
    since: dt.datetime
    tries: int
    again_at: float | None


class NoMemory:
    """Remembers nothing: for a load that ends when its sources are read. Also says what a memory can be asked."""

    expects_growth = False
    """Whether the files are going to be looked at again."""

    def recall(self, path: str) -> tuple[State, Remembered] | None:  # noqa: ARG002 - as Memory has it
        """The state of a file now, and what is remembered of it; None where it has not been read."""
        return None

    def remember(self, remembered: Remembered) -> None:
        """Remember how far this file is loaded."""

    def has_given_up(self, path: str) -> bool:  # noqa: ARG002
        """Whether a file could not be read, is still as it was then, and it is not yet time to try it again."""
        return False

    def give_up(self, path: str, error: SourceError, *, now: dt.datetime) -> None:
        """Remember that this file cannot be read as it is."""

    def can_be_read(self, path: str) -> None:
        """Remember that nothing is wrong with this file any more."""

    def look_at_ledger(self, ledger: Ledger) -> None:
        """Notice what others have decided since the last look."""

    def is_news(self, source: str, about: str) -> bool:  # noqa: ARG002
        """Whether this has not been said about the source yet."""
        return True


class Memory(NoMemory):
    """The files that were read, by what the system calls them: so a renamed one is still known."""

    expects_growth = True

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._files: dict[tuple[int, int], Remembered] = {}
        self._given_up: dict[str, _GivenUp] = {}
        self._seen: set[tuple[int, int]] = set()
        """The files that have been asked about since the others were forgotten."""
        self._said: set[tuple[str, str]] = set()
        self._ledger_version = 0
        """How far the ledger had come when it was looked at."""

    def __len__(self) -> int:
        """How many files it remembers."""
        return len(self._files)

    def recall(self, path: str) -> tuple[State, Remembered] | None:
        """The state of a file now, and what is remembered of it; None where it has not been read."""
        state, _ = self._state(path)
        remembered = self._files.get((state.device, state.inode)) if state else None
        return (state, remembered) if state and remembered else None

    def remember(self, remembered: Remembered) -> None:
        """Remember how far this file is loaded."""
        self._seen.add((remembered.state.device, remembered.state.inode))
        self._files[remembered.state.device, remembered.state.inode] = remembered

    def forget_others(self, paths: Sequence[str]) -> None:
        """Forget the files that have not been asked about since this was called last: they are gone. `paths` are all that are there."""
        self._files = {key: one for key, one in self._files.items() if key in self._seen}
        self._seen = set()
        there = set(paths)
        self._given_up = {path: one for path, one in self._given_up.items() if path in there}

    def has_given_up(self, path: str) -> bool:
        """Whether a file could not be read, is still as it was then, and it is not yet time to try it again."""
        one = self._given_up.get(path)
        if one is None:
            return False
        is_as_it_was = (one.state, one.changed_ns) == self._state(path)
        return is_as_it_was and (one.again_at is None or self._clock() < one.again_at)

    def give_up(self, path: str, error: SourceError, *, now: dt.datetime) -> None:
        """Remember that this file cannot be read as it is. An error that may pass by itself is tried again after a while."""
        state, changed_ns = self._state(path)
        before = self._given_up.get(path)
        tries = before.tries + 1 if before and (before.state, before.changed_ns) == (state, changed_ns) else 1
        passes = isinstance(error, PassingError)
        self._given_up[path] = _GivenUp(
            state=state,
            changed_ns=changed_ns,
            why=str(error),
            since=before.since if before else now,
            tries=tries,
            again_at=self._clock() + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT) if passes else None,
        )

    def can_be_read(self, path: str) -> None:
        """Remember that nothing is wrong with this file any more."""
        self._given_up.pop(path, None)

    def look_at_ledger(self, ledger: Ledger) -> None:
        """Try every file again where loads were taken back since the last look: what agreed with them in part may be new now."""
        is_another = ledger.version < self._ledger_version
        if is_another or any(row.kind == "unload" for row in ledger.after(self._ledger_version)):
            self._given_up = {}
        self._ledger_version = ledger.version

    def is_news(self, source: str, about: str) -> bool:
        """Whether this was not said about the source yet. A file grows for days, and once is enough."""
        is_news = (source, about) not in self._said
        if len(self._said) >= _MOST_SAID:
            self._said.clear()  # who follows for years sees new names every day: say a thing twice then
        self._said.add((source, about))
        return is_news

    @property
    def skipped(self) -> list[SkippedSource]:
        """The files that cannot be read, with the reason and the time since when."""
        return [
            SkippedSource(
                source=stored_name(written_name(path)),
                why=one.why.removeprefix(f"{written_name(path)}: "),
                since=one.since,
                is_tried_again=one.again_at is not None,
            )
            for path, one in sorted(self._given_up.items())
        ]

    @property
    def errors(self) -> set[str]:
        """The errors of the files that cannot be read."""
        return {one.why for one in self._given_up.values()}

    def _state(self, path: str) -> tuple[State | None, int]:
        """The state of a file, and when the system last changed anything about it, permissions included."""
        try:
            if path == STANDARD_INPUT:
                return None, 0
            stat = Path(path).stat()
        except (OSError, ValueError):
            return None, 0
        self._seen.add((stat.st_dev, stat.st_ino))
        return State.of(stat), stat.st_ctime_ns


def grown_part(source: Source, state: State, before: Remembered, row: LedgerRow) -> Known | None:
    """The new part of a file that was read before and has grown; None when the file has to be read from its start."""
    offset = before.fingerprint.offset
    if not before.tail.size or state.size <= before.nuls + offset:
        return None
    reader = source.open(offset, nuls=before.nuls)
    reader.file.seek(before.nuls + offset - before.tail.size)
    if Tail.of(reader.file.read(before.tail.size)) != before.tail:
        return None
    return Known(before.marks, row, None, before.fingerprint.copy(), before.fingerprint.copy(), reader.blocks())
