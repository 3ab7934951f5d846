"""A calendar month, the period of a report."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from analytics.reports.errors import ReportError

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """One month of the lake's business days: `since` is its first, `until` the first of the next.

    >>> Month.parse("2026-03").until, str(Month.parse("2026-01").previous())
    (datetime.date(2026, 4, 1), '2025-12')
    """

    since: dt.date

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month written as 2026-10; ReportError for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None or int(found[1]) < 2000:
            raise ReportError(f"{text!r} is not a month; expected year and month, like 2026-10")
        return cls(dt.date(int(found[1]), int(found[2]), 1))

    @property
    def until(self) -> dt.date:
        """The first day after it."""
        return (self.since + dt.timedelta(days=31)).replace(day=1)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """All its days."""
        return tuple(self.since + dt.timedelta(days=number) for number in range((self.until - self.since).days))

    def previous(self) -> Month:
        """The month before."""
        return Month((self.since - dt.timedelta(days=1)).replace(day=1))

    def __str__(self) -> str:
        return f"{self.since:%Y-%m}"
