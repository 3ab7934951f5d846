"""Error spikes: nodes whose calls fail far more often than they usually do, one for each cause.

The engine counts (questions of this room), and its answers are few: hours that are surprising, and the failed calls in them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from analytics.incidents.budget import budget
from analytics.incidents.course import HOUR, Course, Raised, Stretch, stretches
from analytics.incidents.explaining import PARTS, Explained, Failures, explained
from analytics.incidents.tree import PLATFORM, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.several import Several
    from analytics.warehouse.warehouse import Warehouse

CLASSES: Final = ("platform", "rights", "content")
"""The classes of errors, as the macro `error_class` tells them."""
LEAST: Final = 10
"""An incident has this many errors more than usual."""
TIMES: Final = 3
"""An incident has this many times as many errors as usual."""
LEAST_RATE: Final = 0.05
"""Below this rate, only the platform as a whole has an incident."""
CAUTION: Final = 7.0
"""Errors come in bunches, so a whole incident has to be this much more surprising than an hour that is worth a look: measured on quiet
weeks (`make bench-incidents`, seeds 1 and 2: seven is the least that had no false alarm there)."""
AT_ONCE: Final = 20
"""With this many errors one hour is enough; with fewer, errors come in two hours at least."""

_QUESTIONS: Final = ("incidents/raised", "incidents/courses", "incidents/failures", "incidents/parts")
_COUNTED: Final = ("failed", "failed_nodes", "suspects", "called", "connected")
_RATES: Final = ("made_nodes", "made_days", "usual_days", "weighed_days", "usual_rates")


def spikes(
    warehouse: Warehouse,
    scope: Scope,
    left_out: Mapping[str, Sequence[int]],
    *,
    integration_days: int,
    last_day: dt.date,
) -> list[Explained]:
    """What explains all surprising errors in the scope's period, the most surprising first.

    `left_out`: the hours of each log that say nothing. `last_day`: the last day with calls.
    """
    with warehouse.several(_QUESTIONS, scope) as questions:
        hours = [(stream, hour) for stream, ones in left_out.items() for hour in ones]
        questions.keep(
            "incidents/left_out",
            {"lacking_streams": [stream for stream, _ in hours], "lacking_hours": [hour for _, hour in hours]},
        )
        for step in _COUNTED:
            questions.keep(f"incidents/{step}")
        questions.keep("incidents/suspected_days", name="wanted")
        for step in _RATES:
            questions.keep(f"incidents/{step}")
        raised = questions.ask("incidents/raised")
        if raised.is_empty():
            return []
        return _explained(questions, raised, integration_days, last_day)


def _explained(questions: Several, raised: pl.DataFrame, integration_days: int, last_day: dt.date) -> list[Explained]:
    thresholds = {
        (row["integration"] != "", row["customer"] != "", row["connector"] != ""): budget(
            row["tests"], integration_days
        )
        for row in raised.iter_rows(named=True)
    }
    by_node: dict[tuple[Node, str], list[Raised]] = defaultdict(list)
    for row in raised.iter_rows(named=True):
        node = Node(row["integration"], row["customer"], row["connector"])
        if row["score"] >= thresholds[node.kind]:
            one = Raised(row["hour"], row["hours"], row["rate"], row["spread"], row["score"])
            by_node[node, row["class"]].append(one)
    questions.keep("incidents/wanted", _days_of(by_node, last_day))
    questions.keep("incidents/made_nodes")
    courses = questions.ask("incidents/courses")
    found = sorted(_stretches(courses, by_node), key=lambda one: (one.node, one.error_class, one.since))
    hours = sorted({hour for one in found for hour in range(one.since, one.until, HOUR)})
    failed = questions.ask("incidents/failures", {"hours_in_question": hours})
    parts_of = _calls_of_parts(questions, found)
    every = explained(
        found, Failures(failed), lambda one: parts_of.get(one, {}), lambda node: CAUTION * thresholds[node.kind]
    )
    return [one for one in every if one.errors - one.stretch.calls * one.stretch.rate >= LEAST]


def _is_enough(one: Stretch) -> bool:
    return (
        one.errors - one.calls * one.rate >= LEAST
        and one.errors >= TIMES * one.calls * one.rate
        and (one.node == PLATFORM or one.errors >= LEAST_RATE * one.calls)
        and (one.errors >= AT_ONCE or one.until - one.since > HOUR)
    )


def _days_of(by_node: Mapping[tuple[Node, str], Sequence[Raised]], last_day: dt.date) -> dict[str, list[object]]:
    """The nodes with all days since the day before the first surprising hour, as `wanted` takes them."""
    first: dict[Node, int] = {}
    for (node, _), ones in by_node.items():
        since = min(one.hour for one in ones) // (24 * HOUR) - 1
        first[node] = min(since, first.get(node, since))
    last = (last_day - dt.date(1970, 1, 1)).days
    rows = [
        (*node, dt.date(1970, 1, 1) + dt.timedelta(days=day))
        for node, since in first.items()
        for day in range(since, last + 1)
    ]
    names = ("node_integrations", "node_customers", "node_connectors", "node_days")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _stretches(courses: pl.DataFrame, by_node: Mapping[tuple[Node, str], Sequence[Raised]]) -> Iterator[Stretch]:
    """The stretches of all nodes that are large enough. The rows of `courses` have a node after the other, in the order of time."""
    import polars as pl

    classes: dict[Node, list[str]] = defaultdict(list)
    for node, error_class in by_node:
        classes[node].append(error_class)
    first = 0
    columns = {name: courses[name].to_numpy() for name in ("hour", "calls", *CLASSES)}
    for *parts, count in courses.group_by(*PARTS, maintain_order=True).agg(pl.len()).iter_rows():
        node, behind = Node(*parts), first + count
        hours, calls = (columns[name][first:behind].tolist() for name in ("hour", "calls"))
        for error_class in classes[node]:
            course = Course(hours, calls, columns[error_class][first:behind].tolist())
            for one in stretches(node, error_class, by_node[node, error_class], course):
                if _is_enough(one):
                    yield one
        first = behind


def _calls_of_parts(questions: Several, found: Sequence[Stretch]) -> dict[Stretch, dict[Node, int]]:
    """The calls of the parts of each stretch that has parts."""
    whole = [one for one in found if one.node.depth < 2]
    asked = {
        "node_integrations": [one.node.integration for one in whole],
        "node_customers": [one.node.customer for one in whole],
        "node_connectors": [one.node.connector for one in whole],
        "since_hours": [one.since for one in whole],
        "until_hours": [one.until for one in whole],
    }
    parts: dict[Stretch, dict[Node, int]] = defaultdict(dict)
    for place, *node, calls in questions.ask("incidents/parts", asked).iter_rows():
        parts[whole[place]][Node(*node)] = calls
    return parts
