"""The dashboard used with a mouse, and with a keyboard: tables, and the way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.dashboard.places import PLACES, WITHOUT_ROWS
from tests.dashboard.visit import Visit, expect_link

if TYPE_CHECKING:
    from collections.abc import Callable

PERIOD = "since=2026-10-12&until=2026-10-19&environment=production"
LINKS = {
    name: place.address(since="2026-10-12", until="2026-10-19", environment="production")
    for name, place in PLACES.items()
    if place.page not in WITHOUT_ROWS
}
LISTS = [name for name, place in PLACES.items() if place.is_list]
"""Pages with a table whose rows can be opened."""
REACHED = """() => {
    window.reached = new Set();
    document.addEventListener("focusin", (event) => window.reached.add(event.target));
}"""
MISSED = """() => [...document.querySelectorAll(".kz-scroll a, .kz-scroll button, .kz-scroll")]
    .filter((one) => !window.reached.has(one)).map((one) => one.innerText.slice(0, 40))"""


@pytest.mark.parametrize("name", LINKS)
def test_whoever_sorts_or_walks_with_the_tab_key_stays_on_the_page(address: str, visit: Visit, name: str) -> None:
    """Every heading of every table, in turn by a click and by Enter; then from the first thing to the last."""
    page = visit.opened(address + LINKS[name]).page
    there, entries = page.url, visit.entries()
    tables = page.locator(".kz-scroll")
    assert tables.count() > 0
    for number in range(tables.count()):
        table = tables.nth(number)
        rows = sorted(table.locator("tbody tr").all_inner_texts())
        headings = table.get_by_role("columnheader")
        for place in range(headings.count()):
            button = headings.nth(place).get_by_role("button")
            if place % 2:
                button.click()
            else:
                button.press("Enter")
            expect(headings.nth(place)).to_have_attribute("aria-sort", re.compile("ascending|descending"))
            expect(button).to_be_focused()
        assert sorted(table.locator("tbody tr").all_inner_texts()) == rows

    page.evaluate(REACHED)
    page.locator("body").focus()
    for _ in range(page.locator("a, button, input, select, textarea, [tabindex]").count() + 5):
        page.keyboard.press("Tab")
    visit.settled()
    assert page.evaluate(MISSED) == []
    assert (page.url, visit.entries()) == (there, entries)
    assert visit.complaints == []


def test_a_table_is_sorted_by_what_its_cells_mean(address: str, visit: Visit) -> None:
    """Numbers by their size, the largest first; names by the alphabet; the third time as the rows came."""
    visit.opened(address + LINKS["integrations"])
    table = visit.table("All integrations")
    came = table.locator("tbody tr").all_inner_texts()

    def column(place: int) -> list[str]:
        return table.locator(f"tbody td:nth-child({place})").all_inner_texts()

    calls = [int(text.replace(",", "")) for text in column(5)]
    table.get_by_role("button", name="Calls", exact=True).click()
    assert [int(text.replace(",", "")) for text in column(5)] == sorted(calls, reverse=True)
    table.get_by_role("button", name="Calls", exact=True).click()
    assert [int(text.replace(",", "")) for text in column(5)] == sorted(calls)
    names = column(1)
    table.get_by_role("button", name="Name", exact=True).click()
    assert column(1) == sorted(names, key=str.lower)
    table.get_by_role("button", name="Name", exact=True).click()
    table.get_by_role("button", name="Name", exact=True).click()
    assert table.locator("tbody tr").all_inner_texts() == came


@pytest.mark.parametrize("place", LISTS)
def test_a_row_opens_by_its_link_alone_and_back_leads_to_it(address: str, visit: Visit, place: str) -> None:
    page = visit.opened(address + LINKS[place]).page
    row = page.locator(".kz-scroll tbody tr").filter(has=page.get_by_role("link")).last
    before, entries = visit.place(), visit.entries()
    row.locator("td").last.click()
    assert visit.place() == before
    name = row.get_by_role("link").inner_text()
    steps: list[Callable[[], object]] = [row.get_by_role("link").click, lambda: page.keyboard.press("Enter")]
    for step in steps:
        row.get_by_role("link").focus()
        assert visit.place() == before
        visit.after(step)
        # A connection is called by the names of both, and says their numbers below.
        expect(page.locator(".st-key-record_title")).to_contain_text(name)
        assert visit.entries() == entries + 1
        assert visit.after(page.go_back).place() == before
        expect(page.locator(":focus")).to_have_text(name)
    assert visit.complaints == []


def test_a_link_can_be_opened_by_itself(address: str, visit: Visit) -> None:
    """In another tab, or from a mail: the address of a row is all that its page needs."""
    visit.opened(address + LINKS["connectors"])
    href = visit.link("By connector and operation", "KnSubject").get_attribute("href")
    assert href is not None
    visit.opened(href)
    expect(visit.title()).to_have_text("KnSubject")


def choose(visit: Visit, label: str, option: str | None) -> None:
    visit.page.get_by_label(label, exact=True).click()
    offered = visit.page.get_by_role("option")
    (offered.filter(has_text=option) if option is not None else offered).first.click()


def test_back_and_forward_show_each_place_as_it_was(address: str, visit: Visit) -> None:
    """Overview > row; connectors > KnSubject > integration; filters, searches and months in between."""
    page = visit.page
    visit.opened(address + LINKS["overview"])
    places = [visit.place()]

    def step(do: Callable[[], object]) -> None:
        entries, here = visit.entries(), page.url
        visit.after(do)
        assert page.url != here
        assert visit.entries() == entries + 1, f"{here} > {page.url}"
        places.append(visit.place())

    def search(text: str) -> None:
        page.get_by_role("searchbox").fill(text)
        page.keyboard.press("Enter")

    step(page.locator(".kz-scroll").get_by_role("link").first.click)
    step(page.get_by_role("link", name="Connectors").click)
    step(lambda: search("kn"))
    step(visit.link("By connector and operation", "KnSubject").click)
    step(visit.table("Who uses this connector?").get_by_role("link").first.click)
    step(page.get_by_role("link", name="All integrations").click)
    step(lambda: search("tureluur"))
    step(lambda: choose(visit, "Environment", "Accept"))
    step(lambda: choose(visit, "Partner", "1107"))
    step(page.get_by_role("button", name="Reset").click)
    step(page.get_by_role("link", name="Customers").click)
    step(page.get_by_role("link", name="Certification").click)
    step(visit.table("What is the state of each integration?").get_by_role("link").first.click)
    for place in reversed(places[:-1]):
        assert visit.after(page.go_back).place() == place
    for place in places[1:]:
        assert visit.after(page.go_forward).place() == place
    for _ in range(3):
        visit.after(page.go_back)
    assert visit.reloaded().place() == places[-4]
    assert visit.complaints == []


def test_sorting_is_there_again_on_the_way_back_and_after_a_reload(address: str, visit: Visit) -> None:
    visit.opened(address + LINKS["integrations"])
    table = visit.table("All integrations")
    table.get_by_role("button", name="Name", exact=True).click()
    before = visit.place()
    visit.after(table.get_by_role("link").nth(3).click)
    expect_link(visit, integration=r"\d+_\d+")
    assert visit.after(visit.page.go_back).place() == before
    assert visit.reloaded().place() == before


def test_a_connector_that_is_typed_wrongly_is_said_to_be_unknown(address: str, visit: Visit) -> None:
    page = visit.opened(f"{address}/impact?{PERIOD}").page
    page.get_by_label("Connector", exact=True).click()
    page.keyboard.type("KnSubj")
    visit.after(lambda: page.keyboard.press("Enter"))
    expect_link(visit, connector="KnSubj")
    expect(page.get_by_text("The connector KnSubj is unknown")).to_be_visible()
    expect(page.get_by_text("Nobody called this")).to_have_count(0)
    page.get_by_role("button", name="KnSubject", exact=True).focus()
    visit.after(lambda: page.keyboard.press("Enter"))
    expect_link(visit, connector="KnSubject")
    expect(visit.table("Who is affected?")).to_be_visible()
    visit.after(page.go_back)
    expect(page.get_by_text("The connector KnSubj is unknown")).to_be_visible()


def test_a_filter_goes_along_in_words_and_can_be_taken_away(address: str, visit: Visit) -> None:
    """Chosen on one page, used on the next, said and not applied where it cannot be; what a page is about stays there."""
    page = visit.opened(f"{address}/errors?{PERIOD}").page
    visit.after(lambda: choose(visit, "Environment", "Accept"))
    expect(page.get_by_role("button", name="Environment Accept")).to_be_visible()
    visit.after(page.get_by_role("link", name="Certification").click)
    expect(page.get_by_text("Not applied on this page: Environment Accept.")).to_be_visible()
    counted = visit.place()["cards"]
    page.get_by_role("button", name="Remove").focus()
    visit.after(lambda: page.keyboard.press("Enter"))
    assert visit.place()["cards"] == counted
    expect(page.get_by_text("Not applied on this page")).to_have_count(0)
    visit.after(page.get_by_role("link", name="Connectors").click)
    visit.after(visit.link("By connector and operation", "KnSubject").click)
    visit.after(page.get_by_role("link", name="Errors", exact=False).first.click)
    expect(page).not_to_have_url(re.compile("connector="))
    visit.after(page.go_back)
    visit.after(page.get_by_role("link", name="Its errors").click)
    expect_link(visit, connector="KnSubject")
    visit.after(page.get_by_role("button", name="Connector KnSubject").click)
    expect(page).not_to_have_url(re.compile("connector="))
    assert visit.complaints == []


def test_release_notes_are_there_again_on_the_way_back_and_asked_for_elsewhere(address: str, visit: Visit) -> None:
    page = visit.opened(f"{address}/impact?{PERIOD}").page
    page.get_by_role("button", name="Release notes").click()
    notes = {"name": "notes.csv", "mimeType": "text/csv", "buffer": b"connector\nKnSubject\n"}
    visit.after(lambda: page.locator("input[type=file]").set_input_files(notes))  # type: ignore[arg-type]  # as documented
    expect_link(visit, notes="[0-9a-f]+")
    expect(visit.table("Who is affected?")).to_be_visible()
    page.keyboard.press("Escape")
    before, link = visit.place(), page.url
    visit.after(visit.table("Who is affected?").get_by_role("link").first.click)
    assert visit.after(page.go_back).place()["first_rows"] == before["first_rows"]
    visit.opened(link)
    expect(page.get_by_text("Upload them again")).to_be_visible()
