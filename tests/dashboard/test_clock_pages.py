"""The pages of the certification clock and of the ID check: their answers, and their messages if there are none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashboard.sections.certification.figures import rule
from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import MARKUP, OpenPage, tables

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

REGISTRY = """integration,name,certified_since,certified_until
1234567_1,Orders,2026-01-01,
1234567_2,Prices,2026-01-01,2026-12-01
1234567_3,,2026-01-01,
"""


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders has two customers in October and one of them fell silent, Prices one who left in September; 1234567_3 none."""
    folder = tmp_path_factory.mktemp("clock")
    (folder / "integrations.csv").write_text(REGISTRY, encoding="utf-8")

    def on(days: str, integration: str | None, customer: int, **said: object) -> list[dict[str, object]]:
        return [
            call(
                called_at=f"2026-{day}T08:00:00Z", integration_id=integration, customer=str(7000000 + customer), **said
            )
            for day in days.split()
        ]

    calls = [
        *on("09-01 10-30", "1234567_1", 1),
        *on("10-05 10-06", "1234567_1", 2),
        *on("09-10", "1234567_2", 3),
        *on("10-30", "1234567-2", 3, id_defect="wrong_separator"),
        # somebody's calls every day: a log that would tell if days of it were missing
        *on(" ".join(f"{dt.date(2026, 9, 1) + dt.timedelta(days=day):%m-%d}" for day in range(60)), None, 99),
    ]
    return given_lake(folder / "lake", calls, registry=[folder / "integrations.csv"])


def cards(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def said(app: AppTest) -> str:
    kinds = ("error", "warning", "info", "success", "markdown", "caption", "subheader")
    return "\n".join(str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind))


def test_the_clock_shows_what_needs_somebody_first(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "certification", required="2")
    assert cards(app) == {
        "Lost": "2",
        "At risk": "1",
        "Ended": "0",
        "Ends soon": "0",
        "Blocked": "0",
        "Unknown": "0",
        "Certified": "0",
        "Eligible": "0",
        "Not yet": "0",
    }
    table = tables(app)[0]
    assert table.rows("title", "customers", "clock_why") == [
        ["Prices", "0", "no customers, malformed ids"],
        ["1234567_3", "0", "no customers, never called"],
        ["Orders", "2", "customers fell silent, last calls leave the window"],
    ]
    assert table.column("clock") == ["Lost", "Lost", "At risk"]
    # From 30 September on, the first day whose 30 days the logs cover: who called on the 1st is gone the day after.
    assert table.columns["course"]["series"][2] == [1, 0, 0, 0, 0, *[1] * 25, 2]
    assert "production calls of 1 – 30 Oct 2026" in said(app)


