"""Periods: since and until, half-open."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from analytics.scope import Scope

Period: TypeAlias = tuple[dt.date, dt.date]


def reaching_back(scope: Scope, days: int) -> Scope:
    """The scope that begins this number of days earlier; the same scope if it has no beginning."""
    if scope.since is None:
        return scope
    return scope.replace(since=scope.since - dt.timedelta(days=min(days, scope.since.toordinal() - 1)))


def filled(scope: Scope, reach: Period | None) -> Period | None:
    """The scope's period, with the bounds of `reach` where it is open; None if no day is left."""
    if reach is None:
        return None
    since, until = scope.since or reach[0], scope.until or reach[1]
    return (since, until) if since < until else None


def overlap(loaded: Period, scope: Scope) -> Period | None:
    """The days of a period that are in the scope too; None if there are none."""
    since, until = max(loaded[0], scope.since or loaded[0]), min(loaded[1], scope.until or loaded[1])
    return (since, until) if since < until else None
