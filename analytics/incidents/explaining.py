"""One verdict per cause: which nodes explain the errors of all others.

An outage raises the errors of the platform, of every integration and of most customers. Each of them is surprising, and together they are
one incident. So the most surprising node is taken first. What it explains is taken off the errors of all nodes that share its calls:
of each hundred of its errors, as many stay as the usual rate makes. What is still surprising then is another incident.

Of nodes that are nearly as surprising, the coarsest counts whose parts are alike: at least half of its parts have more errors
than usual, and none of them holds four in five of the additional ones.

`causes` knows nothing of integrations: it asks the same of counts with any attributes (bench/incidents/labelled.py).
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic

import numpy as np

from analytics.incidents.course import HOUR, likelihood
from analytics.incidents.surprising import NodeT, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from analytics.incidents.course import Stretch
    from analytics.incidents.surprising import Surprising
    from analytics.incidents.tree import Node

PARTS: Final = ("integration", "customer", "connector")
NEARLY: Final = math.log(100)
"""Nodes whose scores differ by less are taken to explain the same errors as well."""
MOST_OF_IT: Final = 0.8
"""A part that holds this share of the additional errors is the place of the incident."""


@dataclass(frozen=True)
class Cause:
    """Which of the surprising ones explains its errors, how well, how many nothing before it explained, and where these are kept."""

    place: int
    score: float
    errors: float
    failed: np.ndarray


@dataclass(frozen=True)
class Explained:
    """A stretch that explains its errors, the errors that nothing before it explained, and where the additional ones are.

    The shares say by integration, customer and connector how many errors are more than usual.
    """

    stretch: Stretch
    score: float
    errors: float
    by_integration: Mapping[str, float]
    by_customer: Mapping[str, float]
    by_connector: Mapping[str, float]


class Failures:
    """The failed calls of the hours in question, and how many of them are not explained yet.

    `rows`: hour, class, errors, and a column for each part.
    """

    def __init__(self, rows: pl.DataFrame, parts: Sequence[str] = PARTS) -> None:
        import polars as pl

        rows = rows.sort("class", "hour", *parts)  # in one order, whatever order the engine had: sums depend on it
        self._parts = parts
        self._values: dict[str, list[str]] = {}
        self._codes: dict[str, dict[str, int]] = {}
        self._coded: dict[str, np.ndarray] = {}
        self._by_code: dict[str, np.ndarray] = {}
        self._sorted_codes: dict[str, np.ndarray] = {}
        for name in parts:
            self._values[name] = rows[name].unique(maintain_order=True).to_list()
            self._codes[name] = {value: place for place, value in enumerate(self._values[name])}
            self._coded[name] = rows[name].replace_strict(self._codes[name], return_dtype=pl.Int64).to_numpy()
            self._by_code[name] = np.argsort(self._coded[name], kind="stable")
            self._sorted_codes[name] = self._coded[name][self._by_code[name]]
        self._hours = rows["hour"].to_numpy()
        self._left = rows["errors"].to_numpy().astype(float)
        self._bounds: dict[str, tuple[int, int]] = {}
        first = 0
        for name, count in rows.group_by("class", maintain_order=True).len().iter_rows():
            self._bounds[name] = first, first + count
            first += count

    def of(self, stretch: Surprising[NodeT]) -> np.ndarray:
        """The places of the failed calls of a stretch."""
        first, behind = self._bounds.get(stretch.error_class, (0, 0))
        low, high = np.searchsorted(self._hours[first:behind], [stretch.since, stretch.until]) + first
        told = {
            name: self._codes[name].get(part, -1) for name, part in zip(self._parts, stretch.node, strict=True) if part
        }
        if not told:
            return np.arange(low, high)
        # Rows of the rarest of these parts, in their order: each part keeps its rows by its values.
        places = min((self._rows_with(name, code) for name, code in told.items()), key=len)
        places = places[slice(*np.searchsorted(places, [low, high]))]
        for name, code in told.items():
            places = places[self._coded[name][places] == code]
        return places

    def _rows_with(self, part: str, code: int) -> np.ndarray:
        """The rows with this value of a part, in their order."""
        low, high = np.searchsorted(self._sorted_codes[part], [code, code + 1])
        rows: np.ndarray = self._by_code[part][low:high]
        return rows

    def left(self, places: np.ndarray) -> float:
        """How many of these are not explained."""
        return float(self._left[places].sum())

    def shared(self, first: np.ndarray, second: np.ndarray) -> float:
        """How many that are not explained are among both."""
        return self.left(np.intersect1d(first, second, assume_unique=True))

    def explain(self, places: np.ndarray, kept: float) -> None:
        """Of each of these failed calls, keep this fraction: what is usual."""
        self._left[places] *= kept

    def shares(self, places: np.ndarray, part: str) -> dict[str, float]:
        """How many of these are not explained, by the values of a part."""
        codes, rows = np.unique(self._coded[part][places], return_inverse=True)
        sums = np.bincount(rows, weights=self._left[places], minlength=len(codes))
        values = self._values[part]
        return {values[code]: share for code, share in zip(codes.tolist(), sums.tolist(), strict=True)}


def explained(
    found: Sequence[Stretch],
    failures: Failures,
    calls_of_parts: Callable[[Stretch], Mapping[Node, int]],
    threshold: Callable[[Node], float],
) -> Iterator[Explained]:
    """The stretches that explain all surprising errors, the most surprising first.

    `calls_of_parts` says how many calls each part of a stretch made in its hours, `threshold` how surprising a node has to be.
    """
    for one in causes(found, failures, lambda place: calls_of_parts(found[place]), threshold, _tree()):
        yield Explained(found[one.place], one.score, one.errors, *(failures.shares(one.failed, part) for part in PARTS))


def causes(
    found: Sequence[Surprising[NodeT]],
    failures: Failures,
    calls_of_parts: Callable[[int], Mapping[NodeT, int]],
    threshold: Callable[[NodeT], float],
    shape: Shape[NodeT],
) -> Iterator[Cause]:
    """Which of the surprising ones explain all surprising errors, the most surprising first.

    What one explains is taken off when the next is asked for.
    """
    yield from _Explaining(found, failures, calls_of_parts, shape).in_turn(threshold)


def _tree() -> Shape[Node]:
    """Integrations, customers, connectors, and the pairs of an integration with the others."""
    return Shape(parts=PARTS, alone=frozenset({"integration", "customer"}), deepest=2, narrower=_narrower)


def _narrower(node: Node, other: Node) -> int:
    """A pair before an integration, and a customer before a connector."""
    is_part = node.holds(other) and other.depth > node.depth
    is_across = node.connector != "" and other.customer != "" and node.integration == other.integration
    if not other.integration or not (is_part or is_across):
        return 0
    return other.depth + (3 if other.customer else 0)


class _Explaining(Generic[NodeT]):
    """Which stretch explains what is left."""

    def __init__(
        self,
        found: Sequence[Surprising[NodeT]],
        failures: Failures,
        calls_of_parts: Callable[[int], Mapping[NodeT, int]],
        shape: Shape[NodeT],
    ) -> None:
        self._found = found
        self._failures = failures
        self._calls_of_parts = calls_of_parts
        self._shape = shape
        self._near = _Overlaps(found)
        self._places = [failures.of(one) for one in found]

    def in_turn(self, threshold: Callable[[NodeT], float]) -> Iterator[Cause]:
        above = [self._score(place) - threshold(one.node) for place, one in enumerate(self._found)]
        waiting = [(-one, place) for place, one in enumerate(above)]
        heapq.heapify(waiting)
        while waiting and waiting[0][0] < 0:
            told, best = heapq.heappop(waiting)
            now = threshold(self._found[best].node) - self._score(best)
            if now > told + 1e-9:  # something explains a part of it meanwhile
                heapq.heappush(waiting, (now, best))
                continue
            chosen = self._coarsest(best)
            if self._score(chosen) <= threshold(self._found[chosen].node):
                # The place explains nothing by itself. Each turn has to settle one of them, or there is no end.
                chosen = best
            yield Cause(chosen, self._score(chosen), self._left(chosen), self._places[chosen])
            self._explain(chosen)
            if chosen != best:
                heapq.heappush(waiting, (told, best))

    def _explain(self, chosen: int) -> None:
        one = self._found[chosen]
        self._failures.explain(self._places[chosen], min(1.0, one.calls * one.rate / self._left(chosen)))

    def _score(self, place: int) -> float:
        one = self._found[place]
        # The engine adds up rates in any order, which changes their last digits. These must not decide between two places.
        return round(likelihood(self._left(place), one.calls, one.rate) / one.spread, 6)

    def _left(self, place: int) -> float:
        return self._failures.left(self._places[place])

    def _coarsest(self, best: int) -> int:
        """The place of the coarsest stretch that explains nearly as much and whose parts are alike."""
        least = self._score(best) - NEARLY
        related = [
            (self._found[place].node.depth, -self._score(place), place)
            for place in self._near.of(best)
            if self._score(place) >= least
        ]
        for _, _, place in sorted(related):
            if self._is_alike(place):
                return self._narrowed(place)
        return self._narrowed(max(related, key=lambda one: (one[0], -one[1]))[2])

    def _narrowed(self, chosen: int) -> int:
        """The place of the part that holds most of the additional errors, if there is one."""
        one = self._found[chosen]
        narrower = {
            place: self._shape.narrower(one.node, self._found[place].node)
            for place in self._near.of(chosen, across=True)
            if place != chosen
        }
        most = [
            (wanted, self._left(place), place)
            for place, wanted in narrower.items()
            if wanted
            and self._failures.shared(self._places[chosen], self._places[place]) > MOST_OF_IT * self._left(chosen)
        ]
        return max(most)[2] if most else chosen

    def _is_alike(self, place: int) -> bool:
        """Whether the parts of a stretch share its errors: at least half have more than usual, and none holds most of them."""
        stretch = self._found[place]
        if stretch.node.depth == self._shape.deepest:
            return True
        calls = self._calls_of_parts(place)
        for position, part in enumerate(self._shape.parts):
            siblings = {node[position]: made for node, made in calls.items() if node[position]}
            if not stretch.node[position] and siblings and not self._share_it(place, part, siblings):
                return False
        return True

    def _share_it(self, place: int, part: str, siblings: Mapping[str, int]) -> bool:
        stretch, errors = self._found[place], self._left(place)
        shares = self._failures.shares(self._places[place], part)
        if part in self._shape.alone and sum(share > 0 for share in shares.values()) == 1:
            return False
        own = errors / stretch.calls
        excess = errors - stretch.calls * stretch.rate
        most = max(shares.get(value, 0.0) - made * stretch.rate for value, made in siblings.items())
        if len(siblings) > 1 and most > MOST_OF_IT * excess:
            return False
        # A part that should have two errors at least by the rate of the whole tells whether it is like the whole.
        telling = {value: made for value, made in siblings.items() if made * own >= 2}
        middle = math.sqrt(own * stretch.rate)
        return 2 * sum(shares.get(value, 0.0) / made > middle for value, made in telling.items()) >= len(telling)


class _Overlaps(Generic[NodeT]):
    """Which stretches of the same class lie in the same hours, and on the same branch of the tree."""

    def __init__(self, found: Sequence[Surprising[NodeT]]) -> None:
        self._found = found
        self._at: dict[tuple[str, int, tuple[int, str] | None], list[int]] = defaultdict(list)
        for place, one in enumerate(found):
            for day in _days(one):
                self._at[one.error_class, day, None].append(place)
                for part in _told(one):
                    self._at[one.error_class, day, part].append(place)
                if not one.node.depth:
                    self._at[one.error_class, day, _NOTHING].append(place)

    def of(self, place: int, *, across: bool = False) -> list[int]:
        """Those on the branch of this one that share at least half of its hours, itself included; with `across` those of others, too."""
        one = self._found[place]
        # Two nodes on one branch tell a part alike, or one of them tells nothing.
        told = [*_told(one), _NOTHING] if one.node.depth else [None]
        others = {
            other for day in _days(one) for part in told for other in self._at.get((one.error_class, day, part), ())
        }
        return [other for other in sorted(others) if self._is_near(one, self._found[other], across=across)]

    @staticmethod
    def _is_near(one: Surprising[NodeT], other: Surprising[NodeT], *, across: bool) -> bool:
        if not (across or one.node.holds(other.node) or other.node.holds(one.node)):
            return False
        shared = min(one.until, other.until) - max(one.since, other.since)
        return 2 * shared >= one.until - one.since


_NOTHING: Final = (-1, "")
"""Stands for the part of a node that tells nothing."""


def _days(one: Surprising[NodeT]) -> range:
    return range(one.since // (24 * HOUR), (one.until - 1) // (24 * HOUR) + 1)


def _told(one: Surprising[NodeT]) -> list[tuple[int, str]]:
    """What a node tells: the place of each part, and its value."""
    return [(position, value) for position, value in enumerate(one.node) if value]
