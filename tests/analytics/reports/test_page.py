"""The pages are well formed, self-contained and readable for everybody, and no name in them is taken for markup."""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from analytics.registry import RegistryFiles, load_registry, registry_files
from analytics.reports import write_report
from analytics.reports.figures import Figures
from analytics.reports.model import Dated, ErrorRow
from analytics.reports.month import Month
from analytics.reports.page import _engine, _values
from analytics.reports.tables import summary, tables
from analytics.reports.wording import words
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_snapshot
from tests.analytics.reports.html_page import Page, read_page
from tests.analytics.reports.world import (
    ACME,
    NOW,
    OCTOBER,
    SEPTEMBER,
    acme,
    acme_calls,
    at,
    every_day,
    every_report,
    warehouse,
)

if TYPE_CHECKING:
    from pathlib import Path

EVERY_DAY = every_day([*SEPTEMBER, *OCTOBER])
TIMES_OF_GAPS = {
    "partner": "Mon 12 Oct 14:00 to Tue 13 Oct 15:00; Tue 20 Oct 14:00 to 15:00",
    "month": "proxy, Mon 12 Oct 14:00 to Tue 13 Oct 15:00; proxy, Tue 20 Oct 14:00 to 15:00",
}
MONSTER = "<script>alert(1)</script>\"'&amp; <img src=x onerror=alert(2)> {{ 7*7 }} [link](javascript:alert(3))"


