"""What can explain errors: nodes of any kind with their calls, and how these nodes lie in each other.

explaining.py asks nothing else of a node. So the bench asks it about calls that have other attributes, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, SupportsIndex, TypeVar


class Told(Protocol):
    """What some calls have in common: the value of each part, '' for what it does not tell."""

    @property
    def depth(self) -> int:
        """How many things it tells."""

    def holds(self, other: Self) -> bool:
        """Whether all calls of the other one are its own, too."""

    def __iter__(self) -> Iterator[str]:
        """The values, in the order of the parts."""

    def __getitem__(self, position: SupportsIndex, /) -> str:
        """The value of one part."""


NodeT = TypeVar("NodeT", bound=Told)
NodeT_co = TypeVar("NodeT_co", bound=Told, covariant=True)


class Surprising(Protocol[NodeT_co]):
    """Hours in which a node had more errors of a class than usual: a stretch, or whatever is counted like one."""

    @property
    def node(self) -> NodeT_co:
        """Whose calls they are."""

    @property
    def error_class(self) -> str:
        """The class of its errors."""

    @property
    def since(self) -> int:
        """The first hour, in seconds since 1970."""

    @property
    def until(self) -> int:
        """The hour after the last one."""

    @property
    def calls(self) -> int:
        """How many calls it made."""

    @property
    def rate(self) -> float:
        """Its usual rate of errors."""

    @property
    def spread(self) -> float:
        """How much more its errors vary than a coin's."""


@dataclass(frozen=True)
class Shape(Generic[NodeT]):
    """How the nodes of some calls lie in each other.

    `alone`: parts of which a single value is never like the whole. `deepest`: how many things a node can tell. `narrower` says how good
    a place the second node is if it has most errors of the first one, 0 if it is none; the best is taken.
    """

    parts: Sequence[str]
    alone: frozenset[str]
    deepest: int
    narrower: Callable[[NodeT, NodeT], int]
