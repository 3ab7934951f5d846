"""The times in which more calls of a pair failed than chance explains.

Each hour gets a score: positive if its errors are better explained by a broken connection, in which every second call fails, than by
the pair's usual rate of errors. The stretch of hours with the highest sum is the episode (a likelihood ratio, maximised over all
beginnings and ends in one pass). A chance stretch of n hours reaches a sum S about n times in exp(S); so the sum has to pass the
logarithm of the hours and connectors that were looked at, and of a thousand more.

An error rate of its own is little to go by at a pair with few calls. It is therefore mixed with the usual rate of the integration, as if
twenty calls of the integration were its own. What an episode holds is left out of the usual rate: a pair that has failed for
months would otherwise find this usual.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

BROKEN_RATE: Final = 0.5
PRIOR_CALLS: Final = 20
_FALSE_ALARMS: Final = 1000
_LEAST_RATE, _MOST_RATE = 0.002, 0.2
"""The usual rate is kept within these bounds: a hundred calls without an error do not prove that none can occur."""
_RECOVERED: Final = math.log(20)
"""How much the calls after an episode have to speak for the usual rate before it is over: four or five successes in a row."""
_MOST_EPISODES: Final = 5
_OUTLIER: Final = math.log(100)
"""The score of a day from which on it is no usual one."""
_ROUNDS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Calls of one hour that are alike: connector, operation, outcome and status."""

    hour: dt.datetime
    connector: str | None
    operation: str
    outcome: str
    status: int
    is_good: bool
    calls: int
    first_call: dt.datetime
    last_call: dt.datetime

    @property
    def errors(self) -> int:
        """Its calls that failed: all of them or none."""
        return 0 if self.outcome == "ok" else self.calls


@dataclass(frozen=True, kw_only=True)
class Episode:
    """A time of trouble: at one connector, or (null) at all. `ended_at` is null while it lasts.

    `started_at`: its first call with the most frequent error. `successes_since`: the calls that succeeded in later hours. While these
    are too few, it lasts. `outcome` and `status` are those of most errors, `base_rate` the usual
    rate of errors, `score` the logarithm of the odds that it is no chance.
    """

    started_at: dt.datetime
    ended_at: dt.datetime | None
    connector: str | None
    calls: int
    errors: int
    base_rate: float
    outcome: str
    status: int
    score: float
    last_error: dt.datetime
    successes_since: int

    @property
    def goes_on(self) -> bool:
        """Whether nothing has succeeded since."""
        return self.ended_at is None and not self.successes_since

    @property
    def is_total(self) -> bool:
        """Whether every call in it failed."""
        return self.calls == self.errors


def score_of(calls: float, errors: float, base_rate: float) -> float:
    """The log-likelihood ratio of these errors: a broken connection against the usual rate.

    >>> round(score_of(4, 4, 0.02), 1), round(score_of(10, 0, 0.02), 1)
    (12.9, -6.7)
    """
    return errors * math.log(BROKEN_RATE / base_rate) + (calls - errors) * math.log((1 - BROKEN_RATE) / (1 - base_rate))


def usual_rate(calls: int, errors: int, rate_of_integration: float) -> float:
    """The usual rate of errors, mixed with that of the integration and kept within bounds.

    >>> usual_rate(180, 2, 0.1), usual_rate(0, 0, 0.9)
    (0.02, 0.2)
    """
    rate = (errors + PRIOR_CALLS * rate_of_integration) / (calls + PRIOR_CALLS)
    return min(max(rate, _LEAST_RATE), _MOST_RATE)


def rate_without_outliers(days: Sequence[tuple[int, int]]) -> float:
    """The rate of errors of days (calls, errors) without those of trouble: 0 without a call.

    Trouble of the whole integration must not make that of the pair look usual. To leave out the worst days, whatever their rate,
    would make every rate too low: most days of a small integration have no error at all.

    >>> round(rate_without_outliers([(50, 1)] * 9 + [(50, 25)]), 3)
    0.02
    """
    kept = list(days)
    rate = 0.0
    for _ in range(_ROUNDS):
        calls, errors = (sum(day[place] for day in kept) for place in (0, 1))
        rate = errors / calls if calls else 0.0
        usual = usual_rate(calls, errors, rate)
        kept = [day for day in days if score_of(*day, usual) < _OUTLIER]
    return rate


