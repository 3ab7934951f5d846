"""Who else was in trouble in the same time, counted from who else called."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from analytics.pair.cause import Beside, Evidence, effective_number
from analytics.pair.episodes import Episode, score_of, usual_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.pair.facts import Neighbour

_FAILS: Final = math.log(20)
"""How much the errors of a neighbour have to speak for a broken connection, as in episodes."""
_LEAST_ERRORS: Final = 2
_SILENT: Final = 7.0
"""A neighbour without calls is silent from this number of expected active hours on: by chance none of 7 come once in 1,000."""


def failing_with(episode: Episode, neighbours: Sequence[Neighbour]) -> Evidence:
    """The evidence around a time in which calls of the pair failed."""
    failing = {
        beside: [one for one in neighbours if one.beside == beside and fails(one, episode.base_rate)]
        for beside in ("customer", "integration", "elsewhere")
    }
    excess = [_excess(one, episode.base_rate) for one in failing["customer"]]
    return Evidence(
        other_customers=Beside(seen=_seen(neighbours, "customer"), failing=len(failing["customer"])),
        effective_customers=effective_number([episode.errors - episode.calls * episode.base_rate, *excess]),
        other_integrations=Beside(seen=_seen(neighbours, "integration"), failing=len(failing["integration"])),
        elsewhere=Beside(seen=_seen(neighbours, "elsewhere"), failing=len(failing["elsewhere"])),
        elsewhere_partners=len({one.partner for one in failing["elsewhere"]}),
    )


def silent_with(neighbours: Sequence[Neighbour], since: dt.datetime, until: dt.datetime) -> Evidence:
    """The evidence around a silence of the pair. Neighbours from which no call was due yet say nothing."""
    silent = {
        beside: [one for one in neighbours if one.beside == beside and is_silent(one, until)]
        for beside in ("customer", "integration", "elsewhere")
    }
    going_on = {
        beside: sum(one.beside == beside and one.last_hour >= since and not is_silent(one, until) for one in neighbours)
        for beside in silent
    }
    seen = {
        beside: Beside(seen=going_on[beside] + len(silent[beside]), failing=len(silent[beside])) for beside in silent
    }
    return Evidence(
        other_customers=seen["customer"],
        effective_customers=1.0 + len(silent["customer"]),
        other_integrations=seen["integration"],
        elsewhere=seen["elsewhere"],
        elsewhere_partners=len({one.partner for one in silent["elsewhere"]}),
    )


def fails(one: Neighbour, base_rate: float) -> bool:
    """Whether more of its calls failed in this time than usual."""
    usual = usual_rate(one.calls_before, one.errors_before, base_rate)
    return one.errors >= _LEAST_ERRORS and score_of(one.calls, one.errors, usual) >= _FAILS


def is_silent(one: Neighbour, until: dt.datetime) -> bool:
    """Whether its calls have stopped too, by the number of its active hours until its last one."""
    lived = (one.last_hour - one.first_hour).total_seconds() / 3600 + 1
    missing = (until - one.last_hour).total_seconds() / 3600 - 1
    return one.active_hours * missing / lived >= _SILENT


def _excess(one: Neighbour, base_rate: float) -> float:
    return one.errors - one.calls * usual_rate(one.calls_before, one.errors_before, base_rate)


def _seen(neighbours: Sequence[Neighbour], beside: str) -> int:
    return sum(one.beside == beside and one.calls > 0 for one in neighbours)
