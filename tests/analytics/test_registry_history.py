"""The warehouse gives the names of a past period, and lists everybody who has no name at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.errors import AnalyticsError
from analytics.registry import load_registry
from analytics.scope import Scope
from analytics.unnamed.missing import missing, write_missing
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MARCH = Scope.parse({"since": "2026-03-01", "until": "2026-04-01"})
JUNE = Scope.parse({"since": "2026-06-01", "until": "2026-07-01"})
SEPTEMBER = Scope.parse({"since": "2026-09-01", "until": "2026-10-01"})


def load(lake: Path, text: str, as_of: str) -> None:
    file = lake.parent / "rows.csv"
    file.write_text(text, encoding="utf-8")
    load_registry(lake, [file], now=NOW, as_of=dt.date.fromisoformat(as_of))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calls in March, June and September; an integration that gets another id, and names that change."""
    path = given_lake(
        tmp_path_factory.mktemp("history") / "lake",
        [
            call(called_at="2026-03-10T08:00:00Z", integration_id="1234567_1", customer="1000001"),
            call(called_at="2026-06-10T08:00:00Z", integration_id="1234567_1", customer="1000001"),
            call(called_at="2026-09-10T08:00:00Z", integration_id="1234567_2", customer="1000001"),
            call(called_at="2026-03-10T09:00:00Z", integration_id="7654321_8", customer="2000002"),
            call(called_at="2026-09-10T09:00:00Z", integration_id="7654321_8", customer="2000002"),
        ],
    )
    load(path, "integration,name\n1234567_1,Acme HR\n7654321_8,\n", "2026-01-01")
    load(path, "integration,name\n1234567_1,Acme People\n7654321_8,\n", "2026-06-01")
    load(
        path,
        "integration,name,replaces\n1234567_2,Acme People 2,1234567_1\n7654321_8,Bee,\n1234567_1,old,\n",
        "2026-09-01",
    )
    load(path, "partner,name\n1234567,Acme\n7654321,Bee b.v.\n", "2026-09-01")
    load(path, "customer,name,branch\n1000001,School One,Education\n", "2026-01-01")
    load(path, "customer,name,branch\n1000001,School One,Care\n", "2026-09-01")
    return path


def names(lake: Path, scope: Scope, viewer: Scope | None = None) -> dict[str, str | None]:
    with Warehouse.open(lake, viewer=viewer) as warehouse:
        return dict(warehouse.metric("customers_per_integration", scope).select("integration", "name").rows())


def test_a_period_has_the_names_of_its_last_day(lake: Path) -> None:
    """And an id that was replaced later has, under its new one, the name it had: the calls are counted there too."""
    assert names(lake, MARCH) == {"1234567_2": "Acme HR", "7654321_8": "Bee"}
    assert names(lake, JUNE) == {"1234567_2": "Acme People"}
    assert names(lake, SEPTEMBER) == {"1234567_2": "Acme People 2", "7654321_8": "Bee"}


def test_a_period_that_reaches_to_the_end_of_the_data_has_the_names_of_now(lake: Path) -> None:
    now = {"1234567_2": "Acme People 2", "7654321_8": "Bee"}
    assert names(lake, Scope()) == now
    assert names(lake, Scope.parse({"since": "2026-03-01", "until": "2026-09-11"})) == now
    assert names(lake, Scope.parse({"until": "2026-09-10"}))["1234567_2"] == "Acme People 2"
    assert names(lake, Scope.parse({"until": "2026-08-31"}))["1234567_2"] == "Acme People"


def test_the_names_of_now_may_be_younger_than_the_data(tmp_path: Path) -> None:
    """The data end on 10 September. A question about all of it gets the list of October; one that ends a day earlier gets the list of its day."""
    lake = given_lake(tmp_path / "lake", [call(called_at=f"2026-09-{day:02}T08:00:00Z") for day in (1, 10)])
    load(lake, "integration,name\n1234567_1,Acme HR\n", "2026-01-01")
    load(lake, "integration,name\n1234567_1,Acme People\n", "2026-10-15")
    assert names(lake, Scope()) == {"1234567_1": "Acme People"}
    assert names(lake, Scope.parse({"since": "2026-09-10", "until": "2026-09-11"})) == {"1234567_1": "Acme People"}
    assert names(lake, Scope.parse({"until": "2026-12-01"})) == {"1234567_1": "Acme People"}
    assert names(lake, Scope.parse({"until": "2026-09-10"})) == {"1234567_1": "Acme HR"}


JANUARY = ("integration,name", "1234567_1,Acme HR", "1234567_2,")
OCTOBER = (
    "integration,name,replaces",
    "1234567_1,Acme before",
    "1234567_2,Acme between,1234567_1",
    "1234567_3,Acme,1234567_2",
)