def episodes_in(cells: Sequence[Cell], rate_of_integration: float) -> tuple[Episode, ...]:
    """The episodes of a pair, the last one first. `rate_of_integration`: its usual rate at all customers."""
    left, found = list(cells), list[Episode]()
    while len(found) < _MOST_EPISODES and (best := _best(left, rate_of_integration)) is not None:
        episode, inside, least = best
        if episode.score >= least:  # without the errors of other kinds before it, it may be chance after all
            found.append(episode)
        left = [cell for cell in left if cell not in inside]
    return tuple(sorted(found, key=lambda episode: episode.started_at, reverse=True))


def _best(cells: Sequence[Cell], rate_of_integration: float) -> tuple[Episode, set[Cell], float] | None:
    """The episode with the highest score that is no chance, its cells, and the score that it needs."""
    connectors = {cell.connector for cell in cells if cell.connector is not None}
    subjects = [None, *sorted(connectors)] if len(connectors) > 1 else [None]
    found = [
        (score, subject, inside)
        for subject in subjects
        for score, inside in (_stretch(_of(cells, subject), rate_of_integration),)
        if inside
    ]
    looked_at = max(1, len({cell.hour for cell in cells}) * len(subjects))
    if not found:
        return None
    # What all calls and one connector explain equally well is told of all.
    score, subject, inside = max(found, key=lambda one: (one[0], one[1] is None))
    least = math.log(looked_at) + math.log(_FALSE_ALARMS)
    if score < least:
        return None
    return _episode(_of(cells, subject), inside, subject, rate_of_integration), set(inside), least


def _of(cells: Iterable[Cell], connector: str | None) -> list[Cell]:
    return [cell for cell in cells if connector is None or cell.connector == connector]


def _stretch(cells: Sequence[Cell], rate_of_integration: float) -> tuple[float, list[Cell]]:
    """The stretch of hours with the highest score against the rate outside it, with its score."""
    inside: list[Cell] = []
    score = 0.0
    for _ in range(2):  # once with every call in the usual rate, once without those of the first stretch
        base = _rate_outside(cells, inside, rate_of_integration)
        score, inside = _highest(cells, base)
    return score, inside


def _rate_outside(cells: Iterable[Cell], inside: Iterable[Cell], rate_of_integration: float) -> float:
    left_out = set(inside)
    outside = [cell for cell in cells if cell not in left_out]
    return usual_rate(sum(cell.calls for cell in outside), sum(cell.errors for cell in outside), rate_of_integration)


def _highest(cells: Sequence[Cell], base: float) -> tuple[float, list[Cell]]:
    hours: dict[dt.datetime, list[Cell]] = {}
    for cell in cells:
        hours.setdefault(cell.hour, []).append(cell)
    in_order = sorted(hours)
    best, best_at = 0.0, (0, 0)
    running, begins = 0.0, 0
    for place, hour in enumerate(in_order):
        if running <= 0:
            running, begins = 0.0, place
        running += sum(score_of(cell.calls, cell.errors, base) for cell in hours[hour])
        if running > best:
            best, best_at = running, (begins, place + 1)
    return best, [cell for hour in in_order[slice(*best_at)] for cell in hours[hour]]


def _episode(
    cells: Sequence[Cell], inside: Sequence[Cell], connector: str | None, rate_of_integration: float
) -> Episode:
    base = _rate_outside(cells, inside, rate_of_integration)
    outcomes: Counter[tuple[str, int]] = Counter()
    for cell in inside:
        outcomes[cell.outcome, cell.status] += cell.errors
    (outcome, status), _ = max(outcomes.items(), key=lambda item: (item[1], -item[0][1]))
    main = [cell for cell in inside if (cell.outcome, cell.status) == (outcome, status)]
    started_at = min(cell.first_call for cell in main)
    last_error = max(cell.last_call for cell in inside if cell.errors)
    later = [cell for cell in cells if cell.hour > max(cell.hour for cell in inside)]
    is_over = sum(-score_of(cell.calls, cell.errors, base) for cell in later) >= _RECOVERED
    counted = [cell for cell in inside if cell.last_call >= started_at]
    return Episode(
        started_at=started_at,
        ended_at=last_error if is_over else None,
        connector=connector,
        calls=sum(cell.calls for cell in counted),
        errors=sum(cell.errors for cell in counted),
        base_rate=base,
        outcome=outcome,
        status=status,
        score=round(sum(score_of(cell.calls, cell.errors, base) for cell in counted), 1),
        last_error=last_error,
        successes_since=sum(cell.calls - cell.errors for cell in later),
    )
