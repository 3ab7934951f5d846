"""What was found, beside the faults that were made.

A fault is found if an incident of its kind names its place and overlaps it in time. What is found besides, and overlaps no fault in
time and place, is a false alarm. The size of a fault is counted from the calls that were made, and not taken from the plan: `excess` are
the errors of its kind above what its place usually has, `times` says how many times as many.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analytics.incidents.incident import Incident
    from analytics.warehouse.warehouse import Warehouse
    from bench.incidents.baselines import Alarm
    from bench.incidents.faults import Fault

_CLASSES: Final = {401: "rights", 403: "rights", 503: "platform", 504: "platform"}


Found: TypeAlias = "Incident | Alarm"
"""What is said to be an incident, by the product or by a simple rule."""


@dataclass(frozen=True)
class Sized:
    """A fault, and how large it was."""

    fault: Fault
    excess: float
    times: float
    first_error: dt.datetime | None


@dataclass(frozen=True)
class Outcome:
    """A fault, how large it was, and the incident that tells of it, if any.

    `is_exact`: it names the same place and nothing else. `first_known`: when the first of all that tell of it could be known.
    """

    fault: Fault
    excess: float
    times: float
    first_error: dt.datetime | None
    found: Found | None
    is_exact: bool
    first_known: dt.datetime | None

    @property
    def delay_hours(self) -> float | None:
        """Hours from the first error of the fault until the incident could be known."""
        return None if self.found is None else self._hours_until(self.found.opened_at)

    @property
    def first_delay_hours(self) -> float | None:
        """Hours from the first error of the fault until anything could be known that tells of it."""
        return None if self.first_known is None else self._hours_until(self.first_known)

    def _hours_until(self, known: dt.datetime) -> float:
        return (known - (self.first_error or self.fault.since)).total_seconds() / 3600


@dataclass(frozen=True)
class Evaluation:
    """The faults of a lake with their outcomes, the false alarms, and how many days of integrations were looked at."""

    outcomes: Sequence[Outcome]
    false_alarms: Sequence[Found]
    integration_days: int
    found: int


def sized(warehouse: Warehouse, faults: Sequence[Fault]) -> list[Sized]:
    """How large these faults of a lake are."""
    return [Sized(fault, *_size(warehouse, fault)) for fault in faults]


def evaluate(faults: Sequence[Sized], found: Sequence[Found], integration_days: int) -> Evaluation:
    """Compare what was found in a whole lake with the faults that are in it."""
    outcomes = [_outcome(fault, found) for fault in faults]
    false_alarms = [one for one in found if not any(_tells_of(one, fault.fault) for fault in faults)]
    return Evaluation(outcomes, false_alarms, integration_days, len(found))


def integration_days(warehouse: Warehouse) -> int:
    """How many days of integrations a lake has."""
    [(days, _)] = warehouse.query_file("incidents/extent", Scope()).rows()
    return int(days)


def _outcome(sized_fault: Sized, found: Iterable[Found]) -> Outcome:
    fault = sized_fault.fault
    telling = [one for one in found if _tells_of(one, fault)]
    exact = [one for one in telling if _place(one) == _place_of(fault)]
    best = max(exact or telling, key=lambda one: one.score, default=None)
    first_known = min((one.opened_at for one in telling), default=None)
    return Outcome(
        fault, sized_fault.excess, sized_fault.times, sized_fault.first_error, best, bool(exact), first_known
    )


def _tells_of(one: Found, fault: Fault) -> bool:
    """Whether an incident can be about a fault: the same kind, hours and place, or a part of it, or what it is a part of."""
    if (one.kind == "silence") != (fault.status is None):
        return False
    if one.error_class is not None and one.error_class != _CLASSES.get(fault.status or 0, "content"):
        return False
    if one.started_at >= fault.until or (one.ended_at is not None and one.ended_at <= fault.since):
        return False
    mine, its = _place(one), _place_of(fault)
    return all(a is None or b is None or a == b for a, b in zip(mine, its, strict=True))


def _place(one: Found) -> tuple[str | None, str | None, str | None]:
    return one.integration, one.customer, one.connector and one.connector.lower()


def _place_of(fault: Fault) -> tuple[str | None, str | None, str | None]:
    return fault.integration, fault.customer, fault.connector and fault.connector.lower()


def _size(warehouse: Warehouse, fault: Fault) -> tuple[float, float, dt.datetime | None]:
    """The errors of a fault above what is usual there, and how many times as many they are."""
    if fault.status is None:
        return 0.0, 0.0, None
    rows = warehouse.query(
        """
        select
            count(*) filter (called_at >= $since and called_at < $until) as calls,
            count(*) filter (called_at >= $since and called_at < $until and error_class(outcome) = $class and status >= 400)
                as errors,
            count(*) filter (called_at < $since) as calls_before,
            count(*) filter (called_at < $since and error_class(outcome) = $class and status >= 400) as errors_before,
            min(called_at) filter (called_at >= $since and called_at < $until and error_class(outcome) = $class and status >= 400)
                as first_error
        from calls
        where environment = 'production'
            and ($integration is null or integration = $integration)
            and ($customer is null or customer = $customer)
            and ($connector is null or connector = $connector)
        """,
        {
            "since": fault.since,
            "until": fault.until,
            "class": _CLASSES.get(fault.status, "content"),
            "integration": fault.integration,
            "customer": fault.customer,
            "connector": fault.connector,
        },
    )
    calls, errors, calls_before, errors_before, first_error = rows.row(0)
    usual = calls * (errors_before + 0.5) / (calls_before + 50)
    return errors - usual, errors / usual if usual else 0.0, first_error


@dataclass
class _Tally:
    made: int = 0
    found: int = 0
    exact: int = 0
    in_time: int = 0
    party: int = 0


def table(evaluations: Sequence[Evaluation]) -> list[str]:
    """What was found, by kind of fault and size."""
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for evaluation in evaluations:
        for one in evaluation.outcomes:
            for key in keys(one):
                _count(tallies[key], one)
    lines = [f"{'fault':<34}{'size':<16}{'made':>6}{'found':>7}{'recall':>8}{'place':>7}{'2 hours':>9}{'party':>7}"]
    for (kind, size), tally in sorted(tallies.items()):
        lines.append(
            f"{kind:<34}{size:<16}{tally.made:>6}{tally.found:>7}{tally.found / tally.made:>8.2f}"
            f"{_share(tally.exact, tally.found):>7}{_share(tally.in_time, tally.found):>9}{_share(tally.party, tally.found):>7}"
        )
    alarms = [one for evaluation in evaluations for one in evaluation.false_alarms]
    days = sum(evaluation.integration_days for evaluation in evaluations)
    every = sum(evaluation.found for evaluation in evaluations)
    for kind in ("error_spike", "platform_outage", "early_warning", "silence"):
        count = sum(one.kind == kind for one in alarms)
        lines.append(
            f"false alarms, {kind}: {count} in {days:,} integration-days: {10_000 * count / days:.1f} in 10,000"
        )
    lines.append(f"precision: {1 - len(alarms) / max(every, 1):.3f} of {every} incidents")
    return lines


def keys(one: Outcome) -> list[tuple[str, str]]:
    """What an outcome counts for in a table: a kind of fault, and a size."""
    if one.fault.status is None:
        return [("silence", "all"), (f"silence of {one.fault.place}", "")]
    size = (
        "200 and more"
        if one.excess >= 200
        else "50 to 200"
        if one.excess >= 50
        else "10 to 50"
        if one.excess >= 10
        else "below 10"
    )
    keys = [("errors", size), (f"errors of {one.fault.place}", size)]
    return [*keys, ("errors", "50, 5 times")] if one.excess >= 50 and one.times >= 5 else keys


def _count(tally: _Tally, one: Outcome) -> None:
    tally.made += 1
    if one.found is not None:
        tally.found += 1
        tally.exact += one.is_exact
        tally.in_time += (one.delay_hours or 0) <= 2
        tally.party += one.found.party == one.fault.party


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"
