"""The hash of a source, as far as it has been read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ingest.position import Position

if TYPE_CHECKING:
    from collections.abc import Sequence


class Fingerprint:
    """The SHA-256 of a source as it is walked through."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.offset = 0

    def copy(self) -> Fingerprint:
        """Another one at the same place."""
        other = Fingerprint()
        other._hash, other.offset = self._hash.copy(), self.offset
        return other

    def position(self) -> Position:
        """Where the walk is."""
        return Position(self.offset, self._hash.hexdigest())

    def advance(self, data: bytes | bytearray, stops: Sequence[int] = ()) -> list[Fingerprint]:
        """Walk over these bytes; copies of itself at those of the stops (absolute offsets, sorted) that they reach."""
        view = memoryview(data)
        start, end = self.offset, self.offset + len(data)
        reached = []
        for stop in stops:
            if start < stop <= end:
                self._hash.update(view[self.offset - start : stop - start])
                self.offset = stop
                reached.append(self.copy())
        self._hash.update(view[self.offset - start :])
        self.offset = end
        return reached
