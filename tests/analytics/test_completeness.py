"""Which hours of a stream are complete, thin or missing: streams as regular as clocks, so that it can be worked by hand."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse import Warehouse
from tests.analytics import completeness_by_hand
from tests.analytics.completeness_by_hand import AMSTERDAM, HOUR, Row
from tests.analytics.given import call, given_snapshot

Calls = list[dict[str, Any]]

MONDAY = dt.date(2026, 9, 7)
OFFICE = range(9, 17)


def local(day: dt.date, hour: int, *, fold: int = 0) -> dt.datetime:
    """An hour by the clock of Amsterdam, in UTC; fold=1 is the second one of that name in October."""
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM, fold=fold).astimezone(dt.UTC)


def calls_in(hour: dt.datetime, count: int, **said: Any) -> Calls:
    """So many calls in the second half of an hour."""
    return [call(**{"called_at": f"{hour + dt.timedelta(minutes=30, seconds=n)}"} | said) for n in range(count)]


def office(weeks: int, per_hour: int | Callable[[dt.date, int], int], *, since: dt.date = MONDAY, **said: Any) -> Calls:
    """Calls in the eight hours from 9 to 17 of every working day."""
    days = [since + dt.timedelta(weeks=week, days=day) for week in range(weeks) for day in range(5)]
    return [
        row
        for day in days
        for hour in OFFICE
        for row in calls_in(local(day, hour), per_hour if isinstance(per_hour, int) else per_hour(day, hour), **said)
    ]


def but(usual: int, *, on: dt.date, at: range = OFFICE, then: int = 0) -> Callable[[dt.date, int], int]:
    """The usual number of calls but for some hours of one day."""
    return lambda day, hour: then if day == on and hour in at else usual


def completeness(folder: Path, calls: Calls, scope: Scope | None = None) -> list[Row]:
    """The metric over these calls."""
    with Warehouse.over(given_snapshot(folder, calls), RegistryFiles()) as warehouse:
        return warehouse.metric("completeness", scope).rows()


def not_complete(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[4] != "complete"]


WEDNESDAY = dt.date(2026, 9, 16)
"""In the second of three weeks."""


def test_a_normal_week_is_complete_and_so_are_its_nights(tmp_path: Path) -> None:
    rows = completeness(tmp_path, office(3, 4))
    # from Monday 9:00 to the last Friday 16:00: 18 days and 8 hours
    assert len(rows) == 18 * 24 + 8
    assert not_complete(rows) == []
    wednesday = {hour.astimezone(AMSTERDAM).hour: (calls, expected) for _, hour, calls, expected, _ in rows
                 if hour.astimezone(AMSTERDAM).date() == WEDNESDAY}  # fmt: skip
    assert wednesday == {hour: (4, 4.0) if hour in OFFICE else (0, 0.0) for hour in range(24)}


def test_a_missing_day_is_missing_in_its_busy_hours_and_its_nights_are_quiet(tmp_path: Path) -> None:
    rows = completeness(tmp_path, office(3, but(4, on=WEDNESDAY)))
    # 8 hours of 4 calls, the median of the other two weeks: 32 calls, p(0) = 1e-14
    assert not_complete(rows) == [("gateway", local(WEDNESDAY, hour), 0, 4.0, "missing") for hour in OFFICE]


@pytest.mark.parametrize(("per_hour", "state"), [(10, "missing"), (9, "complete")])
def test_an_hour_is_missing_where_silence_is_no_chance(tmp_path: Path, per_hour: int, state: str) -> None:
    rows = completeness(tmp_path, office(3, but(per_hour, on=WEDNESDAY, at=range(11, 12))))
    # p(0) is e^-10 = 1 in 22,000 of ten expected calls, and 1 in 8,100 of nine
    at_eleven = [row for row in rows if row[1] == local(WEDNESDAY, 11)]
    assert at_eleven == [("gateway", local(WEDNESDAY, 11), 0, float(per_hour), state)]
    assert not_complete(rows) == (at_eleven if state == "missing" else [])


@pytest.mark.parametrize(
    ("usual", "calls", "state"),
    [
        (30, 8, "thin"),  # 2 * (5.48 - 2.83) = 5.30 standard deviations
        (30, 9, "complete"),  # 2 * (5.48 - 3.00) = 4.96
        (100, 30, "thin"),
        (100, 50, "complete"),  # 5.9 standard deviations, but the others do not have more than twice as many
        (8, 1, "complete"),  # 2 * (2.83 - 1.00) = 3.66
    ],
)
def test_an_hour_is_thin_when_it_is_far_below_the_others(tmp_path: Path, usual: int, calls: int, state: str) -> None:
    def per_hour(day: dt.date, hour: int) -> int:
        return (calls if day == WEDNESDAY else usual) if hour == 11 else 1

    rows = completeness(tmp_path, office(3, per_hour))
    assert [row[2:] for row in rows if row[1] == local(WEDNESDAY, 11)] == [(calls, float(usual), state)]
    assert {row[1] for row in not_complete(rows)} == ({local(WEDNESDAY, 11)} if state == "thin" else set())


@pytest.mark.parametrize(("changed", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)])
def test_the_clock_goes_forward_and_back_and_nothing_is_missing(tmp_path: Path, changed: dt.date, hours: int) -> None:
    first = changed - dt.timedelta(days=13)
    days = [first + dt.timedelta(days=number) for number in range(28)]
    at_nine = [row for day in days for row in calls_in(local(day, 9), 12)]
    # what runs at 2:30 at night runs at 3:30 summer time where there is no 2:30, and once where there are two
    nightly = [row for day in days for row in calls_in(local(day, 2), 12)]
    rows = completeness(tmp_path, at_nine + nightly)
    assert not_complete(rows) == []
    expected = {hour: count for _, hour, _, count, _ in rows}
    assert {expected[local(day, 9)] for day in days} == {12.0}
    assert {expected[local(day, 8)] for day in days} == {0.0}
    assert sum(hour.astimezone(AMSTERDAM).date() == changed for hour in expected) == hours


def test_a_missing_hour_after_the_change_of_the_clock_is_found_at_its_local_time(tmp_path: Path) -> None:
    rows = completeness(
        tmp_path, office(4, but(12, on=dt.date(2026, 10, 28), at=range(11, 12)), since=dt.date(2026, 10, 12))
    )
    assert not_complete(rows) == [("gateway", dt.datetime(2026, 10, 28, 10, tzinfo=dt.UTC), 0, 12.0, "missing")]


@pytest.mark.parametrize("per_week", [[2, 4, 8, 16, 24, 32], [32, 24, 16, 8, 4, 2]])
def test_a_stream_that_grows_or_shrinks_is_complete(tmp_path: Path, per_week: list[int]) -> None:
    rows = completeness(tmp_path, office(6, lambda day, _: per_week[(day - MONDAY).days // 7]))
    assert not_complete(rows) == []
    # Growing, the first week looks at the four after it: 4, 8, 16, 24; the fifth at the others: 2, 4, 8, 16, 32.
    mondays = [local(MONDAY + dt.timedelta(weeks=week), 10) for week in range(6)]
    expected = [row[3] for row in rows if row[1] in mondays]
    growing = [12.0, 16.0, 16.0, 8.0, 8.0, 12.0]
    assert expected == (growing if per_week[0] == 2 else growing[::-1])


def test_weeks_without_a_call_are_missing_and_teach_nothing(tmp_path: Path) -> None:
    first, after = office(2, 3), office(2, 3, since=MONDAY + dt.timedelta(weeks=8))
    missing = not_complete(completeness(tmp_path, first + after))
    assert len(missing) == 6 * 5 * 8
    assert {row[2:] for row in missing} == {(0, 3.0, "missing")}


def test_a_stream_that_lags_behind_is_missing_until_the_last_call_of_the_lake(tmp_path: Path) -> None:
    behind = office(2, 4, stream="behind") + office(
        1, but(4, on=dt.date(2026, 9, 25)), since=dt.date(2026, 9, 21), stream="behind"
    )
    rows = completeness(tmp_path, office(3, 4, stream="ahead") + behind)
    friday = dt.date(2026, 9, 25)
    assert not_complete(rows) == [("behind", local(friday, hour), 0, 4.0, "missing") for hour in OFFICE]
    assert rows[-1][:2] == ("behind", local(friday, 16))


@pytest.mark.parametrize(("weeks", "missing"), [(6, 4 * 5 * 8), (7, 0)])
def test_a_stream_that_has_been_silent_for_four_weeks_has_ended(tmp_path: Path, weeks: int, missing: int) -> None:
    rows = completeness(tmp_path, office(weeks, 2, stream="ahead") + office(2, 2, stream="ended"))
    assert len(not_complete(rows)) == missing
    assert {row[::4] for row in not_complete(rows)} <= {("ended", "missing")}
    last = max(row[1] for row in rows if row[0] == "ended")
    assert last == local(dt.date(2026, 10, 16) if missing else dt.date(2026, 9, 18), 16)


@pytest.mark.parametrize(("begins", "missing"), [(dt.date(2026, 9, 22), 0), (dt.date(2026, 9, 23), 9 * 8)])
def test_a_stream_that_ends_within_a_day_of_anothers_beginning_was_renamed(
    tmp_path: Path, begins: dt.date, missing: int
) -> None:
    # The old one ends on Monday the 21st at 16:00, the new one begins on Tuesday or Wednesday at 9:00.
    tuesday = dt.date(2026, 9, 22)
    old = [row | {"stream": "access.log"} for row in office(4, 4) if row["day"] < tuesday]
    new = [row | {"stream": "server-access.log"} for row in office(4, 4) if row["day"] >= begins]
    rows = completeness(tmp_path, old + new)
    assert len(not_complete(rows)) == missing
    last = max(row[1] for row in rows if row[0] == "access.log")
    assert last == local(dt.date(2026, 10, 2) if missing else dt.date(2026, 9, 21), 16)


def test_a_holiday_is_thin_and_not_missing(tmp_path: Path) -> None:
    # On Wednesday both streams have one call an hour before noon instead of six, and none afterwards.
    def holiday(day: dt.date, hour: int) -> int:
        return (1 if hour < 12 else 0) if day == WEDNESDAY else 6

    calls = office(3, holiday, stream="one") + office(3, holiday, stream="two")
    silent = [(name, local(WEDNESDAY, hour), 0, 6.0, "thin") for hour in range(12, 17) for name in ("one", "two")]
    assert not_complete(completeness(tmp_path, calls)) == silent
    # Where only one of the two is silent, its log is missing.
    calls = office(3, holiday, stream="one") + office(3, 6, stream="two")
    assert {row[::4] for row in not_complete(completeness(tmp_path, calls))} == {("one", "missing")}


def test_a_log_that_stops_in_the_morning_makes_no_holiday(tmp_path: Path) -> None:
    def stops(day: dt.date, hour: int) -> int:
        return (1 if hour == 9 else 0) if day == WEDNESDAY else 30

    states = [
        (row[1].astimezone(AMSTERDAM).hour, row[4]) for row in not_complete(completeness(tmp_path, office(3, stops)))
    ]
    assert states == [(9, "thin"), *((hour, "missing") for hour in range(10, 17))]


def test_the_hours_that_the_logs_begin_and_end_in_are_not_thin(tmp_path: Path) -> None:
    first, last = local(MONDAY, 9), local(dt.date(2026, 9, 25), 16)

    def cut(day: dt.date, hour: int) -> int:
        return 1 if local(day, hour) in {first, last} else 40

    rows = completeness(tmp_path, office(3, cut))
    assert not_complete(rows) == []
    assert (rows[0][1:4], rows[-1][1:4]) == ((first, 1, 40.0), (last, 1, 40.0))


def test_what_comes_in_bursts_is_silent_now_and_then(tmp_path: Path) -> None:
    # 30 calls an hour, but one to five bursts of ten: an hour without is no surprise. Of steady calls it is.
    chance = random.Random(7)
    silence = but(30, on=WEDNESDAY, at=range(11, 12))

    def bursting(day: dt.date, hour: int) -> int:
        return silence(day, hour) and 10 * chance.choice((1, 2, 3, 4, 5))

    assert not_complete(completeness(tmp_path, office(6, bursting))) == []
    assert [row[1] for row in not_complete(completeness(tmp_path, office(6, silence)))] == [local(WEDNESDAY, 11)]


@pytest.mark.parametrize(
    "scope",
    [
        {"since": "2026-09-16", "until": "2026-09-17"},
        {"since": "2026-09-15", "stream": "gateway", "environment": "test"},
        {"until": "2026-09-18", "partner": "7654321", "connector": "nothing"},
    ],
)
def test_what_an_hour_is_does_not_depend_on_what_is_asked(tmp_path: Path, scope: dict[str, str]) -> None:
    calls = office(3, but(4, on=WEDNESDAY)) + office(3, 5, stream="other", environment="test")
    asked = Scope.parse(scope)
    expected = [
        row
        for row in completeness(tmp_path, calls)
        for day in [row[1].astimezone(AMSTERDAM).date()]
        if (asked.since is None or asked.since <= day)
        and (asked.until is None or day < asked.until)
        and asked.stream in {None, row[0]}
    ]
    assert expected
    assert completeness(tmp_path, calls, asked) == expected


def test_the_sql_says_what_following_the_rules_by_hand_says(tmp_path: Path) -> None:
    """Four streams over seven weeks around the end of summer time, with what can happen to logs."""
    chance = random.Random(20261025)
    since = dt.datetime(2026, 9, 20, 22, tzinfo=dt.UTC)
    holiday, renamed_at = dt.date(2026, 10, 14), dt.datetime(2026, 10, 20, 10, tzinfo=dt.UTC)
    calls: Calls = []
    for number in range(7 * 168):
        hour = since + number * HOUR
        clock = hour.astimezone(AMSTERDAM)
        level = (0.1 if clock.date() == holiday else 1.0) * (1.0 if clock.weekday() < 5 else 0.2)
        busy = level * (4.0 if 8 <= clock.hour < 18 else 0.4)
        usual = {"first": busy, "lags": busy, "before" if hour < renamed_at else "after": busy / 2}
        for name, mean in usual.items():
            missing_day, lag = clock.date() == dt.date(2026, 10, 7), number > 7 * 168 - 60
            gone = missing_day if name == "first" else lag if name == "lags" else False
            part = 0.05 if name == "first" and clock.date() == dt.date(2026, 11, 3) else 1.0
            count = 0 if gone else sum(chance.random() < part * mean / 16 for _ in range(16 * 4))
            calls += calls_in(hour, count, stream=name)
    expected = completeness_by_hand.completeness([(row["stream"], row["called_at"]) for row in calls])
    assert {row[4] for row in expected} == {"complete", "thin", "missing"}
    assert completeness(tmp_path, calls) == expected
