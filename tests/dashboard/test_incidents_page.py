"""The page about incidents: the answer, a row for each cause, and what one of them rests on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from analytics.incidents.evidence import evidence
from analytics.incidents.incidents import incidents
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from dashboard.sections.incidents import figures
from dashboard.shell.data import OpenLake, View
from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import MARKUP, tables
from tests.dashboard.test_pages import cards, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analytics.incidents.incident import Incident
    from tests.dashboard.conftest import OpenPage

FIRST = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
OUTAGE = (FIRST + dt.timedelta(days=14, hours=10), FIRST + dt.timedelta(days=14, hours=12))
REFUSED = FIRST + dt.timedelta(days=17, hours=9)
CUSTOMERS = f'customer,name,branch\n2001,"{MARKUP}",Food\n'


def _calls() -> Iterator[dict[str, Any]]:
    """Four integrations call for three customers each, in ten hours of each of twenty days."""
    for day in range(20):
        for hour in range(8, 18):
            at = FIRST + dt.timedelta(days=day, hours=hour)
            for integration in ("1001_1", "1002_1", "1003_1", "1004_1"):
                for customer in ("2001", "2002", "2003"):
                    status = 200
                    if OUTAGE[0] <= at < OUTAGE[1]:
                        status = 503
                    elif (integration, customer) == ("1001_1", "2001") and at >= REFUSED:
                        status = 401
                    yield call(called_at=at.isoformat(), integration_id=integration, customer=customer, status=status)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours without the platform, and a token that is refused until the end."""
    folder = tmp_path_factory.mktemp("incidents_page")
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    return given_lake(folder / "lake", list(_calls()), registry=[folder / "customers.csv"])


@pytest.fixture(scope="module")
def found(lake: Path) -> dict[str, Incident]:
    with Warehouse.open(lake) as warehouse:
        return {one.kind: one for one in incidents(warehouse, Scope())}


def test_the_answer_stands_first_and_each_cause_is_a_row(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "incidents")
    shown = cards(app)
    assert [(name, figure) for name, (figure, _) in shown.items()] == [
        ("Last until now", "1"),
        ("Began in the period", "2"),
        ("Incidents", "2"),
        ("Whom to call most", "Customer"),
    ]
    assert shown["Whom to call most"][1] == f"`` {MARKUP} ``: 1 incident"
    [listed] = tables(app)
    assert listed.rows("incident_kind", "incident_where", "started_at", "incident_until", "calls", "errors") == [
        ["Errors", f"1001_1 · {MARKUP} (2001)", "18 Oct 2026, 11:00", "lasts", "29", "29"],
        ["Outage of the platform", "The platform", "15 Oct 2026, 12:00", "15 Oct 2026, 14:00", "24", "24"],
    ]
    assert listed.rows("error_rate", "customers_affected", "party") == [
        ["100.0%", "1", "Customer"],
        ["100.0%", "3", "Vendor"],
    ]


def test_a_row_opens_what_it_rests_on(lake: Path, found: dict[str, Incident], open_page: OpenPage) -> None:
    link = str(tables(open_page(lake, "incidents"))[0].links("incident_kind")[1])
    outage = found["platform_outage"]
    assert link.startswith("incidents?")
    assert f"incident={outage.id}" in link
    app = open_page(lake, "incidents", incident=outage.id)
    assert app.text[0].value == "Outage of the platform"
    assert "From 15 Oct 2026, 12:00 to 15 Oct 2026, 14:00." in read(app)
    assert cards(app)["Errors"] == ("24", "of 24 calls")
    rates, integrations, customers, connectors = tables(app)
    # Fourteen days of 120 calls, and the two hours before it on the 15th, of 12 each.
    assert rates.rows("incident_part", "calls", "errors", "error_rate", "error_rate_range")[:2] == [
        ["In the incident", "24", "24", "100.0%", "86.2–100.0%"],
        ["In the eight weeks before", "1,704", "0", "0.0%", "0.0–0.2%"],
    ]
    assert rates.column("incident_part")[2] == "Usual"
    assert integrations.rows("title", "unexplained", "share") == [
        [f"100{number}_1", "6", "25.0%"] for number in (1, 2, 3, 4)
    ]
    assert customers.rows("customer", "unexplained", "share") == [[f"200{n}", "8", "33.3%"] for n in (1, 2, 3)]
    assert connectors.rows("title", "unexplained", "share") == [["KnSubject", "24", "100.0%"]]
    assert "integration=1001_1" in str(integrations.links("title")[0])
    assert app.get("vega_lite_chart")


