"""The kinds of reports come from the files in a folder, and a kind without a page of its own gets the common one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.reports.figures import Figures, rows
from analytics.reports.kind import Kind, kinds_in
from analytics.reports.model import Dated, Record
from analytics.reports.month import Month
from analytics.reports.page import _engine, _values
from analytics.reports.tables import summary
from tests.analytics.reports.html_page import Page
from tests.analytics.reports.world import OCTOBER, acme_calls, every_day, warehouse

if TYPE_CHECKING:
    from pathlib import Path


class LinkRow(Record):
    """One customer of one integration."""

    integration: str
    customer: str
    calls: int
    error_rate: float


class Links(Dated):
    """The customers of a partner, in a table called as one of the report about a partner, whose words it takes."""

    partner: int
    customers: tuple[LinkRow, ...]


def links(folder: Path) -> Links:
    with warehouse(folder, [*every_day(OCTOBER), *acme_calls()]) as everything:
        figures = Figures(everything, Month.parse("2026-10"), everything=everything)
        found = rows(LinkRow, everything.metric("customer_links", figures.scope))
        return Links(
            **figures.dated(), partner=1234, customers=tuple(row for row in found if row.integration == "1234_1")
        )


def test_a_report_is_a_file_or_a_folder_and_none_is_run(tmp_path: Path) -> None:
    (tmp_path / "gone_quiet").mkdir()
    (tmp_path / "gone_quiet" / "__init__.py").write_text(
        'KIND = Kind(help="Folder.", about="partner")\n', encoding="utf-8"
    )
    text = 'raise RuntimeError("it was run")\nKIND = Kind(help="File.", words={"kind": "Slow"})\n'
    (tmp_path / "slow.py").write_text(text, encoding="utf-8")
    assert kinds_in(tmp_path) == {
        "gone_quiet": Kind(help="Folder.", about="partner"),
        "slow": Kind(help="File.", words={"kind": "Slow"}),
    }


def test_without_a_page_of_its_own_a_report_shows_its_tables_as_they_are(tmp_path: Path) -> None:
    report = links(tmp_path)
    page = Page(_engine().get_template("tables.html").render(**_values("partner", report, str)))
    assert page.tables("customers") == [
        [
            ["Integration", "Customer", "Calls", "Error rate"],
            ["1234_1", "7000001", "3", "33.3%"],
            ["1234_1", "1234", "1", "0.0%"],
            ["1234_1", "7000002", "1", "100.0%"],
        ]
    ]
    assert [heading.text for heading in page.all("h1")] == ["Partner report"]
    assert [line.text for line in page.all("p", "subtitle")] == ["October 2026, partner 1234"]
    assert "Every customer that was called" in page.text


def test_whom_a_report_is_about_is_the_first_line_of_its_figures(tmp_path: Path) -> None:
    assert summary(links(tmp_path)).splitlines()[:2] == ["measure,value,before,unit", "partner,1234,,"]
