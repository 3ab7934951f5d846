"""What may be published of branches: nothing that points to a single customer, also not by way of the total."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.branches import PUBLISHED_COLUMNS, Cell, publish, published, safe_cells
from analytics.errors import AnalyticsError
from analytics.registry import load_registry
from analytics.scope import Scope
from analytics.warehouse import Warehouse
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def cells(without_branch: int = 0, /, **customers: int) -> list[Cell]:
    named = [Cell(branch=branch, customers=count) for branch, count in customers.items() if count]
    return [*named, Cell(branch=None, customers=without_branch)] if without_branch else named


def safe(given: list[Cell], smallest: int = 5) -> list[tuple[str | None, int]]:
    return [(cell.branch, cell.customers) for cell in safe_cells(given, smallest=smallest)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (cells(Care=5, School=9), [("School", 9), ("Care", 5)]),
        (cells(Care=9, School=6, Trade=4), [("Care", 9), (None, 10)]),  # 4 = total - 9 - 6, so the 6 goes too
        (cells(Care=9, School=4, Trade=4), [(None, 17)]),  # 8 = total - 9 could only be 4 and 4
        (cells(Care=7, School=5, Sport=5, Trade=1), [("Care", 7), (None, 11)]),
        (cells(Care=9, Trade=1), [(None, 10)]),
        (cells(Care=4), []),
        (cells(Care=2, School=2), []),
        (cells(Care=3, School=2), [(None, 5)]),
        (cells(2, Care=9), [(None, 11)]),  # two without a branch
        (cells(7, Care=9), [("Care", 9), (None, 7)]),
        (cells(7, Care=9, School=1), [(None, 17)]),  # the 7 hide nobody of School
        (cells(9, School=1), []),
        (cells(), []),
    ],
)
def test_small_branches_are_hidden_and_so_is_what_would_tell_them(
    given: list[Cell], expected: list[tuple[str | None, int]]
) -> None:
    assert safe(given) == expected


def test_no_hidden_branch_can_be_worked_out() -> None:
    """Whoever knows the table, how it was made, all branches, and even how many customers have none.

    All worlds with up to eight customers in each of three branches: those that give the same table differ in every hidden
    number that is too small to be shown.
    """
    smallest = 3
    worlds = defaultdict(list)
    for without_branch in range(4):
        for counts in itertools.product(range(9), repeat=3):
            table = safe(cells(without_branch, **dict(zip("abc", counts, strict=True))), smallest)
            worlds[tuple(table), without_branch].append(counts)
    told = [
        (table, place, counts)
        for (table, _), possible in worlds.items()
        for place, name in enumerate("abc")
        if name not in dict(table)
        for counts in possible
        if 0 < counts[place] < smallest and len({world[place] for world in possible}) == 1
    ]
    assert told == []
    assert all(count >= smallest for table, _ in worlds for _, count in table)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two listed integrations and one that is not; eight customers in Care, six in School, one in Trade."""
    folder = tmp_path_factory.mktemp("branches")
    users = {
        "1234567_1": [*range(1, 9), *range(11, 17)],
        "1234567_2": [*range(1, 6), 21],
        "7654321_8": range(1, 9),
    }
    calls = [
        call(customer=f"10000{customer:02}", integration_id=integration)
        for integration, customers in users.items()
        for customer in customers
    ]
    path = given_lake(folder / "lake", calls)
    branches = {**dict.fromkeys(range(1, 9), "=Care <b>"), **dict.fromkeys(range(11, 17), "School"), 21: "Trade"}
    rows = "".join(f"10000{customer:02},{branch}\n" for customer, branch in branches.items())
    (folder / "c.csv").write_text(f"customer,branch\n{rows}", encoding="utf-8")
    (folder / "i.csv").write_text(
        "integration,name,listed\n1234567_1,Acme & Co,yes\n1234567_2,,yes\n7654321_8,Secret,no\n", encoding="utf-8"
    )
    load_registry(path, [folder / "c.csv", folder / "i.csv"], now=NOW)
    return path


