"""Silences: integrations, customers and pairs of both that have stopped calling, by their own rhythm.

A night is no silence of an office, and a weekend is none of a shop that is closed. So a pause is measured in the hours in which the
node usually calls: `missed` adds up, for each hour of the pause, in what fraction of such hours it called. It is compared with
the node's own pauses. Most of them are short, and their lengths fall off exponentially: `surprise` is the logarithm of how rarely
a pause is that long. One busy hour counts as one, however many calls it has.

Hours that a log misses say nothing about who calls through it: nothing is missed in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics.incidents.budget import budget
from analytics.incidents.course import HOUR
from analytics.incidents.tree import WITHOUT, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

SLOTS: Final = 72
"""Kinds of hours: three kinds of days with 24 hours each."""
LEAST_HOURS: Final = 24
LEAST_DAYS: Final = 14
"""Who has called in fewer hours, or over fewer days, has no rhythm yet."""
TIMES: Final = 3
"""A silence is this many times as long as the second longest pause before it."""
KNOWN: Final = 56 * 24
"""Eight weeks before a pause say what is usual."""
SHORTEST: Final = 3
"""A pause of fewer hours is not looked at."""
CHUNK: Final = 1_000_000
"""So many pauses are measured at a time."""


@dataclass(frozen=True)
class Silence:
    """A pause of a node from `since` to `until` (exclusive, seconds since 1970), far longer than usual.

    `missed` is the number of hours with calls that were expected, `calls` the calls in as many usual hours. `opened`: when that could first be known. `is_open`: it has not called
    since. `customers` and `integrations` are how many it had, `longest` is the hours missed in
    its longest pause before.
    """

    node: Node
    since: int
    until: int
    opened: int
    missed: float
    surprise: float
    calls: float
    longest: float
    customers: int
    integrations: int
    is_open: bool


class Calendar:
    """Every hour from the first to the last, with its slot, and in which of them a log is missing or thin."""

    def __init__(self, hours: pl.DataFrame, left_out: Mapping[str, Sequence[int]], ends: Mapping[str, int]) -> None:
        """`hours`: hour and slot without a hole; `left_out`: the hours of each log that say nothing; `ends`: when each log ends."""
        self.first = int(hours["hour"][0]) // HOUR
        self.length = len(hours)
        self._slots = hours["slot"].to_numpy().astype(np.int64)
        self._left_out = {
            stream: np.array(ones, dtype=np.int64) // HOUR - self.first for stream, ones in left_out.items()
        }
        self._ends = ends

    def slots(self, hours: np.ndarray) -> np.ndarray:
        """The slots of hours, which are counted from the first."""
        slots: np.ndarray = self._slots[hours]
        return slots

    def passed(self, streams: Sequence[str]) -> np.ndarray:
        """How many hours of each slot had passed at the beginning of each hour, of those that all these logs have.

        Shape: hours + 1, slots.
        """
        counts = np.ones(self.length)
        for stream in streams:
            ones = self._left_out.get(stream, np.empty(0, dtype=np.int64))
            counts[ones[(ones >= 0) & (ones < self.length)]] = 0
            counts[max(0, self._ends[stream] // HOUR - self.first + 1) :] = 0
        table = np.zeros((self.length + 1, SLOTS))
        table[np.arange(1, self.length + 1), self._slots] = counts
        passed: np.ndarray = np.cumsum(table, axis=0)
        return passed


def silences(active: pl.DataFrame, calendar: Calendar, integration_days: int) -> list[Silence]:
    """The pauses that are surprising, one for each cause: what an integration or a customer explains is not told of its pairs.

    `active`: stream, integration, customer, hour, calls. `integration_days` are those of the calls: a pause has to be so surprising
    that at most one in ten thousand of these days would have one by chance.
    """
    found: list[Silence] = []
    for keys in (("integration",), ("customer",), ("integration", "customer")):
        pauses = _pauses(active, calendar, keys)
        if pauses is not None:
            found += pauses.surprising(budget(len(pauses.long), integration_days))
    return _explained(found)


def of_integrations(active: pl.DataFrame, calendar: Calendar, integration_days: int) -> dict[str, Silence | None]:
    """Every integration that has a rhythm, with the silence in which it is now; None if it is not silent.

    The same integrations are silent as in `silences`. `active` may have all customers of an integration together.
    """
    pauses = _pauses(active, calendar, ("integration",))
    if pauses is None:
        return {}
    found: dict[str, Silence | None] = dict.fromkeys(pauses.with_rhythm())
    for one in pauses.surprising(budget(len(pauses.long), integration_days)):
        if one.is_open:
            found[one.node.integration] = one
    return found


def _pauses(active: pl.DataFrame, calendar: Calendar, keys: Sequence[str]) -> _Pauses | None:
    import polars as pl

    called = active.filter(pl.col("integration") != WITHOUT) if "integration" in keys else active
    if called.is_empty():
        return None
    nodes = (
        called.group_by(*keys)
        .agg(
            streams=pl.col("stream").unique().sort(),
            customers=pl.col("customer").n_unique(),
            integrations=pl.col("integration").n_unique(),
            is_named=(pl.col("integration") != WITHOUT).any(),
        )
        .sort(*keys)
        .with_columns(streams=pl.col("streams").list.join("\n"))
        .with_row_index("number")
    )
    rows = (
        called.group_by(*keys, "hour")
        .agg(pl.col("calls").sum())
        .join(nodes.select(*keys, "number", "streams"), on=list(keys))
        .sort("streams", "number", "hour")
    )
    return _Pauses(nodes, rows, calendar)


class _Pauses:
    """Every pause of every node of a kind, in the hours in which it usually calls."""

    def __init__(self, nodes: pl.DataFrame, rows: pl.DataFrame, calendar: Calendar) -> None:
        self._nodes = nodes
        self._calendar = calendar
        self._numbers = rows["number"].to_numpy()
        self._hours = rows["hour"].to_numpy() // HOUR - calendar.first
        self._calls = rows["calls"].to_numpy().astype(float)
        self._begins = np.flatnonzero(np.r_[True, self._numbers[1:] != self._numbers[:-1]])
        self._behind = np.r_[self._begins[1:], len(self._numbers)]
        self._place = np.repeat(np.arange(len(self._begins)), self._behind - self._begins)
        # A pause lies between two hours with calls, or after the last one.
        self._starts = self._hours + 1
        self._ends = np.r_[self._hours[1:], 0]
        self._ends[self._behind - 1] = calendar.length
        enough = self._behind - self._begins >= LEAST_HOURS
        enough &= self._hours[self._behind - 1] - self._hours[self._begins] >= 24 * LEAST_DAYS
        self._enough = enough
        self.long = np.flatnonzero((self._ends - self._starts >= SHORTEST) & enough[self._place])
        self._missed = self._measured(rows["streams"])

    def _measured(self, streams: pl.Series) -> np.ndarray:
        """How many hours with calls are missed in each pause that is long."""
        missed = np.zeros(len(self._hours))
        changes = np.flatnonzero(np.r_[True, (streams[1:] != streams[:-1]).to_numpy()])
        for since, until in zip(changes, np.r_[changes[1:], len(streams)], strict=True):
            passed = self._calendar.passed(streams[int(since)].split("\n"))
            place = self._place[since:until] - self._place[since]
            begins = self._begins[self._place[since] : self._place[until - 1] + 1]
            behind = self._behind[self._place[since] : self._place[until - 1] + 1]
            keys = place * SLOTS + self._calendar.slots(self._hours[since:until])
            active = np.bincount(keys, minlength=len(begins) * SLOTS).reshape(-1, SLOTS)
            exposed = passed[self._hours[behind - 1] + 1] - passed[self._hours[begins]]
            rhythm = np.minimum((active + 0.5) / (exposed + 1), 1.0) * (active > 0)
            mine = self.long[(self.long >= since) & (self.long < until)]
            for chunk in np.array_split(mine, -(-len(mine) // CHUNK) or 1):
                between = passed[self._ends[chunk]] - passed[self._starts[chunk]]
                missed[chunk] = np.einsum("ij,ij->i", between, rhythm[self._place[chunk] - self._place[since]])
        return missed

    def with_rhythm(self) -> list[str]:
        """The integrations that have called often and long enough to have a rhythm."""
        numbers = self._numbers[self._begins[self._enough]]
        return [str(name) for name in self._nodes["integration"].gather(numbers)]

    def surprising(self, threshold: float) -> Iterator[Silence]:
        """The pauses that are so surprising or more, by what was known when they began."""
        order = np.lexsort((self._missed, self._place))
        third = self._missed[order[np.maximum(self._behind - 3, self._begins)]]
        scale = _scale(third, self._behind - self._begins)
        # A first look, by a rhythm that knows what came later, leaves few pauses.
        for one in self.long[self._missed[self.long] >= threshold / 2 * scale[self._place[self.long]]]:
            found = self._by_what_was_known(int(one), threshold)
            if found is not None:
                yield found

    def _by_what_was_known(self, pause: int, threshold: float) -> Silence | None:
        """The silence of a pause, by the eight weeks before it; None if the node had no rhythm yet."""
        begin = self._begins[self._place[pause]]
        start, end = self._starts[pause], self._ends[pause]
        known = slice(np.searchsorted(self._hours[begin : pause + 1], start - KNOWN) + begin, pause + 1)
        hours = self._hours[known]
        if len(hours) < LEAST_HOURS or hours[-1] - hours[0] < 24 * LEAST_DAYS:
            return None
        row = self._nodes.row(int(self._numbers[pause]), named=True)
        passed = self._calendar.passed(row["streams"].split("\n"))
        active = np.bincount(self._calendar.slots(hours), minlength=SLOTS)
        rhythm = np.minimum((active + 0.5) / (passed[start] - passed[hours[0]] + 1), 1.0) * (active > 0)
        missed = float((passed[end] - passed[start]) @ rhythm)
        others = np.sort((passed[hours[1:]] - passed[hours[:-1] + 1]) @ rhythm)
        third, second = (float(others[-min(place, len(others))]) for place in (3, 2))
        scale = float(_scale(third, len(hours)))
        enough = max(TIMES * second, threshold * scale)
        if missed < enough:
            return None
        hours_until = np.searchsorted((passed[start : end + 1] - passed[start]) @ rhythm, enough)
        return Silence(
            node=Node(*(row.get(key, "") for key in ("integration", "customer"))),
            since=int(start + self._calendar.first) * HOUR,
            until=int(end + self._calendar.first) * HOUR,
            opened=int(start + self._calendar.first + hours_until) * HOUR,
            missed=missed,
            surprise=missed / scale,
            calls=missed * float(self._calls[known].mean()),
            longest=float(others[-1]),
            customers=int(row["customers"]),
            integrations=int(row["integrations"]) if row["is_named"] else 0,
            is_open=bool(pause == self._behind[self._place[pause]] - 1),
        )


def _scale(third: Any, pauses: Any) -> Any:
    """How fast the lengths of a node's pauses fall off, by the third longest of them: up to two silences do not hide others."""
    return np.maximum(1.0, third / np.log(np.maximum(pauses / 3, np.e)))


def _explained(found: Sequence[Silence]) -> list[Silence]:
    """Of a node and its parts that are silent at once, the coarsest that has several parts."""
    told: dict[Node, list[Silence]] = {}
    kept = []
    for one in found:
        parts = one.customers if one.node.integration else one.integrations
        if one.node.depth == 1 and parts != 1:
            told.setdefault(one.node, []).append(one)
            kept.append(one)
    for one in found:
        if one.node.depth == 2:
            above = (Node(one.node.integration), Node("", one.node.customer))
            shared = [
                min(one.until, other.until) - max(one.since, other.since)
                for node in above
                for other in told.get(node, ())
            ]
            if 2 * max(shared, default=0) < one.until - one.since:
                kept.append(one)
    return kept
