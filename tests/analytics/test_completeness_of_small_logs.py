"""Logs with a few calls a day are judged by whole days, because their hours show nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from tests.analytics.given import AMSTERDAM
from tests.analytics.office_logs import (
    JUNE,
    calls_in,
    completeness,
    daily,
    local,
    not_complete,
)


def test_ten_days_of_ten_calls_that_were_not_loaded_are_missing_day_by_day(tmp_path: Path) -> None:
    gap = [dt.date(2026, 7, 6) + dt.timedelta(days=number) for number in range(10)]
    rows = completeness(tmp_path, daily(JUNE, 70, lambda day: 0 if day in gap else 10))
    missing = not_complete(rows)
    # Nearly all hours have no calls in most weeks. A day has ten: p(0) of ten days is e^-100.
    assert {row[1].astimezone(AMSTERDAM).date() for row in missing} == set(gap)
    # on most of them no hour is told from the others; where hours tell of half of the ten calls, it is these
    by_day = Counter(row[1].astimezone(AMSTERDAM).date() for row in missing)
    assert sum(hours == 24 for hours in by_day.values()) >= 7
    assert {row[4:] for row in missing} == {("missing", "silent")}
    assert sum(row[3] or 0.0 for row in missing) == pytest.approx(100)


def test_one_silent_day_of_ten_calls_is_missing_and_one_of_nine_is_none(tmp_path: Path) -> None:
    silent = dt.date(2026, 7, 8)
    for per_day, hours in ((10, 24), (9, 0)):
        calls = daily(JUNE, 70, lambda day, usual=per_day: 0 if day == silent else usual)  # type: ignore[misc]
        assert len(not_complete(completeness(tmp_path, calls))) == hours


def test_a_day_with_a_fifth_of_its_calls_is_thin_where_its_hours_show_nothing(tmp_path: Path) -> None:
    bad = dt.date(2026, 7, 8)
    calls = daily(JUNE, 70, lambda day: 0 if day == bad else 24)
    calls += [row for hour in (2, 7, 12, 17, 22) for row in calls_in(local(bad, hour), 1)]
    thin = not_complete(completeness(tmp_path, calls))
    # 2 * (sqrt(24) - sqrt(5)) = 5.3 standard deviations; no silence of the day is long enough for ten calls of one an hour
    assert {row[1].astimezone(AMSTERDAM).date() for row in thin} == {bad}
    assert {row[4:] for row in thin} == {("thin", "low")}
    assert 15 < sum((row[3] or 0.0) - row[2] for row in thin) < 24


@pytest.mark.parametrize(("silent", "missing"), [(5, 5), (4, 0)])
def test_of_the_smallest_logs_the_days_in_a_row_tell(tmp_path: Path, silent: int, missing: int) -> None:
    # One call a day: five days expect five calls, which is a chance of 1 in 150 to the day test. But all of 60 days have
    # one, nine in ten at most, so five silent ones are 1 in 100,000, and four 1 in 10,000.
    gap = [dt.date(2026, 7, 6) + dt.timedelta(days=number) for number in range(silent)]
    rows = completeness(tmp_path, daily(JUNE, 65, lambda day: 0 if day in gap else 1))
    found = not_complete(rows)
    assert len(found) == 24 * missing
    assert {row[3:] for row in found} <= {(1 / 24, "missing", "silent")}


def test_a_log_of_five_days_a_week_needs_eight_silent_days_and_its_week_ends_none(tmp_path: Path) -> None:
    # 5 of 7 days have a call: (2/7)^8 = 1 in 22,500; a Saturday and a Sunday are two days, and eleven are silent with both.
    def gone(day: dt.date, days: int) -> bool:
        return dt.date(2026, 7, 6) <= day < dt.date(2026, 7, 6) + dt.timedelta(days=days)

    for days, missing in ((3, 0), (4, 8), (5, 9)):
        calls = daily(JUNE, 89, lambda day, of=days: 0 if day.weekday() > 4 or gone(day, of) else 1)  # type: ignore[misc]
        # 4 and 5 July are a week end, 11 and 12 July too: of Monday to Wednesday five days in a row are silent.
        silent = {3: 5, 4: 6, 5: 9}[days]
        found = {row[1].astimezone(AMSTERDAM).date() for row in not_complete(completeness(tmp_path, calls))}
        assert len(found) == (silent if missing and silent >= 8 else 0)


def test_a_log_of_one_day_a_week_is_whole_and_a_missing_week_shows(tmp_path: Path) -> None:
    mondays = [JUNE + dt.timedelta(weeks=week) for week in range(12)]
    whole = daily(JUNE, 84, lambda day: 40 if day in mondays else 0)
    assert not_complete(completeness(tmp_path, whole)) == []
    without = [row for row in whole if row["day"] != mondays[5]]
    assert {row[1].astimezone(AMSTERDAM).date() for row in not_complete(completeness(tmp_path, without))} == {
        mondays[5]
    }
