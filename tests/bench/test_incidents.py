"""The bench of incidents: what the simple rules say of counts, and how what was found is compared with what was made."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.incidents.course import HOUR
from analytics.warehouse.warehouse import Warehouse
from bench.incidents.baselines import DAY, Alarm, alarms, counted_errors, ears_c2, first_hour, three_sigma
from bench.incidents.comparing import Compared, comparison
from bench.incidents.evaluating import Sized, evaluate
from bench.incidents.faults import Fault
from tests.analytics.given import call, given_lake

WEEK = (0, 2, 0, 2, 0, 2, 1)
"""Their mean is 1 and their standard deviation 1, so more than 4 are too many."""
NINE = 9 * HOUR
NOON = dt.datetime(2026, 9, 7, 12, tzinfo=dt.UTC)


def _by_hour(counts: tuple[int, ...], hour: int = NINE) -> dict[int, int]:
    """These counts in one hour of each day since the first."""
    return {day * DAY + hour: count for day, count in enumerate(counts) if count}


@pytest.mark.parametrize(("count", "least", "times"), [(4, 1, 0), (5, 1, 1), (10, 10, 0), (11, 10, 1)])
def test_three_sigma_compares_with_the_same_hour_of_the_days_before(count: int, least: int, times: int) -> None:
    errors = _by_hour((*WEEK, count)) | {5 * DAY + NINE + HOUR: 50}  # another hour of the day says nothing
    at = 7 * DAY + NINE
    assert [one.since for one in three_sigma(errors, 0, least) if one.since == at] == [at] * times


def test_three_sigma_looks_back_four_weeks_and_needs_one() -> None:
    assert list(three_sigma(_by_hour((0, 0, 0, 0, 0, 0, 9)), 0, 1)) == []
    # 29 days ago is too long ago; a mean of 0 and no deviation make one error too many
    errors = {NINE: 1000, 29 * DAY + NINE: 1}
    assert [one.since for one in three_sigma(errors, 0, 1)] == [29 * DAY + NINE]
    errors = {DAY + NINE: 1000, 29 * DAY + NINE: 1}
    assert list(three_sigma(errors, 0, 1)) == []


@pytest.mark.parametrize(("count", "least", "times"), [(4, 1, 0), (5, 1, 1), (10, 10, 0), (11, 10, 1)])
def test_c2_compares_with_the_week_that_ended_two_days_before(count: int, least: int, times: int) -> None:
    errors = _by_hour((*WEEK, 100, 100, count))
    days = [one.since // DAY for one in ears_c2(errors, 0, least)]
    assert days == [9] * times
    assert list(ears_c2(errors, DAY, least)) == []  # the logs are too young


def test_c2_is_known_in_the_hour_in_which_the_day_has_too_many() -> None:
    errors = _by_hour(WEEK) | {9 * DAY: 3, 9 * DAY + 5 * HOUR: 2, 9 * DAY + 8 * HOUR: 40}
    [one] = ears_c2(errors, 0, 1)
    assert (one.since, one.until, one.known, one.score) == (9 * DAY, 10 * DAY, 9 * DAY + 6 * HOUR, 44)
    [one] = ears_c2(errors, 0, 10)
    assert one.known == 9 * DAY + 9 * HOUR


def test_hours_within_six_hours_are_one_alarm() -> None:
    first = 20 * DAY
    errors = {first: 5, first + 7 * HOUR: 6, first + 15 * HOUR: 7}
    found = alarms({("1001_1", None, "content"): errors}, three_sigma, first=0, least=1)
    at = [dt.datetime.fromtimestamp(first + hours * HOUR, dt.UTC) for hours in (0, 1, 8, 15, 16)]
    assert [(one.started_at, one.opened_at, one.ended_at, one.score) for one in found] == [
        (at[0], at[1], at[2], 11),
        (at[3], at[4], at[4], 7),
    ]


def test_errors_are_counted_by_place_class_and_hour(tmp_path: Path) -> None:
    rows = [
        call(called_at=f"2026-09-07T09:{minute:02}:00+00:00", status=status, customer=customer, integration_id="1001_1", line_number=minute)
        for minute, (status, customer) in enumerate(
            [(200, "2001"), (400, "2001"), (401, "2001"), (400, "2002"), (404, "2002")]
        )
    ]  # fmt: skip
    hour = int(dt.datetime(2026, 9, 7, 9, tzinfo=dt.UTC).timestamp())
    with Warehouse.open(given_lake(tmp_path / "lake", rows)) as warehouse:
        assert counted_errors(warehouse, by_customer=False) == {
            ("1001_1", None, "content"): {hour: 3},
            ("1001_1", None, "rights"): {hour: 1},
        }
        assert counted_errors(warehouse, by_customer=True) == {
            ("1001_1", "2001", "content"): {hour: 1},
            ("1001_1", "2001", "rights"): {hour: 1},
            ("1001_1", "2002", "content"): {hour: 2},
        }
        assert first_hour(warehouse) == hour - 9 * HOUR


def _fault(integration: str, excess: float) -> Sized:
    fault = Fault("integration", integration, None, None, NOON, NOON + dt.timedelta(hours=4), 400, 50, "partner")
    return Sized(fault, excess, 10.0, NOON)


def _alarm(integration: str, customer: str | None, *, after: int, error_class: str = "content") -> Alarm:
    since = NOON + dt.timedelta(hours=after)
    return Alarm(
        integration,
        customer,
        error_class,
        since,
        since + dt.timedelta(hours=1),
        since + dt.timedelta(hours=1),
        10.0 + after,
    )


def test_a_fault_is_found_by_what_names_its_place_class_and_time() -> None:
    found = [
        _alarm("1001_1", None, after=3),
        _alarm("1001_1", "2001", after=1),
        _alarm("1001_1", None, after=5),  # too late
        _alarm("1001_1", None, after=2, error_class="rights"),  # another class
        _alarm("1003_1", None, after=0),  # another place
    ]
    result = evaluate([_fault("1001_1", 60), _fault("1002_1", 20)], found, 100)
    assert list(result.false_alarms) == found[2:]
    assert [(one.found, one.is_exact) for one in result.outcomes] == [(found[0], True), (None, False)]
    assert [(one.delay_hours, one.first_delay_hours) for one in result.outcomes] == [(4, 2), (None, None)]


def test_rules_stand_beside_each_other_with_what_they_find_and_how_often_they_are_wrong() -> None:
    faults = [_fault("1001_1", 60), _fault("1002_1", 60)]
    good = [_alarm("1001_1", None, after=0), _alarm("1002_1", None, after=3)]
    bad = [_alarm("1001_1", None, after=3), *[_alarm("1009_1", None, after=hour) for hour in range(3)]]
    lines = comparison(
        [[Compared("one", evaluate(faults, good, 2000)), Compared("other", evaluate(faults, bad, 2000))]]
    )
    rows = {line[:34].strip() or line: line[56:].split() for line in lines[3:]}
    assert lines[:2] == ["A  one", "B  other"]
    assert rows["errors of integration"] == ["1.00", "0.50", "0.50", "0.00"]
    figures = {line[:56].strip(): line[56:].split() for line in lines[-5:]}
    assert figures == {
        "incidents": ["2", "4"],
        "incidents for each fault that is found": ["1.0", "1.0"],
        "precision": ["1.000", "0.250"],
        "false alarms in 10,000 integration-days": ["0.0", "15.0"],
        "median delay in hours, of 10 errors and more": ["2.5", "4.0"],
    }
