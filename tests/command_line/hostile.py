"""The statements of hostile.toml: attacks, and how each of them has to end."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

Expected: TypeAlias = Literal["refused", "answered", "stopped", "ended"]

_REPEATED = re.compile(r"\{\{(.*?)\|([0-9]+)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """One of them, of a kind, and how it has to end."""

    kind: str
    text: str
    expected: Expected

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:200]!a}"


def kinds() -> tuple[str, ...]:
    """What they are after."""
    return tuple(_corpus())


def statements(kind: str, lake: Path) -> list[Statement]:
    """All of a kind, about this lake."""
    found = _corpus()[kind]
    return [Statement(kind, _written(text, lake), found["expected"]) for text in found["statements"]]


@cache
def _corpus() -> dict[str, Any]:
    with (Path(__file__).parent / "hostile.toml").open("rb") as file:
        corpus = tomllib.load(file)
    assert {found["expected"] for found in corpus.values()} <= {*get_args(Expected)}
    return corpus


def _written(text: str, lake: Path) -> str:
    return _REPEATED.sub(lambda found: found[1] * int(found[2]), text.replace("{lake}", str(lake)))
