"""Lakes for the pages, and a way to run a page without a browser."""

from __future__ import annotations

import csv
import datetime as dt
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analytics.registry import load_registry
from dashboard.shell.data import LAKE_VARIABLE
from dashboard.shell.pages import PAGES
from ingest import ReadOptions, ingest
from ingest.lake.lake import Lake
from tests.analytics.given import call, given_lake
from tests.dashboard.visit import FLAGS, ROOT, Visit, address_in, serving

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
MARKUP = "<script>alert(1)</script> **b** [x](http://example.com) :red[x] $x$ `c` :material/home: -> www.example.com"
"""A text that would be markup if it were taken for HTML or Markdown."""


@dataclass(frozen=True)
class Table:
    """A table as the page hands it to the browser: what stands in its cells, and where its links lead."""

    title: str
    columns: Mapping[str, Mapping[str, Any]]

    def column(self, name: str) -> list[str]:
        """What stands in a column, from the first row to the last."""
        return list(self.columns[name]["texts"])

    def rows(self, *names: str) -> list[list[str]]:
        """What stands in these columns, row by row."""
        return [list(row) for row in zip(*(self.column(name) for name in names), strict=True)]

    def links(self, name: str) -> list[str | None]:
        """Where the texts of a column lead."""
        return list(self.columns[name]["links"])

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))["texts"])


def tables(app: AppTest) -> list[Table]:
    """The tables of a page, from its top to its bottom."""
    given = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [Table(each["title"], {column["name"]: column for column in each["columns"]}) for each in given]


OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def nothing_is_kept_open() -> Iterator[None]:
    """Close what pages keep between two looks: else the engine complains at the very end that it was never closed."""
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real lake: one week of the sample logs, with the registry."""
    lake = tmp_path_factory.mktemp("dashboard") / "week"
    ingest(lake, [str(ROOT / "sample_logs" / "json")], ReadOptions(), now=NOW)
    load_registry(lake, sorted((ROOT / "sample_logs" / "registry").glob("*.csv")), now=NOW)
    return lake


@pytest.fixture(scope="session")
def four_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six calls of four days, few enough to count: two integrations, a failure, an unidentified call."""
    return given_lake(
        tmp_path_factory.mktemp("dashboard") / "four_days",
        [
            call(called_at="2026-10-01T08:00:00Z", customer="7000001", integration_id="1234567_1"),
            call(called_at="2026-10-02T08:00:00Z", customer="7000002", integration_id="1234567_1"),
            call(called_at="2026-10-02T09:00:00Z", customer="7000002", integration_id="1234567_1", status=500),
            call(called_at="2026-10-03T08:00:00Z", customer="7000003", integration_id="7654321_1"),
            call(called_at="2026-10-03T09:00:00Z", customer="7000001", integration_id=None),
            call(called_at="2026-10-04T08:00:00Z", customer="7000001", integration_id="1234567_1"),
        ],
    )


@pytest.fixture(scope="session")
def marked_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake in which every text that comes from outside is markup."""
    folder = tmp_path_factory.mktemp("dashboard")
    registry = {
        "partners": ["partner,name,contact,email,phone", ["1234567", MARKUP, MARKUP, "", ""]],
        "integrations": [
            "integration,partner,project,name,replaces,certified_since,certified_until,listed",
            ["1234567_1", "1234567", "1", MARKUP, "", "", "", "true"],
        ],
        "customers": ["customer,name,branch", ["7000001", MARKUP, MARKUP]],
    }
    for name, (header, row) in registry.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([str(header).split(","), row])
    marked = {"connector": MARKUP, "user_agent": MARKUP, "stream": MARKUP}
    calls = [
        call(called_at="2026-10-01T08:00:00Z", customer="7000001", integration_id="1234567_1", **marked),
        call(called_at="2026-10-01T09:00:00Z", customer="7000001", integration_id="1234567_1", status=500, **marked),
        call(called_at="2026-10-02T08:00:00Z", customer="7000001", integration_id=None, **marked),
    ]
    return given_lake(folder / "lake", calls, registry=[folder / f"{name}.csv" for name in registry])


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake into which nothing was loaded."""
    lake = tmp_path_factory.mktemp("dashboard") / "empty"
    Lake(lake).create()
    return lake


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open a page of the dashboard over a lake, by its address and the parameters of a link; it must not fail."""

    def opened(lake: Path, page: str = "overview", **link: str) -> AppTest:
        # Streamlit shows the overview for an address that it does not know.
        assert page in {known.address for known in PAGES}, f"there is no page {page!r} in dashboard/sections/"
        monkeypatch.setenv(LAKE_VARIABLE, str(lake))
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30)
        app.query_params.update(link)
        if page != "overview":
            app._page_hash = calc_hash(
                page
            )  # as a browser asks for it; `switch_page` takes the script's name for the address
        app.run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


@pytest.fixture(scope="module")
def some_port() -> int:
    """A free port."""
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


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor on the other side of the ocean, whose day is another one than the lake's."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1400}, timezone_id="America/New_York", locale="nl-NL"
    )
    yield context
    context.close()


@pytest.fixture
def visit(visitor: BrowserContext) -> Iterator[Visit]:
    """A page of their browser, which has been here before: what the dashboard is made of is fetched once."""
    page = visitor.new_page()
    yield Visit(page).watch()
    page.close()
