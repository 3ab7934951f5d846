"""The notices on a report: why its figures are too low, and why they cannot be compared with the previous month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analytics import numbers
from analytics.reports.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.reports.model import Dated, MissingTime, Record

_NAMED = ("partners", "integrations", "customers")
"""The tables whose rows have a name in the registry."""

MISSING_TIMES = 5
"""More gaps than this are only counted."""


def warnings_on(report: Dated) -> list[str]:
    """The reasons why the figures of this month are too low."""
    period = report.period
    ends = report.data_until.astimezone(ZoneInfo(report.time_zone)).date()
    missing = tuple(day for day in period.missing_days if day <= ends)
    warnings = []
    if missing:
        warnings.append(say("notice", "missing", days=numbers.days(missing)))
    if period.missing_times:
        warnings.append(_missing_times(period.missing_times))
    if ends < period.until - dt.timedelta(days=1):
        warnings.append(say("notice", "ends", until=numbers.instant(report.data_until, report.time_zone)))
    if period.calls_since is not None:
        warnings.append(say("notice", "calls_since", day=numbers.day(min(period.calls_since, period.until))))
    return warnings


def notes_on(report: Dated) -> list[str]:
    """The other notices for the reader."""
    period, previous = report.period, report.previous
    month = numbers.month(previous.since)
    notes = []
    if previous.days_covered == 0:
        notes.append(say("notice", "previous_none", previous=month))
    elif not report.comparable:
        gaps = period if previous.complete else previous
        days, covered = numbers.counted(gaps.days, "day"), numbers.count(gaps.days_covered)
        notes.append(
            say("notice", "not_comparable", previous=month, month=numbers.month(gaps.since), covered=covered, days=days)
        )
    return [*notes, *_nameless(report)]


def _nameless(report: Dated) -> list[str]:
    """The notice about numbers without a name in the tables. None if all have a name."""
    names = {what: _names(what, getattr(report, what, None) or ()) for what in _NAMED}
    missing = {what: [name for name in found if not name] for what, found in names.items()}
    if not any(missing.values()):
        return []
    if all(len(missing[what]) == len(found) for what, found in names.items()):
        return [say("notice", "registry_none")]
    said = [numbers.counted(len(found), what.removesuffix("s"), what) for what, found in missing.items() if found]
    return [say("notice", "registry_some", missing=" and ".join(said))]


def _names(what: str, rows: Sequence[Record]) -> list[str | None]:
    """The name of each partner, integration or customer in these rows, None where the registry has none."""
    return list({getattr(row, what.removesuffix("s")): row.name for row in rows if hasattr(row, "name")}.values())


def _missing_times(times: Sequence[MissingTime]) -> str:
    """The notice about missing hours, which lists the first times."""
    said = [
        say("notice", "time_of", stream=time.stream, time=numbers.times(time.since, time.until))
        if time.stream
        else numbers.times(time.since, time.until)
        for time in times[:MISSING_TIMES]
    ]
    if len(times) > MISSING_TIMES:
        said.append(say("notice", "more_times", count=numbers.count(len(times) - MISSING_TIMES)))
    hours = numbers.counted(sum(time.hours for time in times), "hour")
    return say("notice", "hours", hours=hours, times="; ".join(said))
