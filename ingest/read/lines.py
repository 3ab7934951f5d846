r"""A block of lines as one Arrow column, with the place of every line.

byte_offset  line                                            fate
0            {"timestamp": "2026-10-21T13:55:36Z", ...}\n
512          {"timestamp": "2026-10-21T13:55:37Z", ...}\n
1024         aaaaaaaaaaaaaaaaa...                            line_too_long

The column's texts are the block's own bytes and are not copied: Arrow gets the buffer and the offsets of the line ends in it. Only
LF ends a line. `str.splitlines` would also split at U+2028 and its like, which may stand in a value.
"""

from __future__ import annotations

import codecs
from typing import Any, Final

import numpy as np
import pyarrow as pa

from ingest.read.blocks import MAX_LINE_BYTES, Block

_LF: Final = 10
_PIECE: Final = 1 << 20
_KEPT_OF_LONG_LINE: Final = 1000


def line_ends(data: bytes | bytearray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The offset after each line in `data`; the last line may lack its LF. Only LF ends a line."""
    view = np.frombuffer(data, dtype=np.uint8)
    # A little at a time, so that intermediate results stay in the processor's cache.
    starts = range(0, len(view), _PIECE)
    found = [np.flatnonzero(view[start : start + _PIECE] == _LF) + (start + 1) for start in starts]
    ends = np.concatenate(found, dtype=np.int64) if found else np.zeros(0, dtype=np.int64)
    if data and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    return ends


def lines_of(block: Block) -> pa.Table:
    """The lines of a block as Arrow: byte_offset, line (valid UTF-8, with its end), fate.

    A byte that is not UTF-8 becomes U+FFFD. `fate` is `line_too_long` for a line whose beginning alone is here.
    """
    data = block.data
    ends = line_ends(data) if block.kind == "lines" else np.array([len(data)], dtype=np.int64)
    # A byte order mark is no part of a line. (The offsets of the lines have one more entry than their starts.)
    mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    starts = np.concatenate((np.array([mark], dtype=np.int64), ends[:-1]))
    places = pa.array(starts + block.offset if block.places is None else block.places)
    fate = pa.nulls(len(ends), pa.string())
    too_long = (ends - starts > MAX_LINE_BYTES) | (block.kind == "long_start")
    if too_long.any():
        fate = pa.array(np.full(len(ends), "line_too_long"), pa.string(), mask=~too_long)
        data = _shortened(data, starts, ends, too_long)
        ends = line_ends(data)
    if block.kind == "lines" and _has_inner_marks(data):
        # Files that were put together bring their marks along. Every line stays a line, and its place is known already.
        data = data.replace(b"\n" + codecs.BOM_UTF8, b"\n")
        ends = line_ends(data)
    lines = _as_text(data, ends, mark)
    if not _is_utf8(lines):
        # No line end is ever part of another character, so there are as many lines as before.
        data = data.decode("utf-8", "replace").encode("utf-8")
        lines = _as_text(data, line_ends(data), mark)
    return pa.table({"byte_offset": places, "line": lines, "fate": fate})


def _has_inner_marks(data: bytes | bytearray) -> bool:
    """Whether a later line than the first begins with a byte order mark. Few logs hold its first byte, and that is found fast."""
    found = data.find(codecs.BOM_UTF8[:1], 1)
    return found > 0 and data.find(b"\n" + codecs.BOM_UTF8, found - 1) >= 0


def _as_text(data: bytes | bytearray, ends: np.ndarray[Any, np.dtype[np.int64]], start: int) -> pa.Array:
    offsets = np.concatenate((np.array([start], dtype=np.int64), ends))
    return pa.Array.from_buffers(pa.large_utf8(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _is_utf8(lines: pa.Array) -> bool:
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _shortened(
    data: bytes | bytearray,
    starts: np.ndarray[Any, np.dtype[np.int64]],
    ends: np.ndarray[Any, np.dtype[np.int64]],
    too_long: np.ndarray[Any, np.dtype[np.bool_]],
) -> bytes:
    """The same lines, and only the beginning of each that is too long."""
    kept = []
    done = 0
    for number in np.flatnonzero(too_long):
        kept += [data[done : starts[number] + _KEPT_OF_LONG_LINE], b"\n"]
        done = ends[number]
    return b"".join((*kept, data[done:]))
