"""The served dashboard in a real browser: opened, filtered, clicked through, and its numbers checked against SQL."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from analytics.scope import Scope
from analytics.warehouse import Warehouse
from tests.dashboard.conftest import MARKUP, ROOT

# Offline and silent: the browser's own services would be the only thing that leaves this machine.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
HEADER_PX, ROW_PX = 35, 35
LOOKED_FOR = re.compile(r"/_stcore/(health|host-config)$")
"""Streamlit looks for its server below the page's own address first, and does not find it there."""


@dataclass
class Visit:
    """A browser's page on the dashboard, with everything it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> Visit:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket_: self.requests.append(socket_.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(f"{said.text} {said.location}")
                if said.type == "error" and not LOOKED_FOR.search(said.location["url"])
                else None
            ),
        )
        return self

    def card(self, label: str) -> Locator:
        """The figure on a card."""
        metric = self.page.get_by_test_id("stMetric").filter(has=self.page.get_by_text(label, exact=True))
        return metric.get_by_test_id("stMetricValue")

    def settled(self) -> Visit:
        """The visit, once the page is whole: it is sent piece by piece."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        return self

    def cards(self) -> dict[str, str]:
        """All figures by their labels."""
        labels = ("Customers", "Integrations", "Calls", "Error rate")
        return {label: self.card(label).inner_text() for label in labels}

    def title(self) -> Locator:
        """The name of the integration or connector that is open."""
        return self.page.locator(".st-key-record_title").get_by_test_id("stText")

    def table(self, title: str) -> Locator:
        """A table, by what it is called."""
        return self.page.get_by_role("region", name=title, exact=True)

    def click_row(self, title: str, row: int) -> None:
        """Click into the first cell of a row, from 0. The table is a canvas: there is nothing else to click on."""
        table = self.table(title)
        expect(table.locator("canvas").first).to_be_visible()
        self.settled()
        table.click(position={"x": 60, "y": HEADER_PX + ROW_PX * row + ROW_PX // 2})

    def stays_on_this_machine(self) -> bool:
        """Whether all that was asked for came from here."""
        return {urlsplit(url).hostname for url in self.requests if not url.startswith(("data:", "blob:"))} == {
            "localhost"
        }


def expect_link(visit: Visit, **parts: str) -> None:
    """Wait until the address says so."""
    for name, value in parts.items():
        expect(visit.page).to_have_url(re.compile(rf"[?&]{name}={value}(&|$)"))


@contextlib.contextmanager
def serving(lake: Path, folder: Path, *, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The dashboard in a process of its own, started elsewhere; what it printed until it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "koppelzicht", "dashboard", "--lake", str(lake), "--port", str(port)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if "Koppelzicht is at" in line:
                break
        try:
            yield process, said
        finally:
            process.terminate()


def address_in(said: list[str]) -> str:
    """The address that was printed."""
    found = re.search(r"http://localhost:\d+", said[-1])
    assert found is not None, said
    return found[0]


@pytest.fixture(scope="module")
def some_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def address(week: Path, some_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the dashboard of the sample week is served."""
    with serving(week, tmp_path_factory.mktemp("elsewhere"), port=some_port) as (_, said):
        yield address_in(said)


@pytest.fixture(scope="module")
def browser(browser_path: Path) -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A visitor on the other side of the ocean, whose day is another one than the lake's."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1400}, timezone_id="America/New_York", locale="nl-NL"
    )
    yield Visit(context.new_page()).watch()
    context.close()


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

    page.get_by_label("Environment").click()
    page.get_by_role("option", name="Accept").click()
    expect_link(visit, environment="accept")
    expect(visit.card("Calls")).to_have_text(counted(week, "select count(*) from calls", environment="accept"))
    shown = visit.settled().cards()
    link = page.url

    page.get_by_role("button", name="Reset").click()
    expect_link(visit, environment="production")
    expect(visit.card("Calls")).to_have_text(calls)
    page.get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("tureluur roosters")
    expect_link(visit, search="tureluur\\+roosters")

    customers = counted(week, CUSTOMERS, integration="1107_301201")
    expect(visit.table("All integrations").get_by_test_id("glide-cell-3-0")).to_have_text(customers)
    expect(page.locator("svg path[aria-label*='Customers']")).to_have_count(1)
    visit.click_row("All integrations", 0)
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
        found = warehouse.query_file("attention", Scope(since="2026-09-19", until="2026-10-19"))["kind"].to_list()
    visit.page.goto(address)
    visit.click_row("What needs attention", found.index("gone_silent"))
    expect_link(visit, integration="2386_304040")
    expect(visit.page.get_by_role("link", name="All integrations")).to_be_visible()
    assert visit.complaints == []


@pytest.mark.parametrize("page", ["integrations", "connectors", "errors", "data_quality"])
def test_every_page_can_be_opened_by_its_address(address: str, visit: Visit, page: str) -> None:
    visit.page.goto(f"{address}/{page}")
    expect(visit.page.get_by_text("data until 18 Oct 2026")).to_be_visible()
    expect(visit.page.get_by_role("link", name="Overview")).to_be_visible()
    expect(visit.page.get_by_test_id("stDataFrame").first.locator("canvas").first).to_be_visible()
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
        assert said[0] == f"Port {some_port} is taken, so this is port {there.rpartition(':')[2]}."
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
