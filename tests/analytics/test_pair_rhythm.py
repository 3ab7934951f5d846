"""How unusual a silence is: hours with calls in, a surprise out."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

import pytest

from analytics.pair.rhythm import HOUR, Silence, silence

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = dt.datetime(2026, 8, 31, 22, tzinfo=dt.UTC) - dt.timedelta(days=1)
"""Monday 31 August 2026, 00:00 in Amsterdam."""


def hours(days: int) -> list[dt.datetime]:
    """All hours of this number of days from the Monday on."""
    return [MONDAY + HOUR * place for place in range(24 * days)]


def workdays(days: int, *clock: int) -> set[dt.datetime]:
    """These hours of the clock on the workdays among them."""
    return {
        hour
        for hour in hours(days)
        if hour.astimezone(AMSTERDAM).weekday() < 5 and hour.astimezone(AMSTERDAM).hour in clock
    }


def after(called: set[dt.datetime], days: int, masked: tuple[int, ...] = ()) -> Silence:
    """The silence at the end of these days; the days `masked` (from 0) are not in the logs."""
    missed = {hour for day in masked for hour in hours(days)[24 * day : 24 * day + 24]}
    return silence(called, [hour for hour in hours(days) if hour not in missed], missed, AMSTERDAM)


def test_a_weekend_without_calls_is_usual_for_an_office_program() -> None:
    quiet = after(workdays(28, 9, 14), 28)  # Friday 14:00 to Sunday 24:00
    assert (quiet.hours, quiet.is_unusual) == (9 + 48, False)
    assert quiet.expected is not None
    assert quiet.expected < 1


def test_three_workdays_without_a_daily_call_are_unusual_and_a_pause_of_the_past_says_that_they_are_not() -> None:
    called = workdays(28, 9, 10, 11, 12, 13)
    quiet = after(called, 31)  # Monday to Wednesday: 15 hours in which it always called
    assert quiet.is_unusual
    assert quiet.expected == pytest.approx(15, abs=2.5)
    # With a week off in between, three more days are nothing new.
    holiday = {hour for hour in called if not MONDAY + dt.timedelta(days=7) <= hour < MONDAY + dt.timedelta(days=14)}
    assert not after(holiday, 31).is_unusual


def test_days_that_the_logs_miss_are_no_silence() -> None:
    called = workdays(28, 9, 10, 11, 12, 13)
    quiet = after(called, 31, masked=(28, 29, 30))
    assert (quiet.masked_hours, quiet.is_unusual) == (72, False)


def test_a_missing_day_before_does_not_make_the_hours_rarer() -> None:
    called = {hour for hour in workdays(28, 9, 10) if hour.astimezone(AMSTERDAM).date() != dt.date(2026, 9, 21)}
    with_gap, told = after(called, 31), after(called, 31, masked=(21,))
    assert with_gap.surprise is not None
    assert told.surprise is not None
    assert told.surprise > with_gap.surprise


def test_a_program_that_calls_once_a_week_is_not_silent_after_six_days() -> None:
    called = {MONDAY + dt.timedelta(weeks=week, hours=9 + hour) for week in range(8) for hour in range(3)}
    quiet = after(called, 56)
    assert (quiet.hours, quiet.is_unusual) == (24 * 7 - 12, False)
    assert quiet.expected is not None
    assert quiet.expected < 1.5


def test_few_calls_have_no_rhythm() -> None:
    quiet = after(workdays(5, 9), 60)
    assert (quiet.surprise, quiet.chance, quiet.is_unusual) == (None, None, False)


def test_the_expected_hours_are_worked_out_from_the_same_hours_before() -> None:
    quiet = after(
        workdays(28, *range(24)), 29
    )  # every hour of four workweeks; then a weekend and a Monday without a call
    # 480 of the 624 hours from the first call to the last were active, and one look of doubt: 480 / 625.
    rate = 480 / 625
    # Each hour of a Monday: 4 of 4, with one look by the hour of workdays: 20 of 20, with one look by all hours.
    monday = (4 + (20 + rate) / 21) / 5
    # Each hour of the weekend: 0 of 3, and one look by the same hour of Saturdays or Sundays: 0 of 3, and one by all.
    weekend = (rate / 4) / 4
    assert quiet.hours == 72
    assert quiet.expected == pytest.approx(24 * monday + 48 * weekend, abs=0.005)
    assert quiet.surprise == pytest.approx(-24 * math.log(1 - monday) - 48 * math.log(1 - weekend), abs=0.005)
