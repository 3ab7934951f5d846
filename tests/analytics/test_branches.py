"""The table of branches for publication shows nothing about any single customer, even if two tables are compared."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analytics.branches.branches import (
    CLASS,
    PUBLISHED_COLUMNS,
    Language,
    Period,
    period_to_publish,
    publish,
    published,
    published_csv,
    published_of,
)
from analytics.errors import AnalyticsError
from analytics.registry import load_registry
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 11, 1))


def rows(*cells: tuple[str | None, int, int], integration: str = "1234567_1", listed: bool = True) -> pl.DataFrame:
    """Rows of the metric: branch, customers, all customers of the branch."""
    return pl.DataFrame(
        [(integration, "Acme", branch, customers, of_branch, listed) for branch, customers, of_branch in cells],
        schema={
            "integration": pl.String,
            "name": pl.String,
            "branch": pl.String,
            "customers": pl.Int64,
            "branch_customers": pl.Int64,
            "listed": pl.Boolean,
        },
        orient="row",
    )


def shown(*cells: tuple[str | None, int, int], smallest: int = CLASS) -> list[tuple[Any, ...]]:
    return published_of(rows(*cells), smallest=smallest).select(PUBLISHED_COLUMNS[2:]).rows()


def test_numbers_are_classes_and_small_branches_are_not_named() -> None:
    cells = [("Care", 14, 15), ("School", 6, 7), ("Trade", 4, 30), (None, 40, 40), ("Sport", 5, 104)]
    assert shown(*cells) == [("Care", 10, 14, 15, 19), ("School", 5, 9, 5, 9), ("Sport", 5, 9, 100, 104)]
    assert shown(*cells, smallest=10) == [("Care", 10, 14, 15, 19)]


def test_the_order_tells_no_more_than_the_numbers() -> None:
    """Nine and five are one class, so that their names decide."""
    assert [row[0] for row in shown(("Care", 5, 20), ("Art", 9, 20), ("Zoo", 7, 20))] == ["Art", "Care", "Zoo"]
    small = rows(("Care", 5, 9), integration="7654321_8")
    assert published_of(pl.concat([small, rows(("Care", 50, 60))]))["integration"].to_list() == [
        "1234567_1",
        "7654321_8",
    ]


@pytest.mark.parametrize("smallest", [0, 3, 4, 6, 7, -5])
def test_another_threshold_would_cut_the_classes_to_pieces(smallest: int) -> None:
    with pytest.raises(AnalyticsError, match=rf"{smallest} is not 5, 10, 15 or another multiple of 5"):
        shown(("Care", 9, 9), smallest=smallest)


# --- what two tables tell together: all worlds that give the same tables


def _table(customers: int, of_branch: int, smallest: int) -> object:
    return tuple(shown(("Care", customers, of_branch), smallest=smallest))


def _told(worlds: Iterable[Any], seen: Callable[[Any], object], number: Callable[[Any], int]) -> list[object]:
    """The observations by which somebody knows that a number is one to four."""
    possible: dict[object, set[int]] = defaultdict(set)
    for world in worlds:
        possible[seen(world)].add(number(world))
    return [what for what, numbers in possible.items() if all(0 < one < CLASS for one in numbers)]


MOST = 19
"""Customers in a world at most: three classes that are shown and the one that is not."""


def _overlapping() -> Iterable[tuple[int, int, int]]:
    """Customers in the first table alone, in both, and in the second alone: two months, or before and after a load."""
    for first, both, second in itertools.product(range(MOST + 1), repeat=3):
        if first + both <= MOST and both + second <= MOST:
            yield first, both, second


TABLES = {number: _table(number, MOST + 1, CLASS) for number in range(MOST + 1)}
HIGHER = {number: _table(number, MOST + 1, 2 * CLASS) for number in range(MOST + 1)}


@pytest.mark.parametrize(("one", "other"), [(TABLES, TABLES), (TABLES, HIGHER), (HIGHER, HIGHER)])
def test_two_tables_do_not_tell_how_many_are_in_one_of_them_alone(one: dict[int, Any], other: dict[int, Any]) -> None:
    def seen(world: tuple[int, int, int]) -> object:
        first, both, second = world
        return one[first + both], other[both + second]

    worlds = list(_overlapping())
    for place in range(3):
        assert _told(worlds, seen, lambda world, place=place: world[place]) == []  # type: ignore[misc]  # a number of the world


def test_two_tables_of_which_one_is_within_the_other_do_not_tell_what_came() -> None:
    """The same month, before and after the last logs were loaded: nobody left, and few may have come."""
    worlds = [(before, after) for before in range(MOST + 1) for after in range(before, MOST + 1)]
    for one, other in itertools.product((TABLES, HIGHER), repeat=2):
        assert _told(worlds, lambda w: (one[w[0]], other[w[1]]), lambda w: w[1] - w[0]) == []  # noqa: B023 - called at once
        assert _told(worlds, lambda w: (one[w[0]], other[w[1]]), lambda w: w[0]) == []  # noqa: B023


def test_a_number_beside_that_of_the_branch_does_not_tell_who_does_not_use_it() -> None:
    """6 customers at 86 % of the branch would say that there is one who does not."""
    worlds = [(using, of_branch) for of_branch in range(1, 30) for using in range(1, of_branch + 1)]
    tables = {world: _table(*world, CLASS) for world in worlds}
    shown_only = [world for world in worlds if tables[world]]
    assert _told(shown_only, tables.__getitem__, lambda world: world[1] - world[0]) == []


def test_months_and_their_quarter_do_not_tell_a_number_exactly() -> None:
    """Customers in January alone, in February alone, in both; and the two together: three tables that fit into each other."""
    possible: dict[object, set[tuple[int, int, int]]] = defaultdict(set)
    for first, both, second in itertools.product(range(13), repeat=3):
        tables = tuple(number // CLASS for number in (first + both, both + second, first + both + second))
        possible[tables].add((first, both, second))
    exact = [
        (tables, place)
        for tables, worlds in possible.items()
        for place in range(3)
        if len({world[place] for world in worlds}) == 1 and 0 < next(iter(worlds))[place] < CLASS
    ]
    assert exact == []


# --- which calls a table may be about


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-10-01", "2026-11-01"),
        ("2026-10-01", "2027-01-01"),
        ("2028-02-01", "2028-03-01"),
        ("2026-12-01", "2027-01-01"),
    ],
)
def test_a_month_and_a_quarter_can_be_published(since: str, until: str) -> None:
    Period.of(dt.date.fromisoformat(since), dt.date.fromisoformat(until))


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-10-01", "2026-10-31"), ("2026-10-02", "2026-11-01"), ("2026-10-01", "2026-12-01"), ("2026-11-01", "2027-02-01"), ("2026-01-01", "2027-01-01")],
)  # fmt: skip
def test_no_other_days_can_be(since: str, until: str) -> None:
    with pytest.raises(AnalyticsError, match=f"one full calendar month or quarter, and {since} to {until} is neither"):
        Period.of(dt.date.fromisoformat(since), dt.date.fromisoformat(until))


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        ("2026-08-20", "2026-10-19", "2026-09-01"),  # October is not over
        ("2026-08-20", "2026-11-01", "2026-10-01"),
        ("2026-10-12", "2026-10-19", "2026-10-01"),  # no month is over
        ("2026-12-15", "2027-01-02", "2026-12-01"),
    ],
)
def test_without_a_period_it_is_the_last_month_that_is_over(first: str, until: str, expected: str) -> None:
    found = Period.last_of(dt.date.fromisoformat(first), dt.date.fromisoformat(until))
    assert found == Period.month_of(dt.date.fromisoformat(expected))


def test_a_stray_call_behind_the_logs_moves_the_month_nowhere(tmp_path: Path) -> None:
    days = [dt.date(2026, 8, 1) + dt.timedelta(days=number) for number in range(61)]
    calls = [call(called_at=f"{day}T{hour:02}:00:00Z") for day in days for hour in (9, 11)]
    stray = call(called_at="2026-12-20T09:00:00Z")
    with Warehouse.open(given_lake(tmp_path / "lake", [*calls, stray])) as warehouse:
        assert period_to_publish(warehouse, Scope()) == Period(dt.date(2026, 9, 1), dt.date(2026, 10, 1))


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
    text = "".join(f"10000{customer:02},{branch}\n" for customer, branch in branches.items())
    (folder / "c.csv").write_text(f"customer,branch\n{text}", encoding="utf-8")
    (folder / "i.csv").write_text(
        "integration,name,listed\n1234567_1,Acme & Co,yes\n1234567_2,,yes\n7654321_8,Secret,no\n", encoding="utf-8"
    )
    load_registry(path, [folder / "c.csv", folder / "i.csv"], now=NOW)
    return path


CARE = ("1234567_1", "Acme & Co", "=Care <b>", 5, 9, 5, 9)


def test_what_is_published_is_listed_and_in_classes(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        found = published(warehouse, Scope())
        assert found.columns == list(PUBLISHED_COLUMNS)
        assert found.rows() == [
            CARE,
            ("1234567_1", "Acme & Co", "School", 5, 9, 5, 9),
            ("1234567_2", None, "=Care <b>", 5, 9, 5, 9),
        ]
        assert published(warehouse, Scope(), smallest=10).rows() == []
        asked = Scope(since=OCTOBER.since, until=OCTOBER.until)
        assert published(warehouse, asked).equals(found)


def test_a_partner_and_an_integration_choose_rows_and_change_none(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        everything = published(warehouse, Scope()).rows()
        for scope in (Scope(partner=1234567), Scope(integration="1234567_1"), Scope(partner=7654321)):
            own = published(warehouse, scope).rows()
            assert own == [row for row in everything if row[0].startswith(str(scope.partner or scope.integration))]


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        (Scope(environment="all"), "--environment"),
        (Scope(stream="gateway"), "--stream"),
        (Scope(product="profit", customer="1000001"), "--product and --customer"),
        (Scope(connector="KnSubject"), "--connector"),
    ],
)
def test_of_other_calls_nothing_is_published(lake: Path, scope: Scope, named: str) -> None:
    with Warehouse.open(lake) as warehouse, pytest.raises(AnalyticsError, match=f"leave {named} out"):
        published(warehouse, scope)
    with Warehouse.open(lake) as warehouse, pytest.raises(AnalyticsError, match="its --since and its --until"):
        published(warehouse, Scope(since=OCTOBER.since))


def test_one_customer_more_changes_no_more_than_a_class(tmp_path: Path) -> None:
    """Published again after each of twelve customers came: the same bytes for five of them, in every language and format."""
    tables = []
    for customers in range(4, 13):
        folder = tmp_path / str(customers)
        folder.mkdir()
        calls = [call(customer=f"10000{customer:02}") for customer in range(customers)]
        names = "".join(f"10000{customer:02},Care\n" for customer in range(customers))
        (folder / "c.csv").write_text(f"customer,branch\n{names}", encoding="utf-8")
        (folder / "i.csv").write_text("integration,listed\n1234567_1,yes\n", encoding="utf-8")
        lake = given_lake(folder / "lake", calls, registry=[folder / "c.csv", folder / "i.csv"])
        with Warehouse.open(lake) as warehouse:
            found, period = published(warehouse, Scope()), period_to_publish(warehouse, Scope())
        languages: tuple[Language, ...] = "en", "nl"
        for name, language in itertools.product(("t.csv", "t.html"), languages):
            publish(found, folder / f"{language}.{name}", smallest=CLASS, period=period, language=language)
        tables.append([(folder / f"{one}.{two}").read_bytes() for one in ("en", "nl") for two in ("t.csv", "t.html")])
        assert tables[-1][0] == tables[-1][2], "CSV is the same in every language"
        numbers = {text.decode().count("5–9") + text.decode().count(",5,9,5,9") for text in tables[-1]}
        assert numbers == ({2, 1} if 5 <= customers <= 9 else {0})
    assert len({tuple(table) for table in tables[1:6]}) == 1
    assert len({tuple(table) for table in tables}) == 3


def test_the_table_is_text_wherever_it_is_put(lake: Path, tmp_path: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        found = published(warehouse, Scope())
        period = period_to_publish(warehouse, Scope())
    assert period == OCTOBER
    publish(found, tmp_path / "table.csv", smallest=5, period=period)
    publish(found, tmp_path / "table.HTML", smallest=5, period=period)
    content = (tmp_path / "table.csv").read_bytes().decode()
    assert content == published_csv(found, period)
    assert content.split("\r\n")[:2] == [
        "since,until,integration,name,branch,customers_from,customers_to,branch_customers_from,branch_customers_to",
        "2026-10-01,2026-11-01,1234567_1,Acme & Co,'=Care <b>,5,9,5,9",
    ]
    text = (tmp_path / "table.HTML").read_text(encoding="utf-8")
    assert text.startswith(
        '<table lang="en">\n<caption>Customers by branch, October 2026. Numbers are in ranges of five'
    )
    assert "<tr><td>Acme &amp; Co</td><td>=Care &lt;b&gt;</td><td>5–9</td><td>5–9</td></tr>" in text
    assert "<tr><td>1234567_2</td><td>=Care &lt;b&gt;</td><td>5–9</td><td>5–9</td></tr>" in text


def test_the_table_speaks_dutch_too(tmp_path: Path) -> None:
    found = published_of(rows(("Care", 1234, 2345)))
    quarter = Period.of(dt.date(2026, 7, 1), dt.date(2026, 10, 1))
    publish(found, tmp_path / "tabel.html", smallest=5, period=quarter, language="nl")
    assert (tmp_path / "tabel.html").read_text(encoding="utf-8").split("\n") == [
        '<table lang="nl">',
        (
            "<caption>Klanten per branche, juli 2026 tot en met september 2026. Aantallen staan in stappen van vijf. "
            "Branches met minder dan 5 klanten zijn weggelaten.</caption>"
        ),
        "<thead><tr><th>Integratie</th><th>Branche</th><th>Klanten</th><th>Alle klanten van de branche</th></tr></thead>",
        "<tbody>",
        "<tr><td>Acme</td><td>Care</td><td>1.230–1.234</td><td>2.345–2.349</td></tr>",
        "</tbody>",
        "</table>",
        "",
    ]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    nothing = published_of(rows())
    with pytest.raises(AnalyticsError, match=r"table\.xlsx: expected a name that ends in \.csv or \.html"):
        publish(nothing, tmp_path / "table.xlsx", smallest=5, period=None)
    with pytest.raises(AnalyticsError, match=r"table\.csv: cannot be written: No such file"):
        publish(nothing, tmp_path / "none" / "table.csv", smallest=5, period=None)
