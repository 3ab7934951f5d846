"""Every page over a real lake, without a browser: its content, and its message if there is nothing to show."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from dashboard.text import wording
from dashboard.text.wording import verbatim
from ingest import StreamEnd, declare_stream_end
from tests.analytics.given import call, given_lake, reject
from tests.analytics.office_logs import WEDNESDAY, but, office
from tests.dashboard.conftest import MARKUP, OpenPage, tables
from tests.dashboard.places import PLACES, WITHOUT_ROWS

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

WITH_TESTS_OF_THEIR_OWN = ("certification", "check")
"""What these say does not depend on the filters of a period, which the tests here are about."""
EVERY_PAGE = [(place.page, place.link) for place in PLACES.values() if place.page not in WITH_TESTS_OF_THEIR_OWN]
PAGES = list(dict.fromkeys(page for page, _ in EVERY_PAGE))


def read(app: AppTest) -> list[str]:
    """Everything that is shown as Markdown: texts, and the labels of cards and buttons."""
    bodies = ("title", "subheader", "caption", "markdown", "info", "success", "warning", "error")
    texts = [str(getattr(element, "value", "")) for kind in bodies for element in app.get(kind)]
    return [*texts, *(metric.label for metric in app.metric), *(button.label for button in app.button)]


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    """The cards: by label, the figure and how it differs from the period before."""
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


@pytest.mark.parametrize(("page", "link"), [asked for asked in EVERY_PAGE if asked[0] not in WITHOUT_ROWS])
def test_every_page_shows_rows_and_says_what_it_covers_and_how_far_the_data_reach(
    week: Path, open_page: OpenPage, page: str, link: dict[str, str]
) -> None:
    app = open_page(week, page, **link)
    assert not app.error
    assert link.keys() & {"integration", "connector"} or app.title[0].value == wording.plain(f"{page}.title")
    assert tables(app)
    assert all(len(table) > 0 for table in tables(app))
    note = next(text for text in read(app) if "data until" in text)
    assert note.startswith("19 Sep – 18 Oct 2026 (30 days) · Production · ")
    assert "data until 18 Oct 2026, 23:" in note
    assert note.endswith("(Europe/Amsterdam)")


def test_the_cards_compare_with_the_period_before(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, since="2026-10-03", until="2026-10-05")
    assert cards(app) == {
        "Customers": ("2", "0"),
        "Integrations": ("2", "+1"),
        "Calls": ("3", "0"),
        "Error rate": ("0.0%", "-33.3 pts"),
    }


def test_nothing_is_compared_with_a_period_that_the_lake_does_not_cover(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, since="2026-10-02", until="2026-10-05")
    assert cards(app) == {
        "Customers": ("3", ""),
        "Integrations": ("2", ""),
        "Calls": ("5", ""),
        "Error rate": ("20.0%", ""),
    }


def test_the_overview_shows_what_sql_counts(week: Path, open_page: OpenPage) -> None:
    with Warehouse.open(week) as warehouse:
        counted = warehouse.query(
            "select count(*) as calls, count(distinct integration) as integrations from calls", scope=Scope()
        ).row(0, named=True)
    shown = cards(open_page(week))
    assert shown["Calls"][0] == f"{counted['calls']:,}"
    assert shown["Integrations"][0] == f"{counted['integrations']:,}"


def test_integrations_are_named_by_the_registry_and_by_their_number_otherwise(week: Path, open_page: OpenPage) -> None:
    rows = tables(open_page(week, "integrations"))[0].rows("integration", "title", "partner_name")
    assert ["1107_301201", "Tureluur Roosters", "Tureluur Tijd"] in rows
    assert ["12345_678900", "12345_678900", "12345"] in rows


def test_a_table_is_searched_in_any_case_and_the_link_says_for_what(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, "integrations")
    app.text_input(key="search").set_value("tureluur URen").run()
    assert tables(app)[0].column("integration") == ["1107_301202"]
    assert app.query_params["search"] == "tureluur URen"
    assert tables(open_page(week, "integrations", search="1107_301202"))[0].column("title") == ["Tureluur Uren"]


def test_a_search_without_a_result_says_what_was_searched(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, "integrations", search="**nobody**")
    assert app.info[0].value == "No integration has `**nobody**` in its name, id or partner."
    assert not tables(app)


def test_one_integration_shows_its_customers_connectors_errors_and_environments(
    four_days: Path, open_page: OpenPage
) -> None:
    app = open_page(four_days, "integrations", integration="1234567_1", since="2026-10-01", until="2026-10-05")
    assert app.text[0].value == "1234567_1"
    assert cards(app) == {
        "Customers": ("2", ""),
        "Calls": ("4", ""),
        "Error rate": ("25.0%", ""),
        "Last call": ("4 Oct 2026", "first call 1 Oct 2026"),
    }
    connectors, errors, environments, customers = tables(app)
    assert connectors.rows("connector", "operation", "customers", "calls", "errors") == [
        ["KnSubject", "Get", "2", "4", "1"]
    ]
    assert errors.rows("outcome", "status", "party", "calls", "customers") == [
        ["Validation error", "500", "Partner", "1", "1"]
    ]
    assert environments.rows("environment", "customers", "calls") == [["Production", "2", "4"]]
    assert customers.rows("customer", "is_customer", "calls") == [
        ["7000001", "Yes", "2"],
        ["7000002", "Yes", "2"],
    ]


def test_one_connector_shows_who_uses_it(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, "connectors", connector="knsubject", since="2026-10-01", until="2026-10-05")
    assert tables(app)[0].rows("title", "customers", "calls", "errors") == [
        ["1234567_1", "2", "4", "1"],
        ["7654321_1", "1", "1", "0"],
        ["(unidentified)", "1", "1", "0"],
    ]


def test_a_link_to_an_id_that_was_replaced_shows_what_has_replaced_it(tmp_path: Path, open_page: OpenPage) -> None:
    (tmp_path / "integrations.csv").write_text("integration,replaces\n1234567_1,1234567_9\n", encoding="utf-8")
    calls = [
        call(called_at="2026-10-01T08:00:00Z", customer="7000001", integration_id="1234567_9", take=-1),
        call(called_at="2026-10-02T08:00:00Z", customer="7000002", integration_id="1234567_1"),
    ]
    lake = given_lake(tmp_path / "lake", calls, registry=[tmp_path / "integrations.csv"])
    app = open_page(lake, "integrations", integration="1234567_9")
    assert cards(app)["Calls"] == ("2", "")
    assert app.selectbox(key="filter.integration").value == "1234567_1"
    assert app.query_params["integration"] == "1234567_9"
    rules = tables(open_page(lake, "practices", integration="1234567_9"))[0].rows("rule", "calls", "judged")
    assert ["take=-1", "1", "2"] in rules


def test_errors_say_who_can_fix_them(tmp_path: Path, open_page: OpenPage) -> None:
    lake = given_lake(tmp_path / "lake", [call(status=status) for status in (200, 400, 401, 403, 500, 503)])
    app = open_page(lake, "errors")
    assert cards(app) == {
        "Error rate": ("83.3%", ""),
        "Partner can fix": ("2", "40.0% of all errors"),
        "Customer can fix": ("2", "40.0% of all errors"),
        "Vendor can fix": ("1", "20.0% of all errors"),
    }
    by_integration = tables(app)[0].rows("title", "errors", "error_rate", "most_outcome", "most_party")
    assert by_integration == [["1234567_1", "5", "83.3%", "Bad request", "Partner"]]


def test_no_errors_is_good_news(tmp_path: Path, open_page: OpenPage) -> None:
    app = open_page(given_lake(tmp_path / "lake", [call(), call()]), "errors")
    assert app.success[0].value == "No errors in 2 calls in this period."


@pytest.mark.parametrize(("since", "is_whole"), [("2026-09-14", False), ("2026-09-17", True)])
def test_good_news_is_green_only_where_no_log_is_missing(
    gappy: Path, open_page: OpenPage, since: str, *, is_whole: bool
) -> None:
    app = open_page(gappy, "errors", since=since, until="2026-09-19")
    news = (app.success if is_whole else app.info)[0]  # below it, the page says that nobody called accept
    assert news.value.startswith("No errors in ")
    assert len(app.success) == is_whole


def test_lines_without_calls_are_shown_with_their_reason(tmp_path: Path, open_page: OpenPage) -> None:
    lake = given_lake(tmp_path / "lake", [call()], rejects=[reject(), reject(), reject(reason="bad_time")])
    app = open_page(lake, "data_quality")
    assert cards(app)["Rejected lines"] == ("3", "75.00% of all lines")
    rejects = next(table for table in tables(app) if "reason" in table.columns)
    assert rejects.rows("reason", "lines") == [["Bad URL", "2"], ["Bad time", "1"]]


def test_whose_ids_are_wrong_is_not_narrowed_to_a_partner(four_days: Path, open_page: OpenPage) -> None:
    """Every call of a partner has an id: a call without one belongs to no partner."""
    app = open_page(four_days, "data_quality", partner="1234567", since="2026-10-01", until="2026-10-05")
    assert cards(app)["Identified calls"] == ("83.3%", "")
    assert any(
        "Partner `1234567`. A call without a valid id cannot be linked to a partner" in text for text in read(app)
    )
    hygiene = next(table for table in tables(app) if "id_status" in table.columns)
    assert hygiene.rows("id_status", "calls") == [["Valid", "5"], ["Missing", "1"]]


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three weeks of a proxy that misses a Wednesday, and a server that logs the same on Thursday and has ended then."""
    thursday = office(1, lambda day, _: 4 if day.weekday() == 3 else 0, since=dt.date(2026, 9, 14), stream="server")
    logged_again = [row | {"load_id": "0000000000000002"} for row in thursday]
    calls = [*office(3, but(4, on=WEDNESDAY), stream="proxy"), *logged_again]
    each_its_own = [row | {"endpoint": f"connectors/Acme_{row['called_at'].second}"} for row in calls]
    lake = given_lake(tmp_path_factory.mktemp("gappy") / "lake", each_its_own)
    declare_stream_end(lake, StreamEnd(stream="server", ended_on=dt.date(2026, 9, 17)))
    return lake


