"""The figures behind cards, charts and tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.findings.finding import Finding
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from dashboard.sections.data_quality import charts as data_quality_charts
from dashboard.sections.data_quality import figures as data_quality
from dashboard.sections.errors import figures as errors
from dashboard.sections.integrations import figures as of_integrations
from dashboard.sections.overview import charts as overview_charts
from dashboard.shell import attention, compared, gaps
from dashboard.shell.data import OpenLake, View
from dashboard.widgets import stacks
from dashboard.widgets.cards import Number
from tests.analytics.given import call, given_lake, reject
from tests.analytics.office_logs import calls_in, local


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
    days = compared.per_day(view(four_days, "2026-10-03", "2026-10-05"))
    assert days.select("day", "calls", "calls_before", "errors_before").rows() == [
        (dt.date(2026, 10, 3), 2, 1, 0),
        (dt.date(2026, 10, 4), 1, 2, 1),
    ]


def test_a_day_without_calls_is_zero_calls_and_no_error_rate(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", [call(called_at=f"2026-10-0{day}T08:00:00Z") for day in (1, 3)])
    days = compared.per_day(view(lake, "2026-10-01", "2026-10-04"))
    assert days.select("calls", "error_rate").rows() == [(1, 0.0), (0, None), (1, 0.0)]


def test_errors_lie_on_top_of_the_calls_that_went_well(four_days: Path) -> None:
    days = stacks.calls_and_errors(compared.per_day(view(four_days, "2026-10-02", "2026-10-03")))
    assert days.select("kind_name", "place", "calls").rows() == [("No error", 0, 1), ("Errors", 1, 1)]


def test_customers_of_a_long_period_are_counted_per_week(tmp_path: Path) -> None:
    calls = [
        call(called_at="2026-09-01T08:00:00Z", customer="7000001"),
        call(called_at="2026-10-20T08:00:00Z", customer="7000002"),
    ]
    weeks = of_integrations.customers_over_time(
        view(given_lake(tmp_path / "lake", calls), "2026-09-01", "2026-10-21", integration="1234567_1")
    )
    assert weeks.height == 8
    assert weeks.row(0) == (dt.date(2026, 8, 31), 1, "31 Aug – 6 Sep 2026 (6 of 7 days)")
    assert weeks.row(-1) == (dt.date(2026, 10, 19), 1, "19 – 25 Oct 2026 (2 of 7 days)")


def test_a_search_wants_every_word_somewhere_in_the_row(four_days: Path) -> None:
    asked = view(four_days, "2026-10-01", "2026-10-05")
    assert of_integrations.integrations(asked, "")["integration"].to_list() == ["1234567_1", "7654321_1"]
    assert of_integrations.integrations(asked, " 7654321_1 76543 ")["integration"].to_list() == ["7654321_1"]
    assert of_integrations.integrations(asked, "7654321_1 x").is_empty()
    assert of_integrations.integrations(asked, ".*").is_empty()


def test_a_chart_tells_integrations_of_one_name_apart(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("integration,name\n1234567_1,CRM\n7654321_1,CRM\n7654321_2,HR\n", encoding="utf-8")
    ids = ("1234567_1", "7654321_1", "7654321_2", "7654321_3")
    calls = [call(called_at=f"2026-10-01T0{hour}:00:00Z", integration_id=name) for hour, name in enumerate(ids)]
    lake = given_lake(tmp_path / "lake", calls, registry=[tmp_path / "i.csv"])
    rows = of_integrations.integrations(view(lake, "2026-10-01", "2026-10-02"), "")
    assert of_integrations.most_customers(rows)["title"].sort().to_list() == [
        "7654321_3",
        "CRM · 1234567_1",
        "CRM · 7654321_1",
        "HR",
    ]


def test_an_integration_comes_with_its_calls_per_day(four_days: Path) -> None:
    rows = of_integrations.integrations(view(four_days, "2026-10-01", "2026-10-05"), "7654321")
    assert rows["trend"].to_list() == [[0, 0, 1, 0]]


def test_a_finding_is_one_row_with_its_link(tmp_path: Path) -> None:
    calls = [call(called_at="2026-10-20T08:00:00Z"), call(called_at="2026-10-20T08:00:00Z", integration_id=None)]
    found = view(given_lake(tmp_path / "lake", calls), "2026-09-21", "2026-10-21").findings()
    assert attention.rows(found).select("severity", "finding", "finding_why", "link").rows() == [
        (
            "medium",
            "Calls without an IntegrationId",
            "50.0% of the calls whose log records the id: 1 call to 1 customer.",
            "data_quality",
        ),
    ]


def test_the_share_of_identified_calls_is_of_those_whose_log_can_hold_the_id(tmp_path: Path) -> None:
    unknown = [call(integration_id=None, id_status="not_logged") for _ in range(5)]
    calls = [call(), call(), call(), call(integration_id=None), *unknown]
    answers = [
        data_quality.identified(view(given_lake(tmp_path / name, given), "2026-10-01", "2026-10-02"))
        for name, given in (("both", calls), ("logged", calls[:4]), ("not_logged", unknown), ("none", []))
    ]
    assert [(found.share, found.not_logged_share) for found in answers] == [
        (3 / 4, 5 / 9),
        (3 / 4, None),
        (None, 1.0),
        (None, None),
    ]
    words = [data_quality.not_logged_in_words(found) for found in answers]
    assert words == ["id not logged in 55.56% of all calls", None, "id not logged in 100.00% of all calls", None]


def test_errors_add_up_to_all_of_them(four_days: Path) -> None:
    asked = view(four_days, "2026-10-01", "2026-10-05")
    assert errors.by_party(asked) == {"partner": 1, "customer": 0, "vendor": 0}
    assert errors.by_outcome(asked).rows() == [("validation", 500, "partner", 1, 1.0)]


def test_a_chart_hands_days_over_as_texts_read_as_utc(four_days: Path) -> None:
    drawn = overview_charts.per_day(compared.per_day(view(four_days, "2026-10-03", "2026-10-05")), "calls").to_dict()
    rows = next(iter(drawn["datasets"].values()))
    assert [row["day"] for row in rows] == ["2026-10-03", "2026-10-04"]
    assert drawn["layer"][0]["encoding"]["x"]["timeUnit"] == "utcyearmonthdate"


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven weeks around the end of summer time: 12 calls at 9:00 and at 13:00 of every day, but for Wednesday the 28th."""
    days = [dt.date(2026, 10, 5) + dt.timedelta(days=number) for number in range(49)]
    hours = [(day, hour) for day in days for hour in (9, 13) if (day, hour) != (dt.date(2026, 10, 28), 13)]
    calls = [
        row
        for stream, asked in (("proxy", hours), ("whole", [(day, 9) for day in days]))
        for day, hour in asked
        for row in calls_in(local(day, hour), 12, stream=stream)
    ]
    return given_lake(tmp_path_factory.mktemp("gappy") / "lake", calls)


