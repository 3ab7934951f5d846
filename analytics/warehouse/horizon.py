"""Which questions need single calls. Where the calls of earlier days are gone and only sums are left, they lack those days.

Most questions read sums, and sums are kept. A question about the order of calls, or about what a sum does not tell apart, reads
`calls`. So does one that reads sums, where the scope narrows by a column that these lack. Such an answer is about the days
whose calls are all there, and its reader is told the first of them. Nothing is estimated for earlier days.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING

from analytics.views import view
from analytics.warehouse.summed import source_of
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from analytics.scope import Scope
    from analytics.warehouse.period import Period

_COMMENT = re.compile(r"--[^\n]*")
_RELATION = re.compile(r"\b(?:from|join)\s+(?:lake\.)?([a-z_]+)")
_OF_SCOPE = ("certificates", "days", "connectors", "spellings")
"""Views of a scope that are made of other relations."""

_CALLS = {"calls", "calls_before", "calls_all", "calls_of_anybody", "sent"}


@cache
def relations(sql: str) -> frozenset[str]:
    """The relations that a query names, and those that the views among them are made of.

    >>> sorted(relations("select 1 from calls -- from nowhere" + chr(10) + "join daily_calls_all using (day)"))
    ['calls', 'daily_calls_all']
    """
    found = set(_RELATION.findall(_COMMENT.sub("", sql)))
    for name in _OF_SCOPE:
        if name in found:
            found |= relations(view(name))
    return frozenset(found)


def needs_calls(sql: str, scope: Scope) -> bool:
    """Whether the answer to a query in this scope is read from single calls, at least in part."""
    named = relations(sql)
    if not named.isdisjoint(_CALLS):
        return True
    narrowed = {name + suffix: kind for name, kind in KINDS.items() for suffix in ("", "_before", "_everywhere")}
    return any(source_of(narrowed[name], scope) is None for name in named & narrowed.keys())


def needs_sums(sql: str) -> bool:
    """Whether a query reads sums."""
    return any(name.startswith(tuple(KINDS)) for name in relations(sql))


def reaches(scope: Scope, look_back: int, days: Period) -> bool:
    """Whether the scope's days, or those of its look back, have any of these days."""
    since, until = days
    begins = scope.since is None or scope.since - dt.timedelta(days=look_back) < until
    return begins and (scope.until is None or scope.until > since)
