"""The connectors of the vendor's published list."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"\w+")


def official_in(text: str) -> frozenset[str]:
    """Those that a text names."""
    return official_connectors().intersection(_WORD.findall(text))


@cache
def official_connectors() -> frozenset[str]:
    """The connectors of the vendor's published list."""
    text = (files("ingest") / "catalogue" / "connectors.csv").read_text(encoding="utf-8")
    return frozenset(row["connector"] for row in csv.DictReader(io.StringIO(text)))
