"""Names that somebody may have meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str:
    """The known names like this one, as the end of a sentence."""
    found = difflib.get_close_matches(name, list(known), n=3)
    return f"; near: {', '.join(found)}" if found else ""
