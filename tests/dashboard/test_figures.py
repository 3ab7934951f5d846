"""What stands behind a card, a chart or a table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.scope import Scope
from analytics.warehouse import Warehouse
from dashboard import charts, figures
from dashboard.data import OpenLake, View
from dashboard.figures import Number
from tests.analytics.given import call, given_lake


def view(lake: Path, since: str, until: str, **narrowing: str) -> View:
    """What a page of this lake would look at."""
    return View(OpenLake(str(lake), Warehouse.open(lake)), Scope.parse({"since": since, "until": until, **narrowing}))


@pytest.mark.parametrize(
    ("number", "difference", "change"),
    [
        (Number(3, 2), 1, 0.5),
        (Number(2, 2), 0, 0.0),
        (Number(2, 0), 2, None),
        (Number(2, None), None, None),
        (Number(None, 0.5), None, None),
    ],
)
def test_nothing_and_zero_compare_with_nothing(number: Number, difference: float | None, change: float | None) -> None:
    assert number.difference == difference
    assert number.change == change


def test_a_day_is_shown_beside_the_day_of_its_place_in_the_period_before(four_days: Path) -> None:
    days = figures.per_day(view(four_days, "2026-10-03", "2026-10-05"))
    assert days.select("day", "calls", "calls_before", "errors_before").rows() == [
        (dt.date(2026, 10, 3), 2, 1, 0),
        (dt.date(2026, 10, 4), 1, 2, 1),
    ]


def test_a_day_without_calls_is_zero_calls_and_no_error_rate(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", [call(called_at=f"2026-10-0{day}T08:00:00Z") for day in (1, 3)])
    days = figures.per_day(view(lake, "2026-10-01", "2026-10-04"))
    assert days.select("calls", "error_rate").rows() == [(1, 0.0), (0, None), (1, 0.0)]


def test_errors_lie_on_top_of_the_calls_that_went_well(four_days: Path) -> None:
    days = figures.calls_and_errors(figures.per_day(view(four_days, "2026-10-02", "2026-10-03")))
    assert days.select("kind_name", "place", "calls").rows() == [("Done", 0, 1), ("Errors", 1, 1)]


def test_customers_of_a_long_period_are_counted_per_week(tmp_path: Path) -> None:
    calls = [
        call(called_at="2026-09-01T08:00:00Z", customer="7000001"),
        call(called_at="2026-10-20T08:00:00Z", customer="7000002"),
    ]
    weeks = figures.customers_over_time(
        view(given_lake(tmp_path / "lake", calls), "2026-09-01", "2026-10-21", integration="1234567_1")
    )
    assert weeks.height == 8
    assert weeks.row(0) == (dt.date(2026, 8, 31), 1, "31 Aug – 6 Sep 2026 (6 of 7 days)")
    assert weeks.row(-1) == (dt.date(2026, 10, 19), 1, "19 – 25 Oct 2026 (2 of 7 days)")


def test_a_search_wants_every_word_somewhere_in_the_row(four_days: Path) -> None:
    asked = view(four_days, "2026-10-01", "2026-10-05")
    assert figures.integrations(asked, "")["integration"].to_list() == ["1234567_1", "7654321_1"]
    assert figures.integrations(asked, " 7654321_1 76543 ")["integration"].to_list() == ["7654321_1"]
    assert figures.integrations(asked, "7654321_1 x").is_empty()
    assert figures.integrations(asked, ".*").is_empty()


def test_an_integration_comes_with_its_calls_per_day(four_days: Path) -> None:
    rows = figures.integrations(view(four_days, "2026-10-01", "2026-10-05"), "7654321")
    assert rows["trend"].to_list() == [[0, 0, 1, 0]]


def test_a_finding_is_said_in_words(tmp_path: Path) -> None:
    calls = [call(called_at=f"2026-09-{day:02}T08:00:00Z") for day in range(1, 31)]
    calls += [call(called_at="2026-10-20T08:00:00Z", integration_id=None)]
    found = figures.attention(view(given_lake(tmp_path / "lake", calls), "2026-09-21", "2026-10-21"))
    assert found.select("severity", "finding", "name", "integration").rows() == [
        ("medium", "Silent for 20 days (usually 1)", "1234567_1", "1234567_1"),
        ("medium", "Calls without a valid id: no IntegrationId (9.1% of all calls)", None, None),
    ]


def test_errors_add_up_to_all_of_them(four_days: Path) -> None:
    asked = view(four_days, "2026-10-01", "2026-10-05")
    assert figures.errors_by_party(asked) == {"partner": 1, "customer": 0, "vendor": 0}
    assert figures.errors_by_outcome(asked).rows() == [("validation", 500, "partner", 1, 1.0)]


def test_a_chart_hands_days_over_as_texts_read_as_utc(four_days: Path) -> None:
    drawn = charts.per_day(figures.per_day(view(four_days, "2026-10-03", "2026-10-05")), "calls").to_dict()
    rows = next(iter(drawn["datasets"].values()))
    assert [row["day"] for row in rows] == ["2026-10-03", "2026-10-04"]
    assert drawn["layer"][0]["encoding"]["x"]["timeUnit"] == "utcyearmonthdate"
