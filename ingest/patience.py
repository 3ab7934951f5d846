"""How often something is tried again because others were faster: every such loop has an end, and then says so.

Whoever is refused was refused because somebody else got further, so nobody waits for a lock that a dead process holds. But one
process may be the slowest each time, and one that never ends can be told from one that hangs by nobody.
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
"""Attempts at something for which files are read again each time."""


class Patience:
    """Counts the attempts at one thing."""

    def __init__(self, where: Path | str, what: str, *, most: int) -> None:
        self._where = where
        self._what = what
        self._most = most
        self._tried = 0
        self._begun = time.monotonic()

    def spend(self) -> None:
        """One more attempt. LakeError says what was tried where, how often and for how long, when there were enough."""
        if self._tried >= self._most:
            raise LakeError(self.said())
        self._tried += 1

    @property
    def is_over(self) -> bool:
        """Whether there were enough attempts."""
        return self._tried >= self._most

    def said(self) -> str:
        """What to say when there were enough."""
        seconds = time.monotonic() - self._begun
        return (
            f"{self._where}: too busy: others were faster {self._tried:,} times in {seconds:,.0f} seconds, so this was given up: {self._what};"
            " run it again when fewer processes write here"
        )