def test_the_chart_has_the_incidents_calls_hour_by_hour(lake: Path, found: dict[str, Incident]) -> None:
    with Warehouse.open(lake) as warehouse:
        hours = evidence(warehouse, Scope(), found["platform_outage"]).hours
        later = evidence(warehouse, Scope(), found["error_spike"]).hours
    errors = hours.filter(hours["errors"] > 0)
    assert errors.rows() == [(OUTAGE[0] + dt.timedelta(hours=turn), 12, 12) for turn in (0, 1)]
    # One call an hour of the pair, 20 days of 10 hours, 29 of which were refused; the outage is another kind of error.
    assert (later["calls"].sum(), later["errors"].sum()) == (200, 29)


def test_a_pair_links_to_its_connection_and_names_are_no_markup(
    lake: Path, found: dict[str, Incident], open_page: OpenPage
) -> None:
    app = open_page(lake, "incidents", incident=found["error_spike"].id)
    assert app.text[0].value == f"Errors: 1001_1 · {MARKUP} (2001)"
    links = [link.proto for link in app.get("page_link")]
    [pair] = [link for link in links if link.label == "The connection"]
    assert "integration=1001_1" in pair.query_string
    assert "customer=2001" in pair.query_string
    assert not [text for text in read(app) if "script" in text]


def test_an_id_that_is_not_there_is_said_and_the_others_are_shown(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "incidents", incident=MARKUP)
    assert app.warning[0].value.startswith(f"This period has no incident `` {MARKUP} `` that these filters show.")
    assert len(tables(app)) == 1


def test_filters_choose_what_is_shown(lake: Path, found: dict[str, Incident], open_page: OpenPage) -> None:
    [listed] = tables(open_page(lake, "incidents", integration="1002_1"))
    assert listed.column("incident_kind") == ["Outage of the platform"]
    before = open_page(lake, "incidents", since="2026-10-01", until="2026-10-10")
    assert before.success[0].value == "No incident in this period."
    assert tables(before) == []
    later = open_page(lake, "incidents", since="2026-10-19", until="2026-10-21")
    assert {name: figure for name, (figure, _) in cards(later).items()} == {
        "Last until now": "1",
        "Began in the period": "0",
        "Incidents": "1",
        "Whom to call most": "Customer",
    }
    assert tables(open_page(lake, "incidents", since="2026-10-19", incident=found["error_spike"].id))


def test_a_silence_shows_the_calls_that_are_missing_and_no_rates(tmp_path: Path, open_page: OpenPage) -> None:
    # 1001_1 stops after sixteen days; 1002_1 calls on, and both call in each of ten hours of the day for two customers.
    calls = [
        call(called_at=at.isoformat(), integration_id=integration, customer=customer)
        for day in range(20)
        for hour in range(8, 18)
        for at in [FIRST + dt.timedelta(days=day, hours=hour)]
        for integration in (["1001_1", "1002_1"] if day < 16 else ["1002_1"])
        for customer in ("2001", "2002")
    ]
    lake = given_lake(tmp_path / "lake", calls)
    with Warehouse.open(lake) as warehouse:
        [silence] = incidents(warehouse, Scope())
        view = View(OpenLake(str(tmp_path), warehouse), Scope())
        days = figures.days_around(silence, view.evidence(silence), view)
    # From two weeks before 16 October, 20 o'clock (Amsterdam), until the end of the logs.
    first = dt.date(2026, 10, 2)
    assert days.rows() == [(first + dt.timedelta(days=n), 20 if n < 15 else 0, 0) for n in range(19)]
    app = open_page(lake, "incidents", incident=silence.id)
    assert app.text[0].value == "Silence: 1001_1"
    assert list(cards(app)) == ["Calls missing", "Customers", "Who can fix it"]
    assert cards(app)["Who can fix it"] == ("Partner", "90% sure")
    assert tables(app) == []
