"""The filter bar and the link always say the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scope import Scope
from dashboard.shell.link import FIRST_DAY, LAST_DAY, PERIODS, Misread, Selection, read, written
from tests.dashboard.conftest import tables

if TYPE_CHECKING:
    from tests.dashboard.conftest import OpenPage

STREAM = {"stream": "json/calls.json"}
COVERED = (dt.date(2026, 8, 1), dt.date(2026, 11, 1))

days = st.dates(FIRST_DAY, LAST_DAY)
texts = st.text(min_size=1, max_size=40).filter(lambda text: text == text.strip())
scopes = st.builds(
    Scope,
    environment=st.sampled_from(["production", "test", "accept", "training", "all"]),
    product=st.sampled_from([None, "profit", "sb"]),
    partner=st.none() | st.integers(1000, 9_999_999),
    integration=st.none() | st.from_regex(r"[1-9][0-9]{3,6}_[1-9][0-9]{0,8}", fullmatch=True),
    customer=st.none() | texts,
    connector=st.none() | texts,
    stream=st.none() | texts,
)
periods = st.tuples(days, days).filter(lambda period: period[0] < period[1])


@given(scopes, st.none() | periods)
def test_a_link_shows_what_was_selected(scope: Scope, period: tuple[dt.date, dt.date] | None) -> None:
    since, until = period or (None, None)
    selection = Selection(scope.replace(since=since, until=until))
    assert read(written(selection)) == (selection, ())


@given(scopes, st.sampled_from(list(PERIODS)))
def test_a_period_that_moves_along_stays_one_in_the_link(scope: Scope, period: str) -> None:
    selection = Selection(scope, period)
    assert read(written(selection)) == (selection, ())


@given(st.dictionaries(st.sampled_from([*Scope.model_fields, "period", "other"]) | st.text(), st.text()))
def test_no_link_fails_and_what_is_understood_of_it_is_a_whole_link(params: dict[str, str]) -> None:
    selection, misread = read(params)
    assert read(written(selection)) == (selection, ())
    assert {part.name for part in misread} <= params.keys()
    scope = selection.over(COVERED)
    assert scope.since is not None
    assert scope.until is not None
    assert scope.since < scope.until


def test_what_is_not_understood_is_named_and_the_rest_holds() -> None:
    assert read({"since": "yesterday", "environment": "mars", "partner": "1234", "colour": "blue"}) == (
        Selection(Scope(partner=1234)),
        (Misread("since", "yesterday"), Misread("environment", "mars"), Misread("colour", "blue")),
    )


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    assert read({"since": "2026-10-02", "until": "2026-10-01"}) == (
        Selection(),
        (Misread("since", "2026-10-02"), Misread("until", "2026-10-01")),
    )


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_a_day_beyond_the_calendar_of_logs_is_a_typing_error(day: str) -> None:
    assert read({"since": day}) == (Selection(), (Misread("since", day),))


def test_dates_and_a_moving_period_contradict_each_other() -> None:
    assert read({"since": "2026-10-01", "period": "7d"}) == (
        Selection(Scope(since="2026-10-01")),
        (Misread("period", "7d"),),
    )


@pytest.mark.parametrize(
    ("selection", "since", "until"),
    [
        (Selection(), dt.date(2026, 10, 2), dt.date(2026, 11, 1)),
        (Selection(period="7d"), dt.date(2026, 10, 25), dt.date(2026, 11, 1)),
        (Selection(period="all"), dt.date(2026, 8, 1), dt.date(2026, 11, 1)),
        (Selection(Scope(since="2026-09-01")), dt.date(2026, 9, 1), dt.date(2026, 11, 1)),
        (Selection(Scope(until="2026-09-01")), dt.date(2026, 8, 1), dt.date(2026, 9, 1)),
        (Selection(Scope(since="2027-01-01")), dt.date(2027, 1, 1), dt.date(2027, 1, 2)),
        (Selection(Scope(until="2026-01-01")), dt.date(2025, 12, 31), dt.date(2026, 1, 1)),
    ],
)
def test_a_period_ends_where_the_data_end_and_is_never_empty(
    selection: Selection, since: dt.date, until: dt.date
) -> None:
    assert selection.over(COVERED) == Scope(since=since, until=until)


def test_the_link_says_all_of_it_from_the_first_look(week: Path, open_page: OpenPage) -> None:
    assert open_page(week).query_params == {
        "since": "2026-09-19",
        "until": "2026-10-19",
        "environment": "production",
    }


def test_a_moving_period_stays_in_the_link(week: Path, open_page: OpenPage) -> None:
    assert open_page(week, period="7d").query_params == {"period": "7d", "environment": "production"}


def test_a_link_with_nonsense_is_explained_and_the_rest_is_shown(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, "errors", since="**soon**", partner="<b>", environment="accept", colour="blue")
    assert app.warning[0].value == (
        "- `since` = `**soon**`: expected a day like 2026-10-01, before `until`\n"
        "- `partner` = `<b>`: expected a number like 12345\n"
        "- `colour` = `blue`: this filter does not exist"
    )
    assert app.query_params["environment"] == "accept"
    assert "partner" not in app.query_params
    assert tables(app)


def test_choosing_an_environment_changes_the_figures_and_the_link(week: Path, open_page: OpenPage) -> None:
    app = open_page(week)
    production = app.metric[2].value
    app.selectbox(key="filter.environment").set_value("accept").run()
    assert app.query_params["environment"] == "accept"
    assert app.metric[2].value != production


def test_choosing_a_partner_offers_its_integrations_only_and_lifts_another_ones(
    week: Path, open_page: OpenPage
) -> None:
    app = open_page(week, "errors", integration="1438_300150")
    app.selectbox(key="filter.partner").set_value(1107).run()
    assert app.query_params["partner"] == "1107"
    assert "integration" not in app.query_params
    assert all(" · 1107_" in option for option in app.selectbox(key="filter.integration").options)


def test_choosing_days_includes_the_last_one(week: Path, open_page: OpenPage) -> None:
    app = open_page(week)
    app.date_input(key="filter.first_day").set_value(dt.date(2026, 10, 13)).run()
    app.date_input(key="filter.last_day").set_value(dt.date(2026, 10, 14)).run()
    assert (app.query_params["since"], app.query_params["until"]) == ("2026-10-13", "2026-10-15")


def test_days_chosen_the_wrong_way_round_are_turned(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, since="2026-10-14", until="2026-10-15")
    app.date_input(key="filter.last_day").set_value(dt.date(2026, 10, 12)).run()
    assert (app.query_params["since"], app.query_params["until"]) == ("2026-10-12", "2026-10-15")


def test_a_value_that_the_lake_does_not_hold_can_be_seen_and_lifted(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, connector="Nobody_Has_This")
    assert app.selectbox(key="filter.connector").value == "Nobody_Has_This"
    assert app.button(key="filter.lift.connector").label == "Connector `Nobody_Has_This`"
    app.selectbox(key="filter.connector").set_value(None).run()
    assert "connector" not in app.query_params
    assert app.metric


@pytest.mark.parametrize("page", ["overview", "connectors", "errors", "practices", "customers", "branches"])
def test_what_narrows_an_answer_is_said_above_it_with_the_way_out(week: Path, open_page: OpenPage, page: str) -> None:
    link = {"environment": "accept", "partner": "1107", "product": "profit", "customer": "4517"} | STREAM
    app = open_page(week, page, **link)
    said = {name: app.button(key=f"filter.lift.{name}").label for name in link}
    assert said == {
        "environment": "Environment `Accept`",
        "partner": "Partner `Tureluur Tijd · 1107`",
        "product": "Product `Profit`",
        "customer": said["customer"],
        "stream": "Stream `json/calls.json`",
    }
    assert "4517" in said["customer"]
    for name in link:
        app.button(key=f"filter.lift.{name}").click().run()
        assert not [button for button in app.button if button.key == f"filter.lift.{name}"]
    assert app.query_params["environment"] == "production"
    assert not (link.keys() - {"environment"}) & app.query_params.keys()


def test_nothing_is_said_of_filters_that_are_not_set(week: Path, open_page: OpenPage) -> None:
    app = open_page(week)
    assert not [button for button in app.button if button.key and button.key.startswith("filter.lift")]


@pytest.mark.parametrize(
    ("page", "link", "said"),
    [
        (
            "certification",
            {"connector": "KnSubject", "customer": "4517", "environment": "accept"} | STREAM,
            "Environment `Accept`, Connector `KnSubject`, Customer ",
        ),
        (
            "check",
            {"partner": "1107", "environment": "test"},
            "Environment `Test`, Partner `Tureluur Tijd · 1107`. The ID check looks",
        ),
        (
            "data_quality",
            {"partner": "1107", "integration": "1107_301201"},
            "Partner `Tureluur Tijd · 1107`, Integration `Tu",
        ),
    ],
)
def test_a_page_that_cannot_use_a_filter_says_so_and_does_not_apply_it(
    week: Path, open_page: OpenPage, page: str, link: dict[str, str], said: str
) -> None:
    asked = {"search": "1107_301201"} if page == "check" else {}
    without, app = open_page(week, page, **asked), open_page(week, page, **asked, **link)
    assert [table.rows(*table.columns) for table in tables(app)] == [
        table.rows(*table.columns) for table in tables(without)
    ]
    assert [metric.value for metric in app.metric] == [metric.value for metric in without.metric]
    assert any(f"**Not applied on this page:** {said}" in text.value for text in app.markdown)
    app.button(key="filter.lift_unused").click().run()
    assert not (link.keys() - {"environment"}) & app.query_params.keys()
    assert app.query_params["environment"] == "production"
    assert not any("Not applied" in text.value for text in app.markdown)


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [
        ("partner", "1108", "1107"),
        ("integration", "1107_301203", "1107_301201"),
        ("connector", "KnSubjct", "KnSubject"),
        ("stream", "json/call.json", "json/calls.json"),
    ],
)
def test_a_filter_that_no_call_fits_is_said_to_be_unknown_with_the_nearest(
    week: Path, open_page: OpenPage, name: str, value: str, nearest: str
) -> None:
    app = open_page(week, "errors", **{name: value})
    assert app.warning[0].value.startswith("No loaded call has")
    assert f"`{value}`" in app.warning[0].value
    app.button(key=f"offer.{name}.{nearest}").click().run()
    assert app.query_params[name] == nearest
    assert not [one for one in app.warning if one.value.startswith("No loaded call has")]


def test_a_search_says_how_much_it_leaves_and_one_in_vain_what_is_nearest(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, "integrations", search="tureluur")
    assert any(text.value.endswith("rows match `tureluur`.") for text in app.caption)
    app = open_page(week, "connectors", search="KnSubjct")
    app.button(key="offer.search.KnSubject").click().run()
    assert app.query_params["search"] == "KnSubject"
    assert "KnSubject" in tables(app)[0].column("title")


def test_reset_shows_the_last_30_days_of_production_again(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, environment="test", partner="1107", since="2026-10-13", until="2026-10-14")
    next(button for button in app.button if button.label == "Reset").click().run()
    assert app.query_params == {"since": "2026-09-19", "until": "2026-10-19", "environment": "production"}


def test_the_link_alone_says_what_is_selected(week: Path, open_page: OpenPage) -> None:
    """Whatever was looked at before: else the way back would show something else."""
    app = open_page(week, environment="accept")
    app.query_params.clear()
    app.switch_page("sections/errors/page.py").run()
    assert app.query_params["environment"] == "production"
