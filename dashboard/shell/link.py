"""Links: the selection of the reader, as plain text in the address.

    ?since=2026-10-01&until=2026-11-01&environment=production&partner=1234
    ?period=30d                            a period that moves along with the data

`read` understands a link, `written` writes one. Dates are half-open, as on the command line.

The address is the whole state of the filters. A reader can bookmark it, send it, go back to it, and type it. Anybody can write a link,
so `read` takes each parameter as text, checks it as a part of a scope, and never raises. A link holds no object that would be loaded.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from analytics.errors import ScopeError
from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

Period = tuple[dt.date, dt.date]

PERIODS: dict[str, int | None] = {"7d": 7, "30d": 30, "90d": 90, "all": None}
"""Periods that end with the data, in days; None is the whole period."""
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
"""Dates outside of these are typing errors. No log is older, and arithmetic with such dates would leave the calendar."""


@dataclass(frozen=True)
class Selection:
    """The selection of a link. `period` moves along with the data; then the scope has no dates."""

    scope: Scope = field(default_factory=Scope)
    period: str | None = None

    def narrowed(self, **changes: object) -> Selection:
        """Return the selection with some filters changed; None removes a filter."""
        return replace(self, scope=self.scope.replace(**changes))

    def over(self, covered: Period) -> Scope:
        """Return the scope with both dates, given since and until of all data."""
        since, until = self.scope.since, self.scope.until
        if since is not None:
            return self.scope.replace(until=until or max(covered[1], _earlier(since, -1)))
        if until is not None:
            return self.scope.replace(since=min(covered[0], _earlier(until, 1)))
        days = PERIODS[self.period or "30d"]
        return self.scope.replace(since=covered[0] if days is None else _earlier(covered[1], days), until=covered[1])


@dataclass(frozen=True)
class Misread:
    """A part of a link that cannot be understood: its name and its value."""

    name: str
    value: str


def read(params: Mapping[str, str]) -> tuple[Selection, tuple[Misread, ...]]:
    """Return the selection of a link's parameters, and those that could not be understood. Never raises.

    >>> read({"environment": "accept", "partner": "abc"})
    (Selection(scope=Scope(environment='accept'), period=None), (Misread(name='partner', value='abc'),))
    """
    given = {name: value.strip() for name, value in params.items() if value.strip()}
    period = given.pop("period", None)
    misread = [Misread(name, value) for name, value in given.items() if not _understood({name: value})]
    for part in misread:
        del given[part.name]
    if not _understood(given):  # each part is right, but not both together: the period ends before it begins
        misread += [Misread(name, given.pop(name)) for name in ("since", "until")]
    if period is not None and (period not in PERIODS or "since" in given or "until" in given):
        misread.append(Misread("period", period))
        period = None
    return Selection(Scope.parse(given), period), tuple(misread)


def written(selection: Selection) -> dict[str, str]:
    """Return the parameters of the link with this selection: all of them, always in the same order."""
    values: dict[str, object] = {"period": selection.period, **selection.scope.model_dump()}
    return {name: str(value) for name, value in values.items() if value is not None}


def _earlier(day: dt.date, days: int) -> dt.date:
    return day - dt.timedelta(days=days)


def _understood(given: Mapping[str, str]) -> bool:
    try:
        scope = Scope.parse(given)
    except ScopeError:
        return False
    return all(day is None or FIRST_DAY <= day <= LAST_DAY for day in (scope.since, scope.until))
