"""Customers by month, cohorts, branches and missing names over the whole demo, against counting by plain Python."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from analytics.branches.branches import published
from analytics.customers.customers import cohorts
from analytics.scope import Scope
from analytics.unnamed.missing import missing
from tests.sample_logs import reading

if TYPE_CHECKING:
    from analytics.warehouse.warehouse import Warehouse

README = " ".join((reading.ROOT / "README.md").read_text(encoding="utf-8").split())
NOW = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
MONTHS = [dt.date(2026, month, 1) for month in (8, 9, 10)]
VALID_ID = re.compile(r"[1-9][0-9]{3,6}_[1-9][0-9]{0,8}")
ONLY_REJECTED = ("1107_301201", "3037")
"""The rejected lines of the demo that carry an id name this customer, of whom there is no other line with the id."""
REPLACED = {row["replaces"]: row["integration"] for row in reading.registry("integrations") if row["replaces"]}


@pytest.fixture(scope="module")
def warehouse(demo: Warehouse) -> Warehouse:
    """The demo in a lake, with its registry."""
    return demo


def used() -> dict[tuple[str, str], set[dt.date]]:
    """In which months each customer of each integration was one, in production."""
    months = defaultdict(set)
    for call in reading.demo_calls():
        if VALID_ID.fullmatch(call.identity) and call.environment == "production" and call.is_use:
            integration = REPLACED.get(call.identity, call.identity)
            if call.customer != integration.split("_")[0]:
                months[integration, call.customer].add(call.local.date().replace(day=1))
    return months


def by_month() -> dict[tuple[str, dt.date], dict[str, int | None]]:
    """Customers, new, stayed, returning, unknown and lost of each integration and month.

    Every stream of the demo begins in August, so whoever is first seen later is new.
    """
    rows: dict[tuple[str, dt.date], dict[str, int | None]] = {}
    users = used()
    for integration in {integration for integration, _ in users}:
        of_it = [months for (used_by, _), months in users.items() if used_by == integration]
        since = min(min(months) for months in of_it)
        for place, month in enumerate(MONTHS):
            before = MONTHS[place - 1] if place else None
            here = [months for months in of_it if month in months]
            if month >= since:
                rows[integration, month] = {
                    "customers": len(here),
                    "new": sum(min(months) == month for months in here) if before else 0,
                    "stayed": sum(before in months for months in here),
                    "returning": sum(before not in months and min(months) < month for months in here),
                    "unknown": 0 if before else len(here),
                    "lost": sum(before in months and month not in months for months in of_it) if before else None,
                }
    return rows


def behind_the_proxy() -> set[str]:
    """The integrations with a call, or with a call of one of their customers, in the proxy's log."""
    streams: dict[str, set[str]] = defaultdict(set)
    for call in reading.demo_calls():
        if call.environment == "production":
            streams[call.customer].add(call.stream)
            if VALID_ID.fullmatch(call.identity):
                streams[REPLACED.get(call.identity, call.identity)].add(call.stream)
    found = {name for name, seen_in in streams.items() if "proxy" in " ".join(seen_in)}
    return found | {integration for integration, customer in used() if customer in found}


def test_customers_by_month_are_those_that_python_counts(warehouse: Warehouse) -> None:
    rows = warehouse.metric("customers_per_month")
    found = {
        (row.pop("integration"), row.pop("month")): row for row in rows.drop("name", "complete").iter_rows(named=True)
    }
    assert found == by_month()
    # On 17 September not one call of the proxy is there, and rejected lines of each month name a customer that is not counted.
    assert ONLY_REJECTED not in used()
    complete = {row[:2]: row[2] for row in rows.select("integration", "month", "complete").iter_rows()}
    assert complete == {
        key: key[0] != ONLY_REJECTED[0] and not (key[1] == MONTHS[1] and key[0] in behind_the_proxy())
        for key in by_month()
    }


def test_cohorts_are_those_that_python_counts(warehouse: Warehouse) -> None:
    expected = []
    for cohort in MONTHS:
        began = [months for months in used().values() if min(months) == cohort]
        for later, month in enumerate(MONTHS[MONTHS.index(cohort) :]):
            active = sum(month in months for months in began)
            if began:
                arrival = "unknown" if cohort == MONTHS[0] else "new"
                is_whole = False  # of one integration no month is whole
                expected.append((cohort, arrival, later, month, len(began), active, active / len(began), is_whole))
    assert cohorts(warehouse, Scope()).rows() == expected


def test_branches_are_those_that_python_counts(warehouse: Warehouse) -> None:
    branch_of = {row["customer"]: row["branch"] for row in reading.registry("customers")}
    seen = {
        call.customer
        for call in reading.demo_calls()
        if call.environment == "production"
        and call.is_use
        and not (VALID_ID.fullmatch(call.identity) and call.identity.startswith(f"{call.customer}_"))
    }
    cells: defaultdict[tuple[str, str], int] = defaultdict(int)
    totals: defaultdict[str, int] = defaultdict(int)
    for integration, customer in used():
        cells[integration, branch_of[customer]] += 1
        totals[integration] += 1
    expected = {}
    for (integration, branch), customers in cells.items():
        of_branch = sum(branch_of.get(customer) == branch for customer in seen)
        of_all = sum(customer in branch_of for customer in seen)
        share = customers / of_branch
        expected[integration, branch] = (customers, of_branch, share, share / (totals[integration] / of_all))
    rows = warehouse.metric("branches_per_integration").drop("name", "listed").rows()
    assert {row[:2]: row[2:4] for row in rows} == {key: row[:2] for key, row in expected.items()}
    assert {row[:2]: row[4:] for row in rows} == {key: pytest.approx(row[2:]) for key, row in expected.items()}


def test_the_stories_of_customers_and_branches_are_in_the_readme(warehouse: Warehouse) -> None:
    counted = by_month()
    kievit = [counted["2093_302020", month] for month in MONTHS]
    assert (
        f"{kievit[0]['customers']} customers in August, {kievit[1]['customers']} in September,"
        f" {kievit[2]['customers']} in October" in README
    )
    assert f"lost {kievit[1]['lost']} in September and {kievit[2]['lost']} in October" in README
    zwaluw = counted["1006418_302901", MONTHS[2]]
    assert f"`1006418_302901` has {zwaluw['new']} new customers in October, the only ones of all" in README
    assert sum(row["new"] or 0 for row in counted.values()) == zwaluw["new"]
    named = published(warehouse, Scope()).select("integration", "customers_from", "customers_to")
    assert named.rows() == [("1005273_300", 5, 9), ("1006418_302900", 15, 19), ("1006418_302900", 5, 9)]
    assert (
        "`1006418_302900` Zwaluw Facturen with 15 to 19 and 5 to 9 customers, `1005273_300` Havik Boekhouding with 5 to 9"
        in README
    )


def test_only_ids_that_nobody_has_are_without_a_name(warehouse: Warehouse) -> None:
    """The documentation's examples, and one with swapped digits."""
    assert set(missing(warehouse).select("relation", "key").rows()) == {
        ("partners", "12345"),
        ("partners", "1170"),
        ("integrations", "12345_678900"),
        ("integrations", "12345_123456"),
        ("integrations", "1170_301201"),
    }