@pytest.mark.parametrize(
    ("page", "link"),
    [
        *((page, {}) for page in PAGES if page != "data_quality"),
        ("integrations", {"integration": "1234567_1"}),
        ("connectors", {"connector": "KnSubject"}),
    ],
)
def test_figures_that_cover_a_gap_say_so(gappy: Path, open_page: OpenPage, page: str, link: dict[str, str]) -> None:
    note = (
        ":orange[:material/warning:] Figures are too low because **logs are missing** for 8 hours. "
        "`proxy`: no calls from Wed 16 Sep 2026 09:00 to Wed 16 Sep 2026 17:00; about 32 were expected."
    )
    assert note in read(open_page(gappy, page, since="2026-09-14", until="2026-09-19", **link))
    whole = open_page(gappy, page, since="2026-09-17", until="2026-09-19", **link)
    looks_back = page in {"customers", "pair"}  # at everything up to the end of the period
    assert [text for text in read(whole) if "Figures are too low" in text] == ([note] if looks_back else [])


@pytest.mark.parametrize(("window", "said"), [("3", True), ("2", False)])
def test_the_clock_says_which_gaps_lie_in_its_window(
    gappy: Path, open_page: OpenPage, window: str, *, said: bool
) -> None:
    app = open_page(gappy, "certification", window=window, since="2026-09-18", until="2026-09-19")
    assert any("**logs are missing** for 8 hours" in text for text in read(app)) is said


