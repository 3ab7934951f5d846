"""Small JSON files that carry the hash of their own content, so that a changed one is noticed.

A flipped bit turns one number or name in a text into another one, and a reader cannot tell. The hash is a value in the file itself, so
there is no second file that could be missing, older or newer.
"""

from __future__ import annotations

import hashlib
import re

UNSEALED = "0" * 64
"""The placeholder for the hash while it is computed."""

_SEAL = re.compile(rb'"seal": ?"([0-9a-f]{64})"')


def sealed(text: str) -> str:
    """The text with its hash in the place of UNSEALED, the value of its "seal".

    >>> breach(sealed('{"day": 7, "seal": "' + UNSEALED + '"}').replace("7", "5").encode())
    'has changed since it was written, its hash is another one'
    """
    return text.replace(UNSEALED, hashlib.sha256(text.encode("utf-8")).hexdigest(), 1)


def breach(content: bytes) -> str | None:
    """The fault of a sealed file. None if it is unchanged."""
    seal = _SEAL.search(content)
    if seal is None:
        return "has no hash, so it has changed since it was written"
    unsealed = content[: seal.start(1)] + UNSEALED.encode() + content[seal.end(1) :]
    if hashlib.sha256(unsealed).hexdigest().encode() != seal[1]:
        return "has changed since it was written, its hash is another one"
    return None
