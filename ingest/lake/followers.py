"""The processes that follow folders for a lake, what they wait for and what they skip: a small file for each, below the lake.

Only a follower knows what it cannot do, and `status` runs in another process. So each follower writes its state into a file of its
own, and rewrites it now and then when nothing is new: an old file tells of a follower that is gone. The file holds nothing from a
log, only names of files and the errors about them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.lake.durable import replace_file
from ingest.report import FollowerStatus, SkippedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

State: TypeAlias = Literal["following", "waiting", "died", "silent"]

FOLDER = "followers"

BEAT_SECONDS = 10.0
"""A follower that is busy with one look rewrites its file after this many seconds."""

_MISSED_BEATS = 6
_MOST_SKIPPED = 1000
_ROOM = 4096
"""The least length of its file: on a full disk the file can still be overwritten in place."""


class _Said(BaseModel):
    """The state that a follower has written."""

    model_config = ConfigDict(frozen=True)

    host: str
    process: int
    folders: tuple[str, ...]
    every: float
    started_at: dt.datetime
    seen_at: dt.datetime
    waiting_for: str | None = None
    skipped: tuple[SkippedSource, ...] = ()
    skipped_count: int = 0

    @property
    def follower(self) -> str:
        """Its name: machine and process."""
        return f"{self.host}:{self.process}"

    def state(self, now: dt.datetime) -> State:
        """Whether it still follows; see FollowerStatus."""
        if self.host == socket.gethostname() and not _is_running(self.process):
            return "died"
        if (now - self.seen_at).total_seconds() > _MISSED_BEATS * max(self.every, BEAT_SECONDS):
            return "silent"
        return "waiting" if self.waiting_for else "following"


class Follower:
    """Writes the state of this process while it follows. The progress of a load is a sign of life, too."""

    def __init__(self, lake: Path, folders: Sequence[str], *, every: float, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        now = clock()
        self._path = lake / FOLDER / f"{secrets.token_hex(8)}.json"
        self._said = _Said(
            host=socket.gethostname(),
            process=os.getpid(),
            folders=tuple(folders),
            every=every,
            started_at=now,
            seen_at=now,
        )
        self._lock = threading.Lock()

    def says(self, *, waiting_for: str | None, skipped: Sequence[SkippedSource]) -> None:
        """Write what it waits for and what it skips now."""
        self._beat(
            {"waiting_for": waiting_for, "skipped": tuple(skipped[:_MOST_SKIPPED]), "skipped_count": len(skipped)}
        )

    def close(self) -> None:
        """Remove the follower's file, because it was told to stop."""
        with contextlib.suppress(OSError):
            self._path.unlink()

    def take_over(self) -> None:
        """Remove the files of followers of the same folders that are gone."""
        for path, said in _all(self._path.parent):
            is_gone = said.state(self._clock()) in {"died", "silent"}
            if is_gone and {*said.folders} <= {*self._said.folders} and said.host == self._said.host:
                with contextlib.suppress(OSError):
                    path.unlink()

    # -- as Progress has it

    def start(self, total_bytes: int | None) -> None:
        """Nothing is shown."""

    def advance(self, source: str, bytes_read: int, lines: int) -> None:  # noqa: ARG002 - as Progress has it
        """A sign of life."""
        if (self._clock() - self._said.seen_at).total_seconds() >= BEAT_SECONDS:
            self._beat({})

    def finish(self) -> None:
        """Nothing is shown."""

    def _beat(self, news: dict[str, object]) -> None:
        with self._lock:
            self._said = self._said.model_copy(update={**news, "seen_at": self._clock()})
            try:
                self._path.parent.mkdir(exist_ok=True)
                replace_file(self._path, self._said.model_dump_json().ljust(_ROOM), is_lasting=False)
            except OSError:
                # On a full disk no new file can be written, but the old one can be overwritten.
                short = self._said.model_copy(update={"skipped": ()}).model_dump_json().encode().ljust(_ROOM)
                with contextlib.suppress(OSError), self._path.open("r+b") as file:
                    file.write(short[:_ROOM])
                    file.truncate(_ROOM)


def followers(lake: Path, *, now: dt.datetime) -> tuple[list[FollowerStatus], list[SkippedSource]]:
    """All processes that follow folders for this lake, or died doing so, and all the files that they skip."""
    found = sorted((said for _, said in _all(lake / FOLDER)), key=lambda said: said.started_at)
    skipped = {(one.source, one.why): one for said in found for one in said.skipped}
    return [
        FollowerStatus(
            follower=said.follower,
            folders=said.folders,
            state=said.state(now),
            waiting_for=said.waiting_for,
            started_at=said.started_at,
            seen_at=said.seen_at,
            seen_age_seconds=int((now - said.seen_at).total_seconds()),
            skipped=said.skipped_count,
        )
        for said in found
    ], [skipped[key] for key in sorted(skipped)]


def _all(folder: Path) -> list[tuple[Path, _Said]]:
    """All files with their states, except those that are being written or are damaged."""
    found = []
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, ValidationError):
            found.append((path, _Said.model_validate_json(path.read_text(encoding="utf-8"))))
    return found


def _is_running(process: int) -> bool:
    """Whether a process of this machine is running; true where this cannot be found out."""
    if os.name == "nt":  # where os.kill would stop the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
