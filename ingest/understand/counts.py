"""The numbers of lines, calls, rejects and ignored lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Unread:
    """Values in one column of a source that are there and cannot be read, so that their calls have none."""

    what: str
    """Of the columns of a call the one that lacks them; or that they were read, and may mean something else."""
    name: str
    """The log's name for the column."""
    values: int
    example: str
    """The first of them, redacted."""


@dataclass(frozen=True)
class Counts:
    """What became of some lines: lines = calls + rejects + ignored."""

    lines: int = 0
    calls: int = 0
    rejects: int = 0
    ignored: int = 0
    first_call: dt.datetime | None = None
    last_call: dt.datetime | None = None
    calls_with_id: int = 0
    """Calls with an IntegrationId, valid or malformed."""
    calls_not_logged: int = 0
    """Calls whose log could not have held it."""
    unread: tuple[Unread, ...] = ()
    """Values of these calls that are there and cannot be read."""

    def __add__(self, other: Counts) -> Counts:
        first = [call for call in (self.first_call, other.first_call) if call is not None]
        last = [call for call in (self.last_call, other.last_call) if call is not None]
        return Counts(
            self.lines + other.lines,
            self.calls + other.calls,
            self.rejects + other.rejects,
            self.ignored + other.ignored,
            min(first, default=None),
            max(last, default=None),
            self.calls_with_id + other.calls_with_id,
            self.calls_not_logged + other.calls_not_logged,
            _added(self.unread, other.unread),
        )


def _added(one: tuple[Unread, ...], other: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """The values of both, one entry for each column, in the order in which they come first."""
    added = {(unread.what, unread.name): unread for unread in one}
    for unread in other:
        key = unread.what, unread.name
        added[key] = replace(added[key], values=added[key].values + unread.values) if key in added else unread
    return tuple(added.values())
