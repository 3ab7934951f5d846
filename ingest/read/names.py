"""The names of sources and of their streams."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

STANDARD_INPUT: Final = "-"

_CONTAINER_ID: Final = re.compile("(?<![0-9A-Za-z])([0-9a-f]{64})(?![0-9A-Za-z])")

_HALVES: Final = re.compile("[\ud800-\udfff]")


def stream_of(name: str) -> str:
    """Where a source comes from, by its name: folder and file name without digits and compression suffix.

    >>> stream_of("/var/log/nginx/access.log.2.gz"), stream_of("logs/W3SVC1/u_ex260801.log"), stream_of("-")
    ('nginx/access.log', 'W3SVC1/u_ex.log', 'stdin')

    A container's id is no number that counts: it stays whole in the folder's name, and in the file's where the folder lacks it.
    """
    if name == STANDARD_INPUT:
        return "stdin"
    path = Path(name)
    folder = path.resolve().parent.name
    stem = re.sub(r"(?i)\.(gz|zst|zstd|bz2)$", "", path.name)
    pieces = _CONTAINER_ID.split(stem)
    # The pieces between ids stand at the even places.
    pieces[::2] = [re.sub(r"[0-9]+", "", piece) for piece in pieces[::2]]
    pieces[1::2] = ["" if container in folder else container for container in pieces[1::2]]
    stem = re.sub(r"[-_.\s]+(?=\.|$)", "", "".join(pieces)).strip("-_. ")
    return written_name(f"{folder}/{stem or 'log'}" if folder else stem or "log")


def written_name(path: str) -> str:
    r"""The name of a file as words, tables and JSON can hold it: bytes of it that are not UTF-8 are spelled out.

    >>> import os
    >>> print(written_name(os.fsdecode(b"logs/caf\xe9.log")), written_name("logs/café.log"))
    logs/caf\xe9.log logs/café.log
    """
    # Python holds such a byte as half of a character, which neither a table nor a document can hold.
    return _HALVES.sub(
        lambda half: f"\\x{ord(half[0]) - 0xDC00:02x}" if "\udc80" <= half[0] <= "\udcff" else f"\\u{ord(half[0]):04x}",
        path,
    )
