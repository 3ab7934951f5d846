"""The pages about customers and branches: months, cohorts, and the table for publication."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.registry import load_registry
from dashboard.sections.customers.figures import comings_and_goings
from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import tables
from tests.dashboard.test_pages import cards, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dashboard.conftest import OpenPage

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """August to October: seven customers, of whom two are lost in September and one comes back; one is new."""
    folder = tmp_path_factory.mktemp("customers")
    users = {8: range(7), 9: range(2, 7), 10: (0, *range(2, 8))}
    first_and_last = [call(called_at=f"2026-{day}T10:00:00Z", integration_id=None) for day in ("08-01", "10-31")]
    calls = [
        call(called_at=f"2026-{month:02}-10T10:00:00Z", customer=f"700000{number}")
        for month, numbers in users.items()
        for number in numbers
    ]
    path = given_lake(folder / "lake", [*first_and_last, *calls])
    (folder / "i.csv").write_text("integration,name,listed\n1234567_1,Acme,yes\n", encoding="utf-8")
    branches = "".join(f"700000{number},{'Care' if number < 7 else 'School'}\n" for number in range(9))
    (folder / "c.csv").write_text(f"customer,branch\n{branches}", encoding="utf-8")
    load_registry(path, [folder / "i.csv", folder / "c.csv"], now=NOW)
    return path


def test_the_last_whole_month_is_on_the_cards_and_another_can_be_chosen(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "customers", since="2026-10-05", until="2026-11-01")
    assert cards(app) == {
        "New": ("1", ""),
        "Returning": ("1", ""),
        "Lost": ("0", ""),
        "Start unknown": ("0", ""),
    }
    assert (
        "Oct 2026: integrations have **7 customers** in total. A customer that uses two integrations counts twice."
        in read(app)
    )
    columns = ["title", "customers", "new", "stayed", "returning", "unknown", "lost"]
    assert tables(app)[0].rows(*columns) == [["Acme", "7", "1", "5", "1", "0", "0"]]
    months = app.selectbox[-1]
    assert months.options == ["Oct 2026", "Sep 2026", "Aug 2026"]
    months.set_value(dt.date(2026, 9, 1)).run()
    assert tables(app)[0].rows(*columns) == [["Acme", "5", "0", "5", "0", "0", "2"]]


def test_a_month_that_is_not_over_is_not_on_the_cards(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "customers", since="2026-10-05", until="2026-10-15")
    assert any(text.startswith("Sep 2026: integrations have **5 customers**") for text in read(app))


def test_of_one_integration_nobody_counts_twice(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "customers", since="2026-10-05", until="2026-11-01", integration="1234567_1")
    assert "Oct 2026: **7 customers**." in read(app)


def test_below_each_month_stands_how_many_came_and_went() -> None:
    """A month that is not over has null for lost customers. A month without changes has no text."""
    rows = pl.DataFrame(
        {
            "month": [dt.date(2026, month, 1) for month in (8, 9, 9, 10)],
            "new": [0, 2, 0, 3],
            "stayed": [0, 1, 5, 7],
            "returning": [0, 0, 1, 0],
            "unknown": [7, 0, 0, 0],
            "lost": [None, 4, 0, None],
        }
    )
    labels = comings_and_goings(rows).select("month_label").unique(maintain_order=True)["month_label"].to_list()
    assert labels == ["Aug 2026\n", "Sep 2026\n+3 \N{MINUS SIGN}4", "Oct 2026\n+3"]


def test_without_a_customer_the_page_says_so(tmp_path: Path, open_page: OpenPage) -> None:
    app = open_page(given_lake(tmp_path / "lake", [call(status=500)]), "customers")
    assert app.info[0].value.startswith("No integration had a customer in the loaded logs")


def test_branches_show_share_and_lift_and_only_what_is_safe_for_publication(lake: Path, open_page: OpenPage) -> None:
    """In October there are six customers of Care and one of School, and all of them use it. Whatever is chosen, October is published."""
    app = open_page(lake, "branches", since="2026-10-01", until="2026-11-01")
    shown, published = tables(app)
    assert shown.rows("title", "branch", "customers", "branch_customers", "share", "lift") == [
        ["Acme", "Care", "6", "6", "100.0%", "1.0x"],
        ["Acme", "School", "1", "1", "100.0%", "1.0x"],
    ]
    columns = "title", "branch", "customers_range", "branch_customers_range"
    assert published.rows(*columns) == [["Acme", "Care", "5\N{EN DASH}9", "5\N{EN DASH}9"]]
    days = {"since": "2026-10-10", "until": "2026-10-12"}
    for chosen in (
        {"since": "2026-08-01", "until": "2026-09-01"},
        days,
        {"stream": "gateway"},
        {"customer": "7000003"},
    ):
        assert tables(open_page(lake, "branches", **chosen))[-1].rows(*columns) == published.rows(*columns), chosen


def test_without_branches_the_page_says_what_to_load(tmp_path: Path, open_page: OpenPage) -> None:
    app = open_page(given_lake(tmp_path / "lake", [call()]), "branches")
    assert "`koppelzicht registry load` loads a list of customers with their branches" in app.info[0].value