@pytest.mark.parametrize("lists", [("01", "10"), ("10", "01")], ids=["january_first", "october_first"])
@pytest.mark.parametrize("rows", [slice(None, 0, -1), slice(1, None)], ids=["new_id_first", "old_id_first"])
def test_the_order_of_ids_and_of_lists_changes_no_name(tmp_path: Path, rows: slice, lists: tuple[str, ...]) -> None:
    """A chain of three ids: all calls are the newest one's, whose name in spring is that which its oldest id had."""
    used = {"03": "1234567_1", "06": "1234567_2", "10": "1234567_3"}
    lake = given_lake(
        tmp_path / "lake",
        [call(called_at=f"2026-{month}-10T08:00:00Z", integration_id=one) for month, one in used.items()],
    )
    for month in lists:
        header, *_ = content = JANUARY if month == "01" else OCTOBER
        padded = [f"{row}{',' * (header.count(',') - row.count(','))}" for row in content[rows]]
        load(lake, "\n".join([header, *padded, ""]), f"2026-{month}-01")
    assert names(lake, MARCH) == {"1234567_3": "Acme HR"}
    assert names(lake, JUNE) == {"1234567_3": "Acme HR"}
    assert names(lake, Scope()) == {"1234567_3": "Acme"}


def test_branches_are_those_of_the_period_and_partners_have_the_first_name_they_got(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        then = warehouse.metric("customer_links", MARCH.replace(customer="1000001"))["branch"].to_list()
        later = warehouse.metric("customer_links", SEPTEMBER.replace(customer="1000001"))["branch"].to_list()
        partners = dict(warehouse.metric("customers_per_partner", MARCH).select("partner", "name").rows())
    assert (then, later) == (["Education"], ["Care"])
    assert partners == {1234567: "Acme", 7654321: "Bee b.v."}


def test_a_viewer_sees_no_other_name_of_any_day(lake: Path) -> None:
    viewer = Scope(partner=1234567, environment="all")
    assert names(lake, MARCH, viewer) == {"1234567_2": "Acme HR"}
    with Warehouse.open(lake, viewer=viewer) as warehouse:
        assert warehouse.query("select integration, name from integrations order by all", scope=MARCH).rows() == [
            ("1234567_2", "Acme HR")
        ]


def test_a_period_is_answered_twice_and_by_several_threads_alike(lake: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    scopes = [MARCH, JUNE, SEPTEMBER] * 4
    with Warehouse.open(lake) as warehouse, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda scope: warehouse.metric("customers_per_integration", scope).rows(), scopes))
        assert found == [warehouse.metric("customers_per_integration", scope).rows() for scope in scopes]


def test_who_has_no_name_is_listed_the_busiest_first(tmp_path: Path) -> None:
    """Not a partner's own environment, and not whose id cannot be read; a row without a name says nothing."""
    lake = given_lake(
        tmp_path / "lake",
        [
            call(called_at="2026-10-01T08:00:00Z", integration_id="1234567_1", customer="1000001"),
            call(called_at="2026-10-02T08:00:00Z", integration_id="1234567_1", customer="1234567", environment="test"),
            call(called_at="2026-10-03T08:00:00Z", integration_id="7654321_8", customer="2000002", status=500),
            call(called_at="2026-10-04T08:00:00Z", integration_id="7654321_8", customer="1000001"),
            call(called_at="2026-10-05T08:00:00Z", integration_id="7654321_8", customer="1000001"),
            call(called_at="2026-10-06T08:00:00Z", integration_id="oops", id_defect="no_separator", customer="3000003"),
            call(called_at="2026-10-07T08:00:00Z", integration_id=None, customer="beers/enyoi"),
        ],
    )
    load(lake, "partner,name\n1234567,Acme\n", "2026-10-01")
    load(lake, "integration,name,listed\n7654321_8,,yes\n", "2026-10-01")
    load(lake, "customer,name,branch\n3000003,,Care\n2000002,,\n", "2026-10-01")
    first, last = (dt.datetime(2026, 10, day, 8, tzinfo=dt.UTC) for day in (3, 5))
    with Warehouse.open(lake) as warehouse:
        assert [(*row[:3], row[3].day, row[4].day) for row in missing(warehouse).rows()] == [
            ("partners", "7654321", 3, 3, 5),
            ("integrations", "7654321_8", 3, 3, 5),
            ("integrations", "1234567_1", 2, 1, 2),
            ("customers", "1000001", 3, 1, 5),
            ("customers", "2000002", 1, 3, 3),
            ("customers", "beers/enyoi", 1, 7, 7),
        ]
        assert missing(warehouse)["first_call"][0] == first
        assert missing(warehouse)["last_call"][0] == last
        files = write_missing(warehouse, tmp_path / "out")
        with pytest.raises(AnalyticsError, match=r"partners\.csv, .* exists already and may have been filled in"):
            write_missing(warehouse, tmp_path / "out")
    assert [file.name for file in files] == ["partners.csv", "integrations.csv", "customers.csv"]
    assert files[1].read_text(encoding="utf-8") == (
        "integration,partner,project,name,replaces,certified_since,certified_until,listed\n"
        "7654321_8,7654321,8,,,,,yes\n"
        "1234567_1,,,,,,,\n"
    )
    filled = files[0].read_text(encoding="utf-8").replace("7654321,", "7654321,Bee b.v.")
    files[0].write_text(filled, encoding="utf-8")
    report = load_registry(lake, files, now=NOW, adds=True)
    assert (report.partners, report.integrations, report.customers) == (2, 2, 4)
    with Warehouse.open(lake) as warehouse:
        assert missing(warehouse)["key"].to_list() == ["7654321_8", "1234567_1", "1000001", "2000002", "beers/enyoi"]
