"""Places in a source. A load remembers where it began and ended, so that the source is recognised later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK_INTERVAL: Final = 64 << 20
"""A load keeps a hash of the source at the first line end after each multiple of this."""


@dataclass(frozen=True)
class Position:
    """A place in a source: how many decompressed bytes lie before it, and their SHA-256."""

    offset: int
    sha256: str

    @property
    def packed(self) -> bytes:
        """The place in 24 bytes: enough to tell whether a source ends there."""
        return self.offset.to_bytes(_OFFSET_BYTES, "big") + bytes.fromhex(self.sha256)[:_HASH_BYTES]


_OFFSET_BYTES = 8
_HASH_BYTES = 16
END_BYTES = _OFFSET_BYTES + _HASH_BYTES
"""The length of a packed place."""


def unpacked(ends: bytes) -> Iterator[tuple[int, bytes]]:
    """The offset of each of these packed places, which follow each other without a gap, and the packed place itself."""
    for start in range(0, len(ends), END_BYTES):
        yield int.from_bytes(ends[start : start + _OFFSET_BYTES], "big"), ends[start : start + END_BYTES]
