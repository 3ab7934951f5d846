"""The words of reports. text.toml has those that reports share. A kind has its own in its text.toml, or in `KIND` if it is one file."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from analytics.reports.kind import KINDS, every_kind

Words: TypeAlias = dict[str, str]


@cache
def words(section: str) -> Words:
    """The section of that name; `finding.gone_silent` is the section of that name inside `finding`."""
    found = _texts()
    for name in section.split("."):
        found = found[name]
    return found


def has(section: str, name: str) -> bool:
    """Whether there is such a section, with that text in it."""
    return name in _texts().get(section, {})


@cache
def _texts() -> dict[str, Any]:
    """Every section by its name. ValueError if two files have the same one."""
    files = (Path(__file__).parent / "text.toml", *sorted(KINDS.glob("*/text.toml")))
    told = [(str(file), tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    told += [(f"{name}.py", {name: dict(kind.words)}) for name, kind in every_kind().items() if kind.words]
    texts: dict[str, Any] = {}
    for file, sections in told:
        if twice := texts.keys() & sections.keys():
            raise ValueError(f"{file}: [{min(twice)}] stands in another file, too")
        texts |= sections
    return texts


def say(section: str, name: str, /, **values: str) -> str:
    """One text with its values filled in, as plain text.

    >>> say("partner", "fallback", partner="1234")
    'Partner 1234'
    """
    return words(section)[name].format_map(values)
