"""The sentences of findings: en.toml, with the values filled in."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "en.toml").read_text(encoding="utf-8"))
    return texts


def say(section: str, name: str, /, **values: object) -> str:
    """One sentence with its values, as plain text.

    >>> say("who", "partner_of", partner="1234")
    'the partner: 1234'
    """
    return _texts()[section][name].format_map(values)
