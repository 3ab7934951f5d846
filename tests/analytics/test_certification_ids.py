"""Calls without the right id are attributed to an owner if something gives the owner away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from analytics.certification.certification import certification
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.certified import on, registered, row_of
from tests.analytics.given import given_lake, given_snapshot


def test_calls_without_a_valid_id_are_attributed_by_what_gives_their_owner_away(tmp_path: Path) -> None:
    identified = [
        *on("11-05", "1000001_1", 1, connector="Acme_Orders", user_agent="Acme/2.0"),
        *on("11-05", "1000001_2", 1, connector="KnSubject", user_agent="python-requests/2.31"),
        *on("11-05", "1000002_1", 1, connector="Other_Orders", user_agent="Other/1.0 (Windows)"),
        *on("11-05", "1000002_2", 1, connector="KnSubject", user_agent="Other/1.1"),
    ]
    nameless = [
        *on("11-05", "", 1, integration_id=None, body_integration_id="1000001_2"),
        *on("11-05", "1000001-1", 1, id_defect="wrong_separator"),
        *on("11-05", "01000001_1", 1, id_defect="leading_zero"),
        *on("11-05", "1000002_", 1, id_defect="empty_part"),
        *on("11-05", "", 1, integration_id=None, connector="acme_Other", first=9),
        *on("11-05", "", 1, integration_id=None, user_agent="other/9"),
        # nobody's: a library, a program at a customer that is not this partner's, and nothing at all
        *on("11-05", "", 1, integration_id=None, user_agent="python-requests/2.31"),
        *on("11-05", "", 1, integration_id=None, user_agent="Other/9", first=9),
        *on("11-05", "", 1, integration_id=None),
        # of a log that could not have held the header: they may carry it
        *on("11-05", "", 1, integration_id=None, id_status="not_logged", connector="Acme_Orders"),
        *on("11-05", "", 1, integration_id=None, id_status="not_logged", body_integration_id="1000001_2"),
        # before the window
        *on("09-01", "", 1, integration_id=None, connector="Acme_Orders"),
    ]
    with Warehouse.over(given_snapshot(tmp_path, [*identified, *nameless]), RegistryFiles()) as warehouse:
        answer = certification(warehouse, Scope())
    found = answer.ids.sort("basis", "evidence").select(
        "partner", "integration", "id_status", "basis", "evidence", "calls", "customers"
    )
    assert found.rows() == [
        (1000001, "1000001_1", "missing", "connector", "acme", 1, 1),
        (1000001, "1000001_1", "malformed", "digits", "01000001_1", 1, 1),
        (1000001, "1000001_1", "malformed", "digits", "1000001-1", 1, 1),
        (1000002, None, "malformed", "digits", "1000002_", 1, 1),
        (1000001, "1000001_2", "missing", "envelope", "1000001_2", 1, 1),
        (1000002, None, "missing", "user_agent", "other", 1, 1),
    ]
    said = {row["integration"]: (row["missing_calls"], row["malformed_calls"]) for row in answer.rows.to_dicts()}
    # what is a partner's without telling which integration's is said of each of them
    assert said == {"1000001_1": (1, 2), "1000001_2": (1, 0), "1000002_1": (1, 1), "1000002_2": (1, 1)}


def test_a_valid_id_is_mistyped_when_only_the_partners_number_is_off_and_only_by_a_character(tmp_path: Path) -> None:
    registry = [
        f"{integration},,,," for integration in ("1000001_300001", "1000001_41", "5000012_300002", "5000013_300002")
    ]
    calls = [
        *on("11-05", "1000001_300001", 1, user_agent="Acme/2"),
        *on("11-05", "1000010_300001", 2, first=2, user_agent="Acme/2"),  # neighbours swapped
        *on("11-05", "100001_300001", 1, first=9),  # a digit left out
        *on(
            "11-05", "", 1, integration_id=None, user_agent="Acme/1"
        ),  # by its program, for nobody else is known to use it
        *on("11-05", "1000002_300001", 1, status=500),  # a digit for another
        # not: two characters, another project, a number that may be a coincidence, two that may be meant, a known partner
        *on("11-05", "1000022_300001", 1),
        *on("11-05", "1000002_300009", 1),
        *on("11-05", "1000002_41", 1),
        *on("11-05", "5000014_300002", 1),
        *on("11-05", "5000012_300001", 1),
        # before the window
        *on("09-01", "1000010_300001", 9),
    ]
    lake = given_lake(tmp_path / "lake", calls, registry=[registered(tmp_path, registry)])
    with Warehouse.open(lake) as warehouse:
        answer = certification(warehouse, Scope())
    found = answer.ids.select("integration", "id_status", "sent", "basis", "evidence", "calls", "customers")
    assert sorted(found.rows()) == [
        ("1000001_300001", "missing", None, "user_agent", "acme", 1, 1),
        ("1000001_300001", "valid", "1000002_300001", "typing_error", "1000002_300001", 1, 1),
        ("1000001_300001", "valid", "1000010_300001", "typing_error", "1000010_300001", 2, 2),
        ("1000001_300001", "valid", "100001_300001", "typing_error", "100001_300001", 1, 1),
    ]
    row = row_of(answer, "1000001_300001")
    assert (row["missing_calls"], row["malformed_calls"], row["mistyped_calls"]) == (1, 0, 4)
    assert {"ids_missing", "ids_mistyped"} <= set(row["reasons"])


def test_supplied_getconnectors_are_a_reason(tmp_path: Path) -> None:
    calls = [
        *on("11-05", "1000001_1", 1, connector="profit_Employees"),
        *on("09-01", "1000001_2", 1, connector="Profit_Employees"),
        *on("11-05", "1000001_2", 1, connector="Profitable"),
    ]
    with Warehouse.over(given_snapshot(tmp_path, calls), RegistryFiles()) as warehouse:
        rows = certification(warehouse, Scope()).rows
    using = rows.filter(pl.col("reasons").list.contains("supplied_getconnectors"))
    assert using["integration"].to_list() == ["1000001_1"]


def test_the_customers_of_an_integration_say_why_they_count(tmp_path: Path) -> None:
    calls = [
        *on("11-05", "1000001_1", 1),
        *on("10-12 10-13", "1000001_1", 1, first=2),
        *on("09-12 09-20", "1000001_1", 1, first=3),
        *on("11-04", "1000001_1", 1, first=4, status=401),
        *on("09-04", "1000001_1", 1, first=5, status=401),
        *on("11-04", "1000001_1", 1, customer="1000001"),
        *on("11-06", "1000002_1", 1),
    ]
    with Warehouse.over(given_snapshot(tmp_path, calls), RegistryFiles()) as warehouse:
        rows = warehouse.query_file("certification/customers", Scope(), {"integration": "1000001_1", "window": 30})
    assert rows.select("customer", "presence", "calls", "errors", "leaves_on").rows() == [
        ("7000001", "counts", 1, 0, dt.date(2026, 12, 5)),
        ("7000002", "silent", 2, 0, dt.date(2026, 11, 12)),
        ("7000003", "left", 0, 0, dt.date(2026, 10, 20)),
        ("7000004", "failing", 1, 1, None),
        ("7000005", "left", 0, 0, None),
    ]
