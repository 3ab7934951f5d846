"""A load that has read nothing yet."""

from __future__ import annotations

from ingest.formats import log_format
from ingest.load.load import Load
from ingest.load.recognition import Marks
from ingest.read.fingerprint import Fingerprint


def begun(name: str) -> Load:
    """A load of a log in this format."""
    return Load(
        path="a.log",
        name="a.log",
        stored_name="a.log",
        stream="a",
        marks=Marks(None, None),
        log_format=log_format(name),
        context={},
        next_line=1,
        fingerprint=Fingerprint(),
        parent=None,
        replaced=None,
        is_in_line=False,
    )
