"""How often something is tried again because others were faster. Every such loop ends, and says so.

No process waits for a lock, because a dead process could hold it. Where two processes write at once, one of them succeeds and the
other one is refused and tries again. So the lake as a whole always gets on, but a single process may be the slowest each time.
A process that tried for ever would look like one that hangs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest.errors import LakeError

if TYPE_CHECKING:
    from pathlib import Path

QUICK = 200
"""Attempts at something that takes milliseconds."""

SLOW = 20
"""Attempts at something that reads files again each time."""


class Patience:
    """Counts the attempts at one thing."""

    def __init__(self, where: Path | str, what: str, *, most: int) -> None:
        self._where = where
        self._what = what
        self._most = most
        self._tried = 0
        self._begun = time.monotonic()

    def spend(self) -> None:
        """Count one more attempt. LakeError after the last one: it says what was tried where, how often and for how long."""
        if self._tried >= self._most:
            raise LakeError(self.said())
        self._tried += 1

    @property
    def is_over(self) -> bool:
        """Whether no attempts are left."""
        return self._tried >= self._most

    def said(self) -> str:
        """The message after the last attempt."""
        seconds = time.monotonic() - self._begun
        return (
            f"{self._where}: too busy: other processes were faster {self._tried:,} times in {seconds:,.0f} seconds, so koppelzicht gave up"
            f" {self._what}; run the command again when fewer processes write here"
        )
