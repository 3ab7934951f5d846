"""The served dashboard in a real browser: opened, filtered, clicked through, and its numbers checked against SQL."""

from __future__ import annotations

import datetime as dt
import re
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from analytics.findings.findings import findings
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.dashboard.conftest import MARKUP
from tests.dashboard.visit import Visit, address_in, expect_link, serving

if TYPE_CHECKING:
    from pathlib import Path


def counted(lake: Path, sql: str, **narrowing: str) -> str:
    """One number by SQL, as a card shows it."""
    with Warehouse.open(lake) as warehouse:
        return f"{warehouse.query(sql, scope=Scope.parse(narrowing)).item():,}"


CUSTOMERS = "select count(distinct customer) filter (where status < 400 and operation <> 'auth' and not own) from calls"


def test_a_reader_opens_filters_and_clicks_through_the_dashboard(week: Path, address: str, visit: Visit) -> None:
    page = visit.page
    page.goto(address)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    calls = counted(week, "select count(*) from calls")
    expect(visit.card("Calls")).to_have_text(calls)
    expect(visit.card("Customers")).to_have_text(counted(week, CUSTOMERS))

    visit.settled().page.get_by_label("Environment").click()
    visit.after(page.get_by_role("option", name="Accept").click)
    expect_link(visit, environment="accept")
    expect(visit.card("Calls")).to_have_text(counted(week, "select count(*) from calls", environment="accept"))
    shown = visit.settled().cards()
    link = page.url

    visit.after(page.get_by_role("button", name="Reset").click)
    expect_link(visit, environment="production")
    expect(visit.card("Calls")).to_have_text(calls)
    page.get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("tureluur roosters")
    page.keyboard.press("Enter")
    expect_link(visit, search="tureluur\\+roosters")

    customers = counted(week, CUSTOMERS, integration="1107_301201")
    expect(visit.table("All integrations").get_by_role("cell").nth(3)).to_have_text(customers)
    expect(page.locator("svg path[aria-label*='Customers']")).to_have_count(1)
    visit.link("All integrations", "Tureluur Roosters").click()
    expect_link(visit, integration="1107_301201")
    expect(visit.title()).to_have_text("Tureluur Roosters")
    expect(visit.card("Customers")).to_have_text(customers)
    expect(visit.table("Connectors")).to_be_visible()

    page.go_back()
    expect(page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()
    page.go_forward()
    expect(visit.title()).to_have_text("Tureluur Roosters")
    page.get_by_role("link", name="All integrations").click()
    expect(page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()
    expect(page).not_to_have_url(re.compile("integration="))

    page.goto(link)
    expect(visit.card("Calls")).to_have_text(shown["Calls"])
    assert visit.settled().cards() == shown
    assert visit.stays_on_this_machine()
    assert visit.complaints == []


def test_a_finding_leads_to_its_integration(week: Path, address: str, visit: Visit) -> None:
    with Warehouse.open(week) as warehouse:
        found = findings(warehouse, Scope(since="2026-09-19", until="2026-10-19"), today=dt.date(2026, 10, 19))
    first = next(one for one in found if one.kind == "ids_wrong")
    visit.page.goto(address)
    visit.link("What needs attention?", first.what).click()
    assert first.integration is not None
    expect_link(visit, integration=first.integration)
    expect(visit.page).to_have_url(re.compile("/certification"))
    assert visit.complaints == []


@pytest.mark.parametrize("page", ["integrations", "connectors", "errors", "data_quality"])
def test_every_page_can_be_opened_by_its_address(address: str, visit: Visit, page: str) -> None:
    visit.page.goto(f"{address}/{page}")
    expect(visit.page.get_by_text("data until 18 Oct 2026")).to_be_visible()
    expect(visit.page.get_by_role("link", name="Overview")).to_be_visible()
    expect(visit.page.get_by_role("table").first).to_be_visible()
    assert visit.stays_on_this_machine()
    assert visit.complaints == []


def test_a_day_is_the_same_day_on_the_other_side_of_the_ocean(week: Path, address: str, visit: Visit) -> None:
    calls = counted(week, "select count(*) from calls", since="2026-10-12", until="2026-10-13")
    visit.page.goto(f"{address}/?since=2026-10-12&until=2026-10-14&environment=production")
    bar = visit.page.locator(".st-key-card_calls svg path[aria-label]").first
    expect(bar).to_have_attribute("aria-label", re.compile(rf"Mon 12 Oct 2026.*: {calls}\b"))


def test_a_taken_port_is_said_and_texts_from_outside_are_texts(
    marked_up: Path, address: str, some_port: int, visit: Visit, tmp_path: Path
) -> None:
    """In one test, because a second server is the slow part of both."""
    page = visit.page
    with serving(marked_up, tmp_path, port=some_port) as (_, said):
        there = address_in(said)
        assert said[0] == f"Port {some_port} is taken. The dashboard uses port {there.rpartition(':')[2]} instead."
        period = "since=2026-10-01&until=2026-10-03"
        page.goto(f"{there}/integrations?{period}&integration=1234567_1")
        expect(visit.title()).to_have_text(MARKUP)
        expect(page.get_by_test_id("stCaptionContainer").filter(has_text="contact")).to_contain_text("**b**")
        page.goto(f"{there}/integrations?{period}&partner=%3Cscript%3E&search=**z**")
        expect(page.get_by_text("No integration has **z** in its name")).to_be_visible()
        page.goto(f"{there}/integrations?{period}")
        page.locator("svg path[aria-label*='Customers']").first.hover()
        expect(page.locator("#vg-tooltip-element")).to_contain_text("<script>alert(1)</script> **b**")
        assert page.locator("a[href*='example.com']").count() == 0
        assert page.locator("script", has_text="alert(1)").count() == 0
        page.goto("about:blank")
    assert visit.stays_on_this_machine()
    assert visit.complaints == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to one process")
def test_control_c_ends_it_at_once_and_cleanly(week: Path, some_port: int, tmp_path: Path) -> None:
    with serving(week, tmp_path, port=some_port) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 130