def test_what_is_published_is_listed_rounded_and_safe(lake: Path) -> None:
    """15 customers: 14 of them use 1234567_1, six 1234567_2.

    School: 6 of 6 over 14 of 15 = 1.07. Of 1234567_2 five are of Care, and one of Trade would be told by the total.
    """
    with Warehouse.open(lake) as warehouse:
        rows = published(warehouse, Scope())
        fewer = published(warehouse, Scope(), smallest=7)
    assert rows.columns == list(PUBLISHED_COLUMNS)
    assert rows.rows() == [
        ("1234567_1", "Acme & Co", "=Care <b>", 8, 1.0, 1.1),
        ("1234567_1", "Acme & Co", "School", 6, 1.0, 1.1),
        ("1234567_2", None, "all branches", 6, None, None),
    ]
    assert fewer.rows() == [("1234567_1", "Acme & Co", "all branches", 14, None, None)]


def test_the_table_is_text_wherever_it_is_put(lake: Path, tmp_path: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        rows = published(warehouse, Scope())
        period = warehouse.period(Scope())
    publish(rows, tmp_path / "table.csv", smallest=5, period=period)
    publish(rows, tmp_path / "table.HTML", smallest=5, period=period)
    lines = (tmp_path / "table.csv").read_bytes().decode().split("\r\n")
    assert lines[:2] == [
        "integration,name,branch,customers,share,lift",
        "1234567_1,Acme & Co,'=Care <b>,8,1.0,1.1",
    ]
    text = (tmp_path / "table.HTML").read_text(encoding="utf-8")
    assert text.startswith(
        '<table lang="en">\n<caption>Customers by branch, 1 October 2026. Branches with fewer than 5 '
    )
    assert "<tr><td>Acme &amp; Co</td><td>=Care &lt;b&gt;</td><td>8</td><td>100%</td><td>1.1</td></tr>" in text
    assert "<tr><td>1234567_2</td><td>all branches</td><td>6</td><td>–</td><td>–</td></tr>" in text


def test_the_table_speaks_dutch_too(tmp_path: Path) -> None:
    branches = [("Care", 1234, 0.5, 6.8), ("other branches", 8, None, None)]
    rows = pl.DataFrame([("1234567_1", "Acme", *cell) for cell in branches], schema=PUBLISHED_COLUMNS, orient="row")
    whole = (dt.date(2026, 8, 1), dt.date(2026, 11, 1))
    for name in ("tabel.html", "tabel.csv"):
        publish(rows, tmp_path / name, smallest=5, period=whole, language="nl")
    assert (tmp_path / "tabel.html").read_text(encoding="utf-8").split("\n") == [
        '<table lang="nl">',
        (
            "<caption>Klanten per branche, 1 augustus 2026 tot en met 31 oktober 2026. Branches met minder dan 5 klanten worden "
            "niet genoemd.</caption>"
        ),
        (
            "<thead><tr><th>Integratie</th><th>Branche</th><th>Klanten</th><th>Aandeel van de branche</th>"
            "<th>Keer het gebruikelijke aandeel</th></tr></thead>"
        ),
        "<tbody>",
        "<tr><td>Acme</td><td>Care</td><td>1.234</td><td>50%</td><td>6,8</td></tr>",
        "<tr><td>Acme</td><td>overige branches</td><td>8</td><td>–</td><td>–</td></tr>",
        "</tbody>",
        "</table>",
        "",
    ]
    assert (tmp_path / "tabel.csv").read_text(encoding="utf-8").splitlines() == [
        ",".join(PUBLISHED_COLUMNS),
        "1234567_1,Acme,Care,1234,0.5,6.8",
        "1234567_1,Acme,overige branches,8,,",
    ]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    rows = pl.DataFrame(schema=dict.fromkeys(PUBLISHED_COLUMNS, pl.String))
    with pytest.raises(AnalyticsError, match=r"table\.xlsx: expected a name that ends in \.csv or \.html"):
        publish(rows, tmp_path / "table.xlsx", smallest=5, period=None)
    with pytest.raises(AnalyticsError, match=r"table\.csv: cannot be written: No such file"):
        publish(rows, tmp_path / "none" / "table.csv", smallest=5, period=None)