def test_hours_that_are_alike_are_one_piece_of_a_day(gappy: Path) -> None:
    asked = view(gappy, "2026-10-28", "2026-10-29", environment="test", partner="7654321")
    pieces = data_quality.completeness(asked).select("stream", "hours", "fullness", "calls", "expected").rows()
    assert pieces == [
        ("proxy", "00:00 – 13:00", "complete", 12, 12.0),
        ("proxy", "13:00 – 14:00", "missing", 0, 12.0),
        ("proxy", "14:00 – 24:00", "complete", 0, 0.0),
        ("whole", "00:00 – 24:00", "complete", 12, 12.0),
    ]


def test_the_day_with_25_hours_is_as_high_as_the_others(gappy: Path) -> None:
    pieces = data_quality.completeness(view(gappy, "2026-10-25", "2026-10-26", stream="proxy"))
    assert pieces.select("first_hour", "end_hour", "calls").rows() == [(0, 24, 24)]


def test_hours_that_no_other_week_knows_are_not_judged(four_days: Path) -> None:
    pieces = data_quality.completeness(view(four_days, "2026-10-01", "2026-10-03"))
    assert pieces.select("hours", "fullness", "calls", "expected").rows() == [
        ("10:00 – 24:00", "unjudged", 1, None),
        ("00:00 – 24:00", "unjudged", 2, None),
    ]


