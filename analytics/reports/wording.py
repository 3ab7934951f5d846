"""The words of a report, from text.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

Words: TypeAlias = dict[str, str]


@cache
def words(section: str) -> Words:
    """One section of text.toml; `finding.gone_silent` is the section of that name inside `finding`."""
    found = _texts()
    for name in section.split("."):
        found = found[name]
    return found


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "text.toml").read_text(encoding="utf-8"))


def say(section: str, name: str, /, **values: str) -> str:
    """One text with its values filled in, as plain text.

    >>> say("partner", "fallback", partner="1234")
    'Partner 1234'
    """
    return words(section)[name].format_map(values)
