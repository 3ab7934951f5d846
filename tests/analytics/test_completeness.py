"""The hours of a stream are complete, thin or missing. The streams are as regular as clocks, so that the results are worked by hand."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from analytics.scope import Scope
from tests.analytics.given import AMSTERDAM
from tests.analytics.office_logs import (
    JUNE,
    MONDAY,
    OFFICE,
    WEDNESDAY,
    Calls,
    but,
    calls_in,
    completeness,
    daily,
    local,
    not_complete,
    office,
)

HOUR = dt.timedelta(hours=1)


def test_a_normal_week_is_complete_and_so_are_its_nights(tmp_path: Path) -> None:
    rows = completeness(tmp_path, office(3, 4))
    # from Monday 9:00 to the last Friday 16:00: 18 days and 8 hours
    assert len(rows) == 18 * 24 + 8
    assert not_complete(rows) == []
    wednesday = {hour.astimezone(AMSTERDAM).hour: (calls, expected) for _, hour, calls, expected, *_ in rows
                 if hour.astimezone(AMSTERDAM).date() == WEDNESDAY}  # fmt: skip
    assert wednesday == {hour: (4, 4.0) if hour in OFFICE else (0, 0.0) for hour in range(24)}


def test_a_missing_day_is_missing_in_its_busy_hours_and_its_nights_are_quiet(tmp_path: Path) -> None:
    rows = completeness(tmp_path, office(3, but(4, on=WEDNESDAY)))
    # 8 hours of 4 calls, the median of the other two weeks: 32 calls, p(0) = 1e-14
    assert not_complete(rows) == [("gateway", local(WEDNESDAY, hour), 0, 4.0, "missing", "silent") for hour in OFFICE]


@pytest.mark.parametrize(("per_hour", "state"), [(10, "missing"), (9, "complete")])
def test_an_hour_is_missing_where_silence_is_no_chance(tmp_path: Path, per_hour: int, state: str) -> None:
    rows = completeness(tmp_path, office(3, but(per_hour, on=WEDNESDAY, at=range(11, 12))))
    # p(0) is e^-10 = 1 in 22,000 of ten expected calls, and 1 in 8,100 of nine
    at_eleven = [row for row in rows if row[1] == local(WEDNESDAY, 11)]
    why = "silent" if state == "missing" else None
    assert at_eleven == [("gateway", local(WEDNESDAY, 11), 0, float(per_hour), state, why)]
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
    assert [row[2:] for row in rows if row[1] == local(WEDNESDAY, 11)] == [
        (calls, float(usual), state, "low" if state == "thin" else None)
    ]
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
    expected = {hour: count for _, hour, _, count, *_ in rows}
    # expected is the lesser of what the local clock and UTC say, and by UTC most of the other weeks have their calls elsewhere
    assert {expected[local(day, 9)] for day in days} <= {0.0, 12.0}
    assert {expected[local(day, 8)] for day in days} == {0.0}
    assert sum(hour.astimezone(AMSTERDAM).date() == changed for hour in expected) == hours


def test_a_missing_hour_after_the_change_of_the_clock_is_found_at_its_local_time(tmp_path: Path) -> None:
    rows = completeness(
        tmp_path, office(4, but(12, on=dt.date(2026, 10, 28), at=range(11, 12)), since=dt.date(2026, 10, 12))
    )
    at_eleven = dt.datetime(2026, 10, 28, 10, tzinfo=dt.UTC)
    assert not_complete(rows) == [("gateway", at_eleven, 0, 12.0, "missing", "silent")]


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
    june = dt.date(2026, 6, 1)
    first, after = office(2, 3, since=june), office(2, 3, since=june + dt.timedelta(weeks=8))
    missing = not_complete(completeness(tmp_path, first + after))
    assert len(missing) == 6 * 5 * 8
    assert {row[2:] for row in missing} == {(0, 3.0, "missing", "silent")}


def test_a_silence_of_more_than_eight_weeks_is_missing_as_a_whole(tmp_path: Path) -> None:
    # From Friday 12 June 17:00 to Monday 17 August 9:00: of the weeks in the middle, no week near enough says what is usual.
    june = dt.date(2026, 6, 1)
    first, after = office(2, 3, since=june), office(2, 3, since=june + dt.timedelta(weeks=11))
    rows = not_complete(completeness(tmp_path, first + after))
    assert (rows[0][1], rows[-1][1]) == (local(dt.date(2026, 6, 12), 17), local(dt.date(2026, 8, 17), 8))
    assert len(rows) == 65 * 24 + 16
    assert {row[2] for row in rows} == {0}
    assert {row[4:] for row in rows} == {("missing", "silent")}
    assert {row[3] for row in rows} == {3.0, 0.0}


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


# -- the clock, and holidays


@pytest.mark.parametrize("changed", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_job_that_follows_utc_is_whole_when_the_clock_has_changed(tmp_path: Path, changed: dt.date) -> None:
    first = changed - dt.timedelta(days=27)
    at_one = [dt.datetime(day.year, day.month, day.day, 1, tzinfo=dt.UTC) for number in range(56)
              for day in [first + dt.timedelta(days=number)]]  # fmt: skip
    rows = completeness(tmp_path, [row for hour in at_one for row in calls_in(hour, 30)])
    assert not_complete(rows) == []


@pytest.mark.parametrize("weeks", [4, 20])
def test_a_job_in_the_hour_that_comes_twice_runs_once_and_is_whole(tmp_path: Path, weeks: int) -> None:
    """At half past two by the local clock: in the night of 25 October it runs in the first of the two hours."""
    first = dt.date(2026, 10, 25) - dt.timedelta(weeks=weeks)
    at_two = [local(first + dt.timedelta(days=number), 2) for number in range(7 * (weeks + 4))]
    assert not_complete(completeness(tmp_path, [row for hour in at_two for row in calls_in(hour, 20)])) == []


@pytest.mark.parametrize("changed", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_night_that_a_job_did_not_run_is_found_on_either_side_of_the_change(tmp_path: Path, changed: dt.date) -> None:
    for away in (-9, 9):
        missed = changed + dt.timedelta(days=away)
        days = [changed + dt.timedelta(days=number) for number in range(-27, 29)]
        calls = [row for day in days if day != missed for row in calls_in(local(day, 4), 30)]
        found = not_complete(completeness(tmp_path, calls))
        assert {row[1].astimezone(AMSTERDAM).date() for row in found} == {missed}
        assert {row[4] for row in found} == {"missing"}
        assert sum(row[3] or 0.0 for row in found) == pytest.approx(30, rel=0.05)


@pytest.mark.parametrize("changed", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
@pytest.mark.parametrize("by_utc", [False, True], ids=["local", "utc"])
@pytest.mark.parametrize("after", [0, 3, 6, 9, 16])
def test_the_last_nights_before_the_logs_end_are_missed_however_soon_after_the_change(
    tmp_path: Path,
    changed: dt.date,
    by_utc: bool,  # noqa: FBT001 - a parameter of the test
    after: int,
) -> None:
    """A job of two hours, twelve calls a night, in a log that is busy from 7 to 19 local time; three nights are lost."""
    first, lost = changed - dt.timedelta(weeks=8), [changed + dt.timedelta(days=after + nth) for nth in (1, 2, 3)]
    calls: Calls = []
    for number in range((lost[-1] - first).days + 1):
        day = first + dt.timedelta(days=number)
        calls += [row for hour in range(7, 19) for row in calls_in(local(day, hour), 2)]
        nights = [dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC) for hour in (2, 3)]
        if day not in lost:
            calls += [row for hour in nights for row in calls_in(hour if by_utc else local(day, 1 + hour.hour), 6)]
    found = not_complete(completeness(tmp_path, calls))
    assert {row[1].astimezone(AMSTERDAM).date() for row in found} == set(lost)
    assert sum(row[3] or 0.0 for row in found) == pytest.approx(36)


@pytest.mark.parametrize("changed", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
@pytest.mark.parametrize(
    ("of_local", "of_utc"), [((3,), (3,)), ((6, 18), (2, 17)), ((0, 1, 22), (4, 5, 23)), ((9,), range(8))]
)
def test_jobs_by_the_local_clock_and_by_utc_are_whole_side_by_side(
    tmp_path: Path, changed: dt.date, of_local: Sequence[int], of_utc: Sequence[int]
) -> None:
    """Whatever clock is believed, the jobs of the other one stand one hour beside, and no silence pays for that."""
    calls: Calls = []
    for number in range(-50, 50):
        day = changed + dt.timedelta(days=number)
        if day != changed:
            calls += [row for hour in of_local for row in calls_in(local(day, hour), 15)]
            calls += [
                row
                for hour in of_utc
                for row in calls_in(dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC), 15)
            ]
    calls = [row for row in calls if row["day"] < changed + dt.timedelta(days=49)]
    assert {row[1].astimezone(AMSTERDAM).date() for row in not_complete(completeness(tmp_path, calls))} <= {changed}


# -- a part of the week


@pytest.mark.parametrize("days", [10, 24, 31, 45, 56])
def test_afternoons_that_are_not_loaded_stay_missing_until_the_logs_end(tmp_path: Path, days: int) -> None:
    end = JUNE + dt.timedelta(weeks=14)
    lost = [end - dt.timedelta(days=1 + number) for number in range(days)]
    calls = office(14, lambda day, hour: 0 if day in lost and hour >= 13 else 4, since=JUNE)
    missing = {row[1] for row in not_complete(completeness(tmp_path, calls)) if row[4] == "missing"}
    afternoons = {local(day, hour) for day in lost if day.weekday() < 5 for hour in range(13, 17)}
    # the logs end with the last morning
    assert missing == {hour for hour in afternoons if hour < local(end - dt.timedelta(days=3), 13)}


@pytest.mark.parametrize("weeks", [1, 3, 4, 6, 8])
def test_a_hole_in_the_week_that_has_ended_stays_missing(tmp_path: Path, weeks: int) -> None:
    begin = JUNE + dt.timedelta(weeks=5)
    for weekdays, hours in (((0, 1, 2, 3, 4), range(13, 17)), ((1, 2), OFFICE)):
        lost = {
            (begin + dt.timedelta(weeks=week, days=day), hour)
            for week in range(weeks)
            for day in weekdays
            for hour in hours
        }

        def per_hour(day: dt.date, hour: int, lost: set[tuple[dt.date, int]] = lost) -> int:
            return 0 if (day, hour) in lost else 4

        found = not_complete(completeness(tmp_path, office(19, per_hour, since=JUNE)))
        assert {row[1:] for row in found} == {(local(day, hour), 0, 4.0, "missing", "silent") for day, hour in lost}


@pytest.mark.parametrize(("calls", "nights", "missing"), [(3, 4, 0), (3, 5, 5), (5, 3, 3), (3, 35, 35), (8, 20, 20)])
@pytest.mark.parametrize("changed", [None, dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_job_of_a_few_calls_is_missed_night_after_night(
    tmp_path: Path, calls: int, nights: int, missing: int, changed: dt.date | None
) -> None:
    """Three calls are no surprise in one night. Five nights without any are: p(0) of fifteen calls is 1 in 3,000,000."""
    begin = changed or JUNE + dt.timedelta(weeks=8)
    lost = [begin + dt.timedelta(days=number) for number in range(nights)]
    rows: Calls = []
    for number in range(-56, nights):
        day = begin + dt.timedelta(days=number)
        rows += [row for hour in range(9, 17) for row in calls_in(local(day, hour), 2)]
        if day not in lost:
            rows += calls_in(local(day, 5), calls)
    found = not_complete(completeness(tmp_path, rows))
    # On holidays, too: the log is as busy on Sundays as on workdays.
    assert {row[1].astimezone(AMSTERDAM).date() for row in found} == set(lost[:missing])
    assert all(row[1].astimezone(AMSTERDAM).hour == 5 for row in found)


@pytest.mark.parametrize("per_day", [5, 60])
def test_weekends_that_are_not_loaded_stay_missing(tmp_path: Path, per_day: int) -> None:
    """Also where a day shows nothing in its hours: five calls a day are ten a weekend."""
    lost = [JUNE + dt.timedelta(weeks=week, days=day) for week in range(9, 14) for day in (5, 6)]
    calls = daily(JUNE, 7 * 14 + 2, lambda day: 0 if day in lost else per_day)
    missing = {
        row[1].astimezone(AMSTERDAM).date()
        for row in not_complete(completeness(tmp_path, calls))
        if row[4] == "missing"
    }
    # with the Monday behind each, whose first hours belong to the same silence
    assert set(lost) <= missing <= {*lost, *(day + dt.timedelta(days=1) for day in lost)}


def test_what_was_given_up_nine_weeks_ago_is_how_the_log_is(tmp_path: Path) -> None:
    end = JUNE + dt.timedelta(weeks=16)
    calls = office(16, lambda day, hour: 0 if (end - day).days <= 70 and hour >= 13 else 4, since=JUNE)
    assert not_complete(completeness(tmp_path, calls)) == []


@pytest.mark.parametrize("nights", [(0,), (0, 1), (0, 2)])
def test_what_ran_once_or_twice_is_no_rhythm(tmp_path: Path, nights: Sequence[int]) -> None:
    """A first load of everything, in the nights of the first weeks or in the middle."""
    for begin in (0, 6):
        days = [MONDAY + dt.timedelta(weeks=begin + week) for week in nights]
        once = [row for day in days for row in calls_in(local(day, 22), 200)]
        assert not_complete(completeness(tmp_path, office(12, 4) + once)) == []
