"""The product beside simple rules: what each of them finds of the same faults, how soon, and how often it is wrong."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

from bench.incidents.baselines import Rule, alarms, counted_errors, ears_c2, first_hour, three_sigma
from bench.incidents.evaluating import Evaluation, Sized, evaluate, keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.incidents.incident import Incident
    from analytics.warehouse.warehouse import Warehouse

OURS: Final = "product"
RULES: Final[Mapping[str, Rule]] = {"3 sigma": three_sigma, "EARS C2": ears_c2}
PLACES: Final = {"integrations": False, "pairs": True}
LEAST: Final = (1, 10)
"""How many errors more than usual a rule asks for: what it was written for, and as many as the product."""


@dataclass(frozen=True)
class Compared:
    """One way to find errors, and what it finds in a lake."""

    name: str
    evaluation: Evaluation


def compared(
    warehouse: Warehouse, faults: Sequence[Sized], ours: Sequence[Incident], integration_days: int
) -> list[Compared]:
    """What the product and each simple rule find of the faults that make errors. Nobody is asked about silences."""
    faulty = [one for one in faults if one.fault.status is not None]
    spikes = [one for one in ours if one.kind != "silence"]
    first = first_hour(warehouse)
    found = [Compared(OURS, evaluate(faulty, spikes, integration_days))]
    for place, by_customer in PLACES.items():
        counted = counted_errors(warehouse, by_customer=by_customer)
        for name, rule in RULES.items():
            for least in LEAST:
                said = alarms(counted, rule, first=first, least=least)
                found.append(Compared(f"{name}, {place}, {least}+", evaluate(faulty, said, integration_days)))
    return found


def comparison(lakes: Sequence[Sequence[Compared]]) -> list[str]:
    """By kind and size, how many faults each of them finds, and how many within two hours; below it, how often they are wrong."""
    by_name: dict[str, list[Compared]] = defaultdict(list)
    for one in (one for lake in lakes for one in lake):
        by_name[one.name].append(one)
    lines = [f"{letter}  {name}" for letter, name in zip(ascii_uppercase, by_name, strict=False)]
    head = "".join(f"{letter:>12}" for letter in ascii_uppercase[: len(by_name)])
    lines += [f"{'recall, and within two hours':<34}{'size':<16}{'made':>6}{head}"]
    tallies = [_tallied([one.evaluation for one in ones]) for ones in by_name.values()]
    for key, (made, _, _) in sorted(tallies[0].items()):
        cells = [f"{tally[key][1] / made:.2f} {tally[key][2] / made:.2f}" for tally in tallies]
        lines.append(f"{key[0]:<34}{key[1]:<16}{made:>6}" + "".join(f"{cell:>12}" for cell in cells))
    figures = [_figures([one.evaluation for one in ones]) for ones in by_name.values()]
    return lines + [f"{row:<56}" + "".join(f"{figure[row]:>12}" for figure in figures) for row in figures[0]]


def _tallied(evaluations: Sequence[Evaluation]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """How many faults of each kind and size were made, found, and found within two hours."""
    found: dict[tuple[str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for outcome in (outcome for one in evaluations for outcome in one.outcomes):
        for key in keys(outcome):
            made, seen, soon = found[key]
            delay = outcome.first_delay_hours
            found[key] = made + 1, seen + (delay is not None), soon + (delay is not None and delay <= 2)
    return dict(found)


def _figures(evaluations: Sequence[Evaluation]) -> dict[str, str]:
    found = sum(one.found for one in evaluations)
    wrong = sum(len(one.false_alarms) for one in evaluations)
    days = sum(one.integration_days for one in evaluations)
    delays = [
        max(0.0, outcome.first_delay_hours)  # what was said before the fault began is luck
        for one in evaluations
        for outcome in one.outcomes
        if outcome.first_delay_hours is not None and outcome.excess >= 10
    ]
    told = sum(outcome.found is not None for one in evaluations for outcome in one.outcomes)
    return {
        "incidents": f"{found:,}",
        "incidents for each fault that is found": f"{(found - wrong) / told:.1f}" if told else "–",
        "precision": f"{1 - wrong / found:.3f}" if found else "–",
        "false alarms in 10,000 integration-days": f"{10_000 * wrong / days:,.1f}",
        "median delay in hours, of 10 errors and more": f"{statistics.median(delays):.1f}" if delays else "–",
    }
