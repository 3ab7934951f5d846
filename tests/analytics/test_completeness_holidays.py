"""Holidays: a day on which offices are closed is no gap, and a silent day on which they are open is one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import analytics
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import AMSTERDAM, given_snapshot
from tests.analytics.office_logs import (
    OFFICE,
    WEDNESDAY,
    but,
    calls_in,
    completeness,
    local,
    not_complete,
    office,
)


def test_a_holiday_is_thin_and_not_missing(tmp_path: Path) -> None:
    # On Wednesday both streams have one call an hour before noon instead of six, and none afterwards.
    def holiday(day: dt.date, hour: int) -> int:
        return (1 if hour < 12 else 0) if day == WEDNESDAY else 6

    calls = office(3, holiday, stream="one") + office(3, holiday, stream="two")
    # A day with 3 calls instead of 48 is thin in all of its hours: 2 * (6.93 - 1.73) = 10.4 standard deviations.
    thin = [
        (name, local(WEDNESDAY, hour), 1 if hour < 12 else 0, 6.0, "thin", "holiday")
        for hour in OFFICE
        for name in ("one", "two")
    ]
    assert not_complete(completeness(tmp_path, calls)) == thin
    # Where only one of the two is silent, its log is missing from noon on.
    calls = office(3, holiday, stream="one") + office(3, 6, stream="two")
    assert not_complete(completeness(tmp_path, calls)) == [
        ("one", local(WEDNESDAY, hour), *((1, 6.0, "thin", "low") if hour < 12 else (0, 6.0, "missing", "silent")))
        for hour in OFFICE
    ]


def test_a_log_that_stops_in_the_morning_makes_no_holiday(tmp_path: Path) -> None:
    def stops(day: dt.date, hour: int) -> int:
        return (1 if hour == 9 else 0) if day == WEDNESDAY else 30

    states = [
        (row[1].astimezone(AMSTERDAM).hour, row[4]) for row in not_complete(completeness(tmp_path, office(3, stops)))
    ]
    assert states == [(9, "thin"), *((hour, "missing") for hour in range(10, 17))]


def test_the_first_morning_after_a_holiday_does_not_pay_for_it(tmp_path: Path) -> None:
    # One log of twelve calls an hour; Whit Monday is silent, and on Tuesday people begin at ten.
    whit_monday = dt.date(2026, 5, 25)
    tuesday = whit_monday + dt.timedelta(days=1)

    def per_hour(day: dt.date, hour: int) -> int:
        return 0 if day == whit_monday or (day == tuesday and hour == 9) else 9

    rows = not_complete(completeness(tmp_path, office(5, per_hour, since=dt.date(2026, 5, 11))))
    assert rows == [("gateway", local(whit_monday, hour), 0, 9.0, "thin", "holiday") for hour in OFFICE]


@pytest.mark.parametrize(
    ("day", "is_holiday"),
    [
        (dt.date(2026, 4, 3), True),  # Good Friday
        (dt.date(2026, 4, 6), True),  # Easter Monday
        (dt.date(2026, 4, 27), True),  # King's Day
        (dt.date(2026, 5, 5), True),
        (dt.date(2026, 5, 14), True),  # Ascension Day
        (dt.date(2026, 5, 15), True),
        (dt.date(2026, 5, 25), True),  # Whit Monday
        (dt.date(2026, 4, 7), False),
        (dt.date(2026, 5, 4), False),
        (dt.date(2026, 5, 18), False),
    ],
)
def test_a_public_holiday_in_a_lake_with_one_log_is_no_gap(tmp_path: Path, day: dt.date, is_holiday: bool) -> None:  # noqa: FBT001 - a parameter of the test
    rows = not_complete(completeness(tmp_path, office(14, but(6, on=day), since=dt.date(2026, 3, 2))))
    assert {row[1].astimezone(AMSTERDAM).date() for row in rows} == {day}
    assert {row[4:] for row in rows} == {("thin", "holiday") if is_holiday else ("missing", "silent")}


@pytest.mark.parametrize(
    "easter",
    ["2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28",
     "2038-04-25", "2049-04-18", "2076-04-19"],
)  # fmt: skip
def test_easter_is_where_the_calendar_has_it(tmp_path: Path, easter: str) -> None:
    sunday = dt.date.fromisoformat(easter)
    year = [dt.date(sunday.year, 1, 1), dt.date(sunday.year, 12, 31)]
    calls = [row for day in year for row in calls_in(local(day, 12), 1)]
    with Warehouse.over(given_snapshot(tmp_path, calls), RegistryFiles()) as warehouse:
        folder = Path(str(analytics.__file__)).parent / "completeness" / "steps"
        steps = ", ".join(
            f"{name} as ({(folder / f'{name}.sql').read_text(encoding='utf-8')})"
            for name in ("heard", "calendar", "holidays")
        )
        found = set(warehouse.query(f"with {steps} from holidays", scope=Scope())["day"])
    king = dt.date(sunday.year, 4, 26 if dt.date(sunday.year, 4, 27).weekday() == 6 else 27)
    moving = {sunday + dt.timedelta(days=days) for days in (-2, 0, 1, 39, 40, 49, 50)}
    december = {dt.date(sunday.year, 12, day) for day in range(24, 32)}
    assert found == moving | december | {king, dt.date(sunday.year, 1, 1), dt.date(sunday.year, 5, 5)}


def test_where_other_logs_are_as_usual_a_day_of_the_calendar_is_no_holiday(tmp_path: Path) -> None:
    easter_monday = dt.date(2026, 4, 6)
    busy = office(6, 6, since=dt.date(2026, 3, 16), stream="shops")
    silent = office(6, but(6, on=easter_monday), since=dt.date(2026, 3, 16), stream="gateway")
    assert {(row[0], row[4]) for row in not_complete(completeness(tmp_path, busy + silent))} == {("gateway", "missing")}


@pytest.mark.parametrize(
    ("day", "why"),
    [(dt.date(2026, 4, 6), ("thin", "holiday")), (dt.date(2026, 4, 8), ("missing", "silent"))],
    ids=["Easter Monday", "a Wednesday"],
)
def test_a_job_that_runs_every_day_tells_nothing_of_offices(tmp_path: Path, day: dt.date, why: tuple[str, str]) -> None:
    since = dt.date(2026, 3, 16)
    jobs = [
        row
        for number in range(42)
        for hour in range(0, 24, 2)
        for row in calls_in(local(since + dt.timedelta(days=number), hour), 6, stream="jobs")
    ]
    silent = office(6, but(6, on=day), since=since)
    rows = not_complete(completeness(tmp_path, jobs + silent))
    assert [(row[0], row[1]) for row in rows] == [("gateway", local(day, hour)) for hour in OFFICE]
    assert {row[4:] for row in rows} == {why}
    # Two offices that are silent both do not tell of each other; one that works does.
    second = office(6, but(6, on=day), since=since, stream="shops")
    rows = not_complete(completeness(tmp_path, jobs + silent + second))
    assert {(row[0], *row[4:]) for row in rows} == {("gateway", *why), ("shops", *why)}
    rows = not_complete(completeness(tmp_path, jobs + silent + office(6, 6, since=since, stream="shops")))
    assert {(row[0], *row[4:]) for row in rows} == {("gateway", "missing", "silent")}


def test_what_works_on_sundays_works_on_holidays(tmp_path: Path) -> None:
    # Two jobs that run for two hours a night are too few hours to tell; the log itself is as busy at weekends.
    easter_monday, since = dt.date(2026, 4, 6), dt.date(2026, 3, 16)
    days = [since + dt.timedelta(days=number) for number in range(42)]
    jobs = [row for day in days for hour in (2, 3) for row in calls_in(local(day, hour), 6, stream="jobs")]
    shops = [
        row
        for day in days
        if day != easter_monday
        for hour in OFFICE
        for row in calls_in(local(day, hour), 6, stream="shops")
    ]
    for name, calls in {"alone": shops, "beside jobs": shops + jobs}.items():
        (tmp_path / name).mkdir()
        rows = not_complete(completeness(tmp_path / name, calls))
        assert {(row[0], *row[4:]) for row in rows} == {("shops", "missing", "silent")}


def test_offices_tell_of_a_job_that_runs_every_day_as_before(tmp_path: Path) -> None:
    # The offices have one call an hour instead of six on that Wednesday, which is no holiday of the calendar.
    since = dt.date(2026, 3, 16)
    jobs = [
        row
        for number in range(42)
        for hour in range(0, 24, 2)
        if (day := since + dt.timedelta(days=number)) != dt.date(2026, 4, 8)
        for row in calls_in(local(day, hour), 6, stream="jobs")
    ]
    quiet = office(6, but(6, on=dt.date(2026, 4, 8), then=1), since=since)
    rows = not_complete(completeness(tmp_path, jobs + quiet))
    assert {(row[0], *row[4:]) for row in rows} == {("jobs", "thin", "holiday"), ("gateway", "thin", "low")}


def test_a_stream_is_no_witness_of_its_own_holiday(tmp_path: Path) -> None:
    # Three hours of a few calls, then nothing: its own level is a third, and nobody else is there.
    def stops(day: dt.date, hour: int) -> int:
        return (10 if hour < 12 else 0) if day == WEDNESDAY else 30

    rows = not_complete(completeness(tmp_path, office(3, stops)))
    assert {row[4:] for row in rows if row[2] == 0} == {("missing", "silent")}