@pytest.mark.parametrize(
    ("page", "link"),
    [("overview", {}), ("integrations", {"integration": "1234567_1"}), ("connectors", {"connector": "KnSubject"})],
)
def test_what_figures_are_compared_with_may_cover_a_gap(
    gappy: Path, open_page: OpenPage, page: str, link: dict[str, str]
) -> None:
    note = (
        ":orange[:material/warning:] The period before is no fair comparison: its figures are too low because "
        "**logs are missing** for 8 hours."
    )
    assert note in read(open_page(gappy, page, since="2026-09-19", until="2026-09-24", **link))
    for since, until in (("2026-09-24", "2026-09-26"), ("2026-09-08", "2026-09-24")):  # whole before; not all loaded
        assert note not in read(open_page(gappy, page, since=since, until=until, **link))


def test_data_quality_lists_gaps_and_logs_of_the_same_calls(gappy: Path, open_page: OpenPage) -> None:
    app = open_page(gappy, "data_quality", since="2026-09-14", until="2026-09-19", environment="test")
    shown = read(app)
    assert "- `proxy`: no calls from Wed 16 Sep 2026 09:00 to Wed 16 Sep 2026 17:00; about 32 were expected." in shown
    (warning,) = app.warning
    assert warning.value.startswith("- `proxy` and `server` report the same traffic on 17 Sep 2026: 100% of the calls")
    whole = open_page(gappy, "data_quality", since="2026-09-21", until="2026-09-26")
    assert "No hour is missing in this period, judged by the usual rhythm of each log." in read(whole)
    assert not whole.warning


