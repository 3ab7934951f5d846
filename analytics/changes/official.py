"""The connectors of the vendor's published list."""

from __future__ import annotations

import re
from functools import cache

from ingest.catalogue.published import official_connectors

_WORD = re.compile(r"\w+")


def official_in(text: str) -> frozenset[str]:
    """The official connectors that a text names."""
    return _connectors().intersection(_WORD.findall(text))


@cache
def _connectors() -> frozenset[str]:
    return frozenset(official_connectors())
