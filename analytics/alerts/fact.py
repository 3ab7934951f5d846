"""What a rule finds at one moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something to tell.

    `key`: what it is, the same from run to run. `family`: what it is about, which several keys may share, such as the states of one
    integration. `row`: its figures, for programs. `ended_at`: when it was over, or happened; None while it lasts.
    """

    key: str
    family: str
    title: str
    lines: tuple[str, ...]
    row: Mapping[str, object]
    ended_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """The facts of a rule.

    `undecided`: the families of which nothing is known now, because logs are missing: what was said about them stays.
    `moves`: whether a fact may get another key of its family and is still the same. `forgets`: whether a fact that is over and no
    longer found will not come back.
    """

    facts: Sequence[Fact]
    undecided: AbstractSet[str] = field(default_factory=frozenset)
    moves: bool = False
    forgets: bool = False