def pages(folder: Path, calls: list[dict[str, Any]], *, named: bool = True) -> dict[str, Page]:
    """The page of every report that there is, by its name."""
    with warehouse(folder, calls, named=named) as everything:
        return {name: read_page(files[0]) for name, files in every_report(everything, folder / "out").items()}


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The pages of a month with a bit of everything."""
    said = [
        call(called_at=at("2026-10-09"), integration_id=None, body_integration_id="1234_1"),
        *(acme(f"2026-10-{day:02}", customer="7000003", status=403) for day in range(1, 15)),
    ]
    return pages(tmp_path_factory.mktemp("ordinary"), [*EVERY_DAY, *acme_calls(), *said])


class TestStructure:
    def test_nothing_is_fetched_and_nothing_runs(self, ordinary: dict[str, Page]) -> None:
        fetching = {
            "script",
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "audio",
            "video",
            "base",
            "use",
            "image",
        }
        for page in ordinary.values():
            assert fetching & {element.tag for element in page.elements} == set()
            attributes = {name for element in page.elements for name in element.attributes}
            assert {
                name for name in attributes if name.startswith("on") or name in {"src", "href", "xlink:href"}
            } == set()
            (style,) = page.all("style")
            assert re.search(r"url\(|@import|https?:", style.text) is None
            policies = [meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes]
            assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]

    def test_a_page_has_one_title_one_heading_and_sections_named_by_theirs(self, ordinary: dict[str, Page]) -> None:
        titles = {"partner": "Acme Software: Partner report", "month": "October 2026: Monthly report"}
        for name, page in ordinary.items():
            (title,) = [element.text for element in page.all("title") if element.inside == ["html", "head"]]
            assert title == f"{titles.get(name, page.all('h1')[0].text + ': ' + words(name)['kind'])}, October 2026"
            assert page.all("html")[0].attributes == {"lang": "en"}
            assert len(page.all("h1")) == 1
            ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
            assert len(ids) == len(set(ids))
            named = [section.attributes["aria-labelledby"] for section in page.all("section")]
            assert named == [heading.attributes["id"] for heading in page.all("h2")]

    def test_every_picture_has_a_text(self, ordinary: dict[str, Page]) -> None:
        for page in ordinary.values():
            ids = {element.attributes.get("id") for element in page.elements}
            for place, svg in enumerate(page.elements):
                if svg.tag == "svg" and svg.attributes.get("aria-hidden") != "true":
                    assert svg.attributes["role"] == "img"
                    assert page.elements[place + 1].tag == "title"
                    assert page.elements[place + 1].text
                    assert set(svg.attributes.get("aria-labelledby", "").split()) <= ids

    def test_every_table_has_a_head_and_rows_as_wide(self, ordinary: dict[str, Page]) -> None:
        for page in ordinary.values():
            assert len(page.all("table")) == len(page.all("thead")) == len(page.all("tbody"))
            scopes = [head.attributes["scope"] for head in page.all("th")]
            assert set(scopes) <= {"col", "row"}
            assert scopes.count("row") == len(page.all("tr")) - len(page.all("thead"))
            for heading in page.all("h2"):
                for head, *body in page.tables(heading.attributes["id"]):
                    assert {len(row) for row in body} == {len(head)}

    def test_numbers_are_aligned_and_have_separators(self, tmp_path: Path) -> None:
        calls = [
            acme("2026-10-05", f"{hour:02}:{minute:02}:{second:02}")
            for hour in range(2, 10)
            for minute in range(30)
            for second in range(5)
        ]
        partner = pages(tmp_path, [*EVERY_DAY, *calls])["partner"]
        name, _, *figures = partner.tables("integrations")[0][1]
        assert (name, figures) == (
            "Acme HR 1234_1",
            ["1", "+1", "1,200", "new", "0.0%", "5 Oct 2026, 11:29"],
        )
        assert "1,200" in [cell.text for cell in partner.all("td", "number")]


class TestWhatIsSaid:
    def test_the_cards_compare_with_the_month_before(self, ordinary: dict[str, Page]) -> None:
        cards = [" ".join(card.text.split()) for card in ordinary["partner"].all("div", "card")]
        assert cards == [
            "Customers 1 \N{MINUS SIGN}1 September 2026: 2",
            "Integrations 2 +1 September 2026: 1",
            "Calls 20 +900.0% September 2026: 2",
            "Error rate 80.0% +80.0 pp September 2026: 0.0%",  # 16 of 20
        ]

    def test_what_needs_attention_comes_first_with_advice(self, ordinary: dict[str, Page]) -> None:
        items = [" ".join(item.text.split()) for item in ordinary["partner"].all("li")]
        assert (
            "Medium Acme HR (1234_1) at 7000003: every call fails since 1 Oct 2026, 10:00 Customer 14 calls failed, and none has "
            "succeeded in the period: mostly an address that the customer's IP restriction does not allow (403). To do, the "
            "customer: 7000003: The customer looks at its token, the token's rights, and its IP restriction."
        ) in items
        assert (
            "Low Acme HR (1234_1): calls without its right id Partner In the last 30 days: 1 call with the id in the SOAP envelope "
            "instead of the HTTP header. Such calls do not count for it. To do, the partner: Acme Software (1234): Ask the partner "
            "to send the id as the HTTP header IntegrationId, exactly as it was issued: its number, an underscore, the project number."
        ) in items

    def test_the_period_its_coverage_and_the_rules_are_stated(self, ordinary: dict[str, Page]) -> None:
        for page in ordinary.values():
            said = " ".join(page.text.split())
            assert "Period 1 Oct 2026 to 31 Oct 2026" in said
            assert "Data until 31 Oct 2026, 13:00" in said
            assert "Days covered 31 of 31" in said
            assert "In the month before, September 2026, they cover 30 of 30 days." in said
            assert "An error" not in said
            assert "A call that was answered with status 400 or higher." in said
            assert "A customer with at least one call in the period that was neither an error nor a log-in." in said

    def test_gaps_are_said_before_any_figure(self, tmp_path: Path) -> None:
        days = [*SEPTEMBER[3:], *OCTOBER[:11], *OCTOBER[13:25]]
        proxy = [day for day in days if day != dt.date(2026, 10, 20)]
        calls = [*every_day(days), *every_day(proxy * 12, stream="proxy", integration_id="1234_1")]
        written = pages(tmp_path, calls)
        for page in written.values():
            assert page.all("div", "notice")[0].text.startswith(
                "Logs are missing: they hold no calls at all on 12 to 13 Oct"
            )
            assert "This report shows no changes compared with September 2026" in page.text
        for name, times in TIMES_OF_GAPS.items():
            page = written[name]
            assert " ".join(page.all("div", "notice")[0].text.split()) == (
                "Logs are missing: they hold no calls at all on 12 to 13 Oct. Figures are too low by the calls of those days. "
                f"Logs are missing for 3 hours, judged by the calls that are usual at those times: {times}. "
                "Figures are too low by the calls of those hours. "
                "The logs end on 25 Oct 2026, 13:00, before the month is over."
            )
            assert (
                "This report shows no changes compared with September 2026, because the logs cover only 27 of 30 days in "
                "September 2026." in page.text
            )
            assert "+" not in "".join(card.text for card in page.all("div", "card"))
            assert len(page.all("rect", "missing")) == 2 * (2 + 6)  # both charts: the gap and what is not over

    def test_missing_hours_are_said_and_to_a_partner_only_those_of_its_logs(self, tmp_path: Path) -> None:
        days = [*SEPTEMBER, *OCTOBER]
        busy = [
            *every_day(
                [day for day in days if day != dt.date(2026, 10, 20)] * 12, stream="proxy", integration_id="1234_1"
            ),
            *every_day([day for day in days if day not in OCTOBER[4:6]] * 12, stream="other/access.log"),
        ]
        winter_time = [
            row | {"called_at": row["called_at"] + dt.timedelta(hours=row["day"] >= dt.date(2026, 10, 25))}
            for row in busy
        ]
        written = pages(tmp_path, [*EVERY_DAY, *winter_time])
        partner, month = written["partner"], written["month"]
        assert " ".join(partner.all("div", "notice")[0].text.split()) == (
            "Logs are missing for 1 hour, judged by the calls that are usual at those times: Tue 20 Oct 14:00 to 15:00. "
            "Figures are too low by the calls of those hours."
        )
        assert " ".join(month.all("div", "notice")[0].text.split()) == (
            "Logs are missing for 3 hours, judged by the calls that are usual at those times: "
            "other/access.log, Mon 5 Oct 14:00 to Tue 6 Oct 15:00; proxy, Tue 20 Oct 14:00 to 15:00. "
            "Figures are too low by the calls of those hours."
        )
        assert "access.log" not in partner.text
        assert len(month.all("rect", "thin")) == 2 * 3  # both charts

    def test_numbers_stand_for_names_where_the_registry_has_none(self, tmp_path: Path) -> None:
        written = pages(tmp_path, [*EVERY_DAY, *acme_calls()], named=False)
        assert written["partner"].all("h1")[0].text == "Partner 1234"
        for name in ("partner", "month"):
            assert (
                "This report shows numbers instead of names, because the registry has no names for it."
                in written[name].text
            )

    def test_a_few_numbers_without_a_name_are_counted(self, ordinary: dict[str, Page]) -> None:
        partner, month = ordinary["partner"], ordinary["month"]
        assert "The registry has no name for 1 integration and 3 customers." in partner.text
        assert "The registry has no name for 1 integration. The report shows their numbers." in month.text

    def test_a_long_table_ends_with_where_the_rest_is(self, tmp_path: Path) -> None:
        customers = [acme("2026-10-02", customer=str(6000000 + number)) for number in range(203)]
        partner = pages(tmp_path, [*EVERY_DAY, *customers])["partner"]
        assert len(partner.tables("customers")[0]) == 201
        assert "Rows not shown: 3. All rows are in partner-1234-2026-10-customers.csv." in partner.text


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Reports about names, connectors and programs that try everything."""
    folder = tmp_path_factory.mktemp("hostile")
    quoted = MONSTER.replace('"', '""')
    texts = {
        "p.csv": f'partner,name\n1234,"{quoted}"\n',
        "i.csv": f'integration,name\n1234_1,"{quoted}"\n',
        "c.csv": f'customer,name,branch\n7000001,"{quoted}","=HYPERLINK(""http://x.test"")"\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    load_registry(folder / "lake", [folder / name for name in texts], now=NOW)
    calls = [
        acme("2026-10-01", connector=MONSTER),
        acme("2026-10-02", connector="@SUM(A1)", status=500),
        *(acme(f"2026-10-{day:02}", status=401, connector=MONSTER) for day in range(3, 20)),
        call(
            called_at=at("2026-10-03"),
            integration_id=None,
            customer="7000001",
            user_agent="=cmd|'/c calc'!A1",
            connector="+1",
        ),
        call(called_at=at("2026-10-03"), integration_id="1234-<b>", id_defect="wrong_separator", user_agent=MONSTER),
    ]
    snapshot = given_snapshot(folder, [*EVERY_DAY, *calls])
    with Warehouse.over(snapshot, registry_files(folder / "lake")) as everything:
        return [path for files in every_report(everything, folder / "out").values() for path in files]


class TestForeignText:
    def test_names_are_text_on_a_page(self, hostile: list[Path]) -> None:
        for path in hostile:
            if path.suffix == ".html":
                page = read_page(path)
                assert {"script", "img", "a"} & {element.tag for element in page.elements} == set()
                assert [element.text for element in page.all("b")] == ["Koppelzicht"]
                assert "49" not in page.all("h1")[0].text
                assert "onerror" not in {name for element in page.elements for name in element.attributes}

    def test_a_page_shows_such_a_name_letter_by_letter(self, hostile: list[Path]) -> None:
        for name in ("partner-1234-2026-10.html", "month-2026-10.html"):
            assert MONSTER in read_page(hostile[0].parent / name).text

    def test_no_cell_of_a_csv_file_is_a_formula(self, hostile: list[Path]) -> None:
        cells = []
        for path in hostile:
            if path.suffix == ".csv":
                with path.open(encoding="utf-8", newline="") as file:
                    cells += [cell for row in csv.reader(file) for cell in row]
        assert {'\'=HYPERLINK("http://x.test")', "'@SUM(A1)", "'=cmd|'/c calc'!A1", "'+1"} <= set(cells)
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []

    def test_names_reach_the_csv_files_unchanged(self, hostile: list[Path]) -> None:
        files = {path.name: path for path in hostile}
        assert MONSTER.replace('"', '""') in files["partner-1234-2026-10-integrations.csv"].read_text(encoding="utf-8")


class Quiet(Dated):
    """A report that does not tell a month in full: a table of its own, and what every report has."""

    errors: tuple[ErrorRow, ...]


QUIET = """
{% extends "frame.html" %}
{% from "macros.html" import table with context %}
{% set heading = "Quiet" %}
{% set subtitle = "What went wrong" %}
{% block main %}
<section aria-labelledby="own"><h2 id="own">Own</h2>
{{ table("errors", ["outcome", "integration", "status", "calls", "customers"], shown=1) }}
</section>
{% endblock %}
"""


def test_a_page_needs_no_more_than_its_month_to_say_what_is_missing_and_what_words_mean(tmp_path: Path) -> None:
    days = [*SEPTEMBER, *OCTOBER[:11], *OCTOBER[13:]]
    failed = [acme("2026-10-02", status=403), acme("2026-10-03", status=504), acme("2026-10-04", status=504)]
    with warehouse(tmp_path, [*every_day(days), *failed]) as everything:
        figures = Figures(everything, Month.parse("2026-10"), everything=everything)
        report = Quiet(**figures.dated(), errors=figures.errors)
    html = _engine().from_string(QUIET).render(**_values("month", report, lambda name: f"quiet-{name}.csv"))
    (tmp_path / "quiet.html").write_text(html, encoding="utf-8")
    page = read_page(tmp_path / "quiet.html")
    said = " ".join(page.text.split())
    assert page.all("h1")[0].text == "Quiet"
    assert "Days covered 29 of 31" in said
    assert "Logs are missing: they hold no calls at all on 12 to 13 Oct." in said
    assert "A call that was answered with status 400 or higher." in said
    assert page.tables("own") == [
        [
            ["Kind of error", "Integration", "Status", "Calls", "Customers"],
            ["Service unavailable", "1234_1", "504", "2", "1"],
        ]
    ]
    assert [cell.text for cell in page.all("td", "number")] == ["2", "1"]
    assert "Rows not shown: 1. All rows are in quiet-errors.csv." in said
    assert list(tables(report)) == ["errors"]
    assert "calls" not in summary(report)


def test_a_report_needs_no_registry_at_all(tmp_path: Path) -> None:
    with Warehouse.over(given_snapshot(tmp_path, [*EVERY_DAY, *acme_calls()]), RegistryFiles()) as everything:
        files = write_report(everything, "partner", "2026-10", tmp_path / "out", about=ACME)
    assert read_page(files[0]).all("h1")[0].text == "Partner 1234"