def test_a_gap_concerns_the_figures_of_its_stream_and_is_said_in_words(gappy: Path) -> None:
    (gap,) = gaps.of_figures(view(gappy, "2026-10-26", "2026-11-02"))
    assert gaps.in_words(gap) == (
        "`proxy`: no calls from Wed 28 Oct 2026 13:00 to Wed 28 Oct 2026 14:00; about 12 were expected."
    )
    assert gaps.of_figures(view(gappy, "2026-10-26", "2026-10-28")) == ()
    assert gaps.of_figures(view(gappy, "2026-10-26", "2026-11-02", stream="whole")) == ()
    assert gaps.of_figures(view(gappy, "2026-10-26", "2026-11-02", environment="test")) == ()
    assert data_quality.gaps(view(gappy, "2026-10-26", "2026-11-02", environment="test")) == (gap,)


def test_stray_calls_are_said_in_words_where_the_period_has_them(tmp_path: Path) -> None:
    days = [dt.date(2026, 10, 5) + dt.timedelta(days=number) for number in range(28)]
    calls = [row for day in days for row in calls_in(local(day, 9), 12)]
    stray = calls_in(local(dt.date(2025, 8, 12), 12), 2)
    lake = given_lake(tmp_path / "lake", calls + stray)
    assert data_quality.stray_in_words(view(lake, "2026-10-05", "2026-11-02")) == []
    assert data_quality.stray_in_words(view(lake, "2025-08-01", "2026-11-02")) == [
        "`gateway`: 2 calls of 2025-08-12, far from all others or after the last load. Figures include these calls, but the search for gaps does not use them."
    ]


def test_a_log_that_has_stopped_and_lines_that_were_rejected_are_said_with_what_to_do(tmp_path: Path) -> None:
    days = [dt.date(2026, 10, 5) + dt.timedelta(days=number) for number in range(28)]
    calls = [row for day in days for row in calls_in(local(day, 9), 12, customer="4000000")]
    old = [row for day in days[:20] for row in calls_in(local(day, 9), 12, stream="old")]
    rejects = [reject(called_at=local(days[3], 9) + dt.timedelta(seconds=number)) for number in range(20)]
    lake = given_lake(tmp_path / "lake", calls + old, rejects=rejects)
    said = [str(gaps.in_words(gap)) for gap in data_quality.gaps(view(lake, "2026-10-05", "2026-11-02"))]
    assert said == [
        (
            "`gateway`: most lines from Thu 8 Oct 2026 00:00 to Fri 9 Oct 2026 00:00 could not be read."
            " `koppelzicht rejects` shows why."
        ),
        (
            "`old`: no calls from Sat 24 Oct 2026 10:00 to Sun 1 Nov 2026 10:00, while other logs go on."
            " If this log has ended, record that: `koppelzicht streams end`."
        ),
    ]


def test_names_of_streams_are_texts_in_the_expression_of_an_axis(tmp_path: Path) -> None:
    names = ['"] + alert(1) + ["', "back\\slash"]
    lake = given_lake(tmp_path / "lake", [call(stream=name) for name in names])
    drawn = data_quality_charts.completeness(
        data_quality.completeness(view(lake, "2026-10-01", "2026-10-02"))
    ).to_dict()
    assert drawn["encoding"]["y"]["axis"]["labelExpr"] == (
        r'["\"] + alert(1) + [\"", "back\\slash"][floor(datum.value / 26)]'
    )


def test_what_is_known_says_so_in_its_row() -> None:
    known = Finding(
        id="0123456789", kind="silence", severity="low", subject="s", since=None, until=None, what="W", why="Y", who="the partner: P",
        what_to_do="Ask.", link="data_quality", party="partner", acknowledged_until=dt.date(2026, 12, 31), note="Holidays.",
    )  # fmt: skip
    assert attention.rows([known])["to_do"].to_list() == ["Known until 31 Dec 2026. Holidays. The partner: P. Ask."]