ENDINGS = """integration,name,partner,certified_since,certified_until
1234567_1,Ended long ago,1234567,2025-01-01,2026-06-01
1234567_2,Ended today,1234567,2025-01-01,2026-10-30
1234567_3,Ends tomorrow,1234567,2025-01-01,2026-10-31
1234567_4,Ends in the window,1234567,2025-01-01,2026-11-29
1234567_5,Ends after it,1234567,2025-01-01,2026-11-30
1234567_6,Never ends,1234567,2025-01-01,
1234567_7,Uses what is supplied,1234567,,
1234567_8,Is new,1234567,,
"""


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight integrations with two customers each until 30 October; the seventh uses a supplied GetConnector."""
    folder = tmp_path_factory.mktemp("endings")
    (folder / "integrations.csv").write_text(ENDINGS, encoding="utf-8")
    (folder / "partners.csv").write_text("partner,name\n1234567,Acme\n", encoding="utf-8")
    calls = [
        call(
            called_at=f"2026-{day}T08:00:00Z",
            integration_id=f"1234567_{project}",
            customer=str(7000000 + customer),
            connector="Profit_Employees" if project == 7 else "KnSubject",
        )
        for day in ("09-01", "10-30")
        for project in range(1, 9)
        for customer in (1, 2)
    ]
    return given_lake(folder / "lake", calls, registry=[folder / "integrations.csv", folder / "partners.csv"])


def test_what_ends_or_is_blocked_comes_first_by_date_with_partner_and_id(endings: Path, open_page: OpenPage) -> None:
    urgent, every = tables(open_page(endings, "certification", required="2"))
    assert urgent.rows("clock", "title", "partner_name", "integration", "certified_until", "certificate_ends") == [
        ["Ended", "Ended long ago", "Acme", "1234567_1", "1 Jun 2026", "ended 151 days ago"],
        ["Ended", "Ended today", "Acme", "1234567_2", "30 Oct 2026", "ended today"],
        ["Ends soon", "Ends tomorrow", "Acme", "1234567_3", "31 Oct 2026", "in 1 day"],
        ["Ends soon", "Ends in the window", "Acme", "1234567_4", "29 Nov 2026", "in 30 days"],
        ["Blocked", "Uses what is supplied", "Acme", "1234567_7", "–", "–"],
    ]
    assert every.rows("clock", "integration") == [
        *urgent.rows("clock", "integration"),
        ["Certified", "1234567_5"],
        ["Certified", "1234567_6"],
        ["Eligible", "1234567_8"],
    ]


@pytest.mark.parametrize("required", ["1", "2", "3"])
@pytest.mark.parametrize("until", ["2026-06-02", "2026-10-20", "2026-10-31", "2026-11-05", "2026-12-15"])
def test_nothing_that_has_ended_or_is_blocked_stands_under_a_good_state(
    endings: Path, open_page: OpenPage, required: str, until: str
) -> None:
    """Whatever the last day that is looked at, and the rule."""
    last_day = min(dt.date.fromisoformat(until), dt.date(2026, 10, 31)) - dt.timedelta(days=1)
    found = tables(open_page(endings, "certification", required=required, since="2026-06-01", until=until))
    for table in found:
        for state, end, why in table.rows("clock", "certified_until", "clock_why"):
            if end != "–" and dt.datetime.strptime(end, "%d %b %Y").date() <= last_day:  # noqa: DTZ007 - a date alone
                assert state not in {"Certified", "Eligible"}
                assert "certificate ended" in why
            assert "Profit_" not in why or state not in {"Certified", "Eligible"}


def test_the_verdict_of_a_certificate_that_ends_is_not_a_good_one(endings: Path, open_page: OpenPage) -> None:
    def of(project: int) -> AppTest:
        return open_page(endings, "certification", required="2", integration=f"1234567_{project}")

    ended = of(1)
    assert "**The certificate ended** on 1 Jun 2026 (ended 151 days ago)." in ended.error[0].value
    assert "no longer certified: the certificate ended on 1 Jun 2026" in said(ended)
    assert "**The certificate ends soon:** on 31 Oct 2026 (in 1 day)." in of(3).warning[0].value
    assert "certified until 31 Oct 2026" in said(of(3))
    assert "**Blocked.** Enough customers in the last 30 days (2)" in of(7).warning[0].value
    assert [app.success[0].value[:13] for app in (of(5), of(8))] == ["**Certified**", "**Eligible.**"]
    assert not any(app.success for app in (ended, of(2), of(3), of(4), of(7)))


def test_one_integration_says_its_verdict_and_what_would_help(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "certification", integration="1234567_1", required="2")
    assert app.text[0].value == "Orders"
    assert "If nobody calls again, there will be fewer than 2 on **5 Nov 2026**" in app.warning[0].value
    assert cards(app) == {
        "Customers in the window": "2 (2 required)",
        "Days left": "6",
        "In this state since": "5 Oct 2026",
        "Certified until": "–",
        "Last customer call": "30 Oct 2026",
    }
    customers = tables(app)[0]
    assert customers.rows("presence", "customer", "leaves_on") == [
        ["Counts", "7000001", "29 Nov 2026"],
        ["Silent", "7000002", "5 Nov 2026"],
    ]


def test_malformed_ids_are_shown_with_what_they_are_attributed_by(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "certification", integration="1234567_2")
    assert "**Lost.**" in app.error[0].value
    assert "**1 call of this integration or its partner had a malformed id in the window.**" in said(app)
    assert tables(app)[1].rows("integration_id", "basis", "calls") == [["1234567-2", "Digits of the id", "1"]]


def test_without_a_registry_the_clock_says_that_it_knows_of_no_certificate(tmp_path: Path, open_page: OpenPage) -> None:
    lake = given_lake(tmp_path / "lake", [call(called_at="2026-10-01T08:00:00Z")])
    app = open_page(lake, "certification")
    assert app.info[0].value.startswith(
        "The registry holds no integrations, so the dashboard does not know which are certified."
    )
    assert "not in the registry" not in tables(app)[0].column("clock_why")[0]


def test_the_rule_stands_in_the_link(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "certification", required="2")
    app.number_input(key="certification.window").set_value(60).run()
    assert (app.query_params["window"], app.query_params["required"]) == ("60", "2")
    assert tables(app)[-1].column("customers") == ["0", "1", "2"]


@pytest.mark.parametrize("text", ["", "0", "-1", "abc", "9" * 9, "½"])
def test_a_rule_that_cannot_be_is_the_vendors(text: str) -> None:
    assert rule(text, text) == (30, 5)


def test_each_value_of_a_rule_is_taken_or_replaced_by_itself() -> None:
    assert rule("60", "0") == (60, 5)
    assert rule(None, "three") == (30, 5)


def test_a_filter_that_leaves_calls_out_changes_no_verdict(clock: Path, open_page: OpenPage) -> None:
    """A connector chosen elsewhere would make every integration one that never called."""
    app = open_page(clock, "certification", required="2")
    narrowed = open_page(
        clock, "certification", required="2", connector="FbSales", customer="7000009", environment="test"
    )
    assert cards(narrowed) == cards(app)
    assert cards(app)["Unknown"] == "0"
    assert "**Not applied on this page:** Environment `Test`, Connector `FbSales`, Customer `7000009`." in said(
        narrowed
    )


def test_the_end_of_the_period_is_the_end_of_the_window(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "certification", until="2026-10-11")
    assert "production calls of 11 Sep – 10 Oct 2026" in said(app)


def test_an_id_is_checked_in_every_environment(week: Path, open_page: OpenPage) -> None:
    app = open_page(week, "check", search="2731-302751", environment="test")
    assert "**This is not a valid id:** wrong separator." in app.error[0].value
    assert tables(app)[0].column("integration_id")[0] == "2731_302751"
    assert tables(app)[1].column("environment") == ["Production"]
    assert app.query_params["search"] == "2731-302751"


def test_an_id_that_arrives_shows_since_when_and_from_how_many(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "check", search="1234567_1")
    assert "**The id arrives and is correct:** 4 calls from 2 customers. Production." in app.success[0].value
    assert cards(app) == {
        "Calls with this id": "4",
        "Customers": "2",
        "First call": "1 Sep 2026",
        "Last call": "30 Oct 2026",
    }


def test_an_id_is_asked_for_and_then_in_the_link(clock: Path, open_page: OpenPage) -> None:
    app = open_page(clock, "check")
    assert "Type an IntegrationId" in app.info[0].value
    app.text_input(key="search").set_value("7654321_1").run()
    assert "**The id does not arrive.**" in app.error[0].value
    assert app.query_params["search"] == "7654321_1"


def test_a_hostile_text_is_shown_letter_by_letter(marked_up: Path, open_page: OpenPage) -> None:
    app = open_page(marked_up, "check", search=MARKUP)
    assert "**This is not a valid id:**" in app.error[0].value
    assert "<script>" not in said(app)
    assert open_page(marked_up, "certification", integration="1234567_1").text[0].value == MARKUP


@pytest.mark.parametrize("page", ["certification", "check"])
def test_an_empty_lake_says_what_to_do(empty_lake: Path, open_page: OpenPage, page: str) -> None:
    app = open_page(empty_lake, page)
    assert "The lake is empty" in said(app)
    assert not tables(app)