def test_of_one_week_nobody_can_say_what_is_missing(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, "data_quality")
    assert any(text.startswith("The dashboard cannot say yet whether an hour is missing") for text in read(app))


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_lake_says_what_to_do(empty_lake: Path, open_page: OpenPage, page: str) -> None:
    app = open_page(empty_lake, page)
    assert "#### The lake is empty" in read(app)
    assert app.code[0].value == f"koppelzicht ingest LOGS --lake {empty_lake}"


def test_a_lake_of_rejected_lines_only_says_why(tmp_path: Path, open_page: OpenPage) -> None:
    app = open_page(given_lake(tmp_path / "lake", rejects=[reject(), reject(reason="no_customer")]))
    assert "#### No line became a call" in read(app)
    assert tables(app)[0].column("reason") == ["Bad URL", "No customer"]


@pytest.mark.parametrize("page", PAGES)
def test_a_missing_lake_says_what_to_do(tmp_path: Path, open_page: OpenPage, page: str) -> None:
    app = open_page(tmp_path / "nowhere", page)
    assert "#### There is no lake yet" in read(app)
    assert "koppelzicht demo" in app.code[0].value


def test_a_lake_that_cannot_be_read_says_why(tmp_path: Path, open_page: OpenPage) -> None:
    (tmp_path / "lake.json").write_text('{"format": 99, "time_zone": "UTC"}', encoding="utf-8")
    app = open_page(tmp_path)
    assert "the lake has format 99" in app.error[0].value


@pytest.mark.parametrize(("page", "link"), [(page, link) for page, link in EVERY_PAGE if page != "data_quality"])
def test_a_period_without_data_offers_the_way_out(
    week: Path, open_page: OpenPage, page: str, link: dict[str, str]
) -> None:
    app = open_page(week, page, since="2020-01-01", until="2020-02-01", **link)
    assert "#### No calls match" in read(app)
    assert any("The lake covers 12 – 18 Oct 2026" in text for text in read(app))
    next(button for button in app.button if button.label == "Show all days").click().run()
    assert "#### No calls match" not in read(app)
    assert app.query_params["period"] == "all"


def test_what_fits_nothing_is_said_filter_by_filter(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, partner="2519", customer="7000001", since="2026-10-12", until="2026-10-13")
    assert any(
        text.startswith(
            "No call matches all of these filters: 12 Oct 2026, Production, Partner `2519`, Customer `7000001`. "
        )
        for text in read(app)
    )


@pytest.mark.parametrize(
    ("page", "link"),
    [
        *((page, {}) for page in PAGES),
        ("integrations", {"integration": "1234567_1"}),
        ("connectors", {"connector": MARKUP}),
        ("overview", {"connector": MARKUP, "stream": MARKUP, "customer": MARKUP}),
        ("overview", {"partner": MARKUP, MARKUP[:20]: MARKUP}),
        ("integrations", {"search": MARKUP}),
    ],
)
def test_texts_from_outside_are_never_markup(
    marked_up: Path, open_page: OpenPage, page: str, link: dict[str, str]
) -> None:
    app = open_page(marked_up, page, **link)
    cited = "|".join(re.escape(verbatim(MARKUP[:length])) for length in (len(MARKUP), 60, 20))
    assert "script" not in re.sub(cited, "", "\n".join(read(app)))


def test_tables_show_texts_from_outside_as_they_are(marked_up: Path, open_page: OpenPage) -> None:
    assert tables(open_page(marked_up, "integrations"))[0].column("title") == [MARKUP]
    assert open_page(marked_up, "integrations", integration="1234567_1").text[0].value == MARKUP


def test_what_is_loaded_meanwhile_is_shown_at_the_next_look(tmp_path: Path, open_page: OpenPage) -> None:
    lake = given_lake(tmp_path / "lake", [call()])
    app = open_page(lake)
    assert cards(app)["Calls"][0] == "1"
    (tmp_path / "integrations.csv").write_text(
        "integration,partner,project,name,replaces,certified_since,certified_until,listed\n1234567_1,1234567,1,Named,,,,\n",
        encoding="utf-8",
    )
    given_lake(lake, [call(), call()], registry=[tmp_path / "integrations.csv"])
    app.run()
    assert cards(app)["Calls"][0] == "3"
    assert "Named · 1234567_1" in app.selectbox(key="filter.integration").options
