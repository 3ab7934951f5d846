"""Places in a source: what a load remembers of where it began and ended, so that the source is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK_INTERVAL: Final = 64 << 20
"""A load keeps a hash of the source at the first line end behind each multiple of this."""


@dataclass(frozen=True)
class Position:
    """A place in a source: how many decompressed bytes lie before it, and their SHA-256."""

    offset: int
    sha256: str

    @property
    def packed(self) -> bytes:
        """The same in 24 bytes, which is enough to tell that a source has ended there."""
        return self.offset.to_bytes(_OFFSET_BYTES, "big") + bytes.fromhex(self.sha256)[:_HASH_BYTES]


_OFFSET_BYTES = 8
_HASH_BYTES = 16
END_BYTES = _OFFSET_BYTES + _HASH_BYTES
"""So long is a place in a source when it is packed."""


def unpacked(ends: bytes) -> Iterator[tuple[int, bytes]]:
    """These packed places, which stand one behind the other: the offset of each, and the place itself as it is packed."""
    for start in range(0, len(ends), END_BYTES):
        yield int.from_bytes(ends[start : start + _OFFSET_BYTES], "big"), ends[start : start + END_BYTES]
