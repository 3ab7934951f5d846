"""HAR: what an HTTP client or a browser recorded. `ingest/formats/documents.py` makes a line of each entry.

{"log": {"entries": [{"startedDateTime": "2026-10-21T13:55:36Z", "request": {...}, "response": {...}}, ...]}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ingest.formats.dialect.known import dialects
from ingest.formats.json_lines.format import JsonLines

if TYPE_CHECKING:
    from collections.abc import Sequence


class Har(JsonLines):
    """The entries of a HAR document, as JSON lines."""

    name: ClassVar[str] = "har"
    says_host: ClassVar[str] = "the URL has to hold it"

    def __init__(self) -> None:
        super().__init__(dialects()["har"])

    @property
    def dialect(self) -> str | None:
        """None: there is one HAR."""
        return None

    def claims(self, _lines: Sequence[str]) -> bool:
        """Never: it is known by its first bytes, before there are lines."""
        return False
