"""The certification clock by command: its rows, its options, and the messages beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.command_line.given import document

if TYPE_CHECKING:
    from tests.command_line.given import Run


def test_rows_have_exactly_the_fields_of_the_contract(run: Run, loaded: Path) -> None:
    code, out, err = run("certification", "--json")
    assert code == 0
    rows = document(out)
    assert rows == [
        {
            "integration": "12345_678900",
            "name": None,
            "certified": False,
            "state": "unknown",
            "customers": 1,
            "customers_required": 5,
            "window_days": 30,
            "last_customer_call": "2026-03-29T00:30:00Z",
            "reasons": ["too_few_customers", "failing_customers", "not_covered", "example_id"],
            "days_left": None,
            "complete": False,
            "since": "2026-03-29",
            "certified_since": None,
            "certified_until": None,
        }
    ]
    assert list(rows[0]) == [
        *("integration", "name", "certified", "state", "customers", "customers_required", "window_days"),
        *("last_customer_call", "reasons", "days_left", "complete", "since", "certified_since", "certified_until"),
    ]
    assert "customers counted from 2026-02-28 to 2026-03-29 (30 days), 5 required" in err
    assert "unknown: the calls show too few customers" in err


def test_a_lake_without_a_registry_says_so_once(run: Run, loaded: Path) -> None:
    """And not of each integration that it is not registered."""
    assert "the registry lists no integrations, so no certificate is known" in run("certification")[2]
    Path("i.csv").write_text("integration,name\n54321_7,Other\n", encoding="utf-8")
    assert run("registry", "load", "i.csv")[0] == 0
    _, out, err = run("certification", "--json")
    assert "the registry knows no integration" not in err
    assert {row["integration"]: "not_registered" in row["reasons"] for row in document(out)} == {
        "12345_678900": True,
        "54321_7": False,
    }


def test_window_and_required_can_be_chosen(run: Run, loaded: Path) -> None:
    (row,) = document(run("certification", "--window", "1", "--required", "1", "--json")[1])
    assert (row["state"], row["customers_required"], row["window_days"], row["complete"]) == ("eligible", 1, 1, True)
    code, _, err = run("certification", "--window", "0")
    assert code == 2
    assert "--window" in err


def test_a_table_says_since_when_and_why(run: Run, loaded: Path) -> None:
    _, out, err = run("certification", "--window", "1", "--required", "3")
    assert "since" in out
    assert "too_few_customers, failing_customers, example_id" in out
    assert "2 more customers with a successful call would be enough; 1 customer made only calls that failed" in err


def test_scope_options_choose(run: Run, loaded: Path) -> None:
    code, out, err = run("certification", "--until", "2026-03-01", "--json")
    assert (code, document(out)) == (0, [])
    assert "no call was made before 2026-03-01" in err
    _, out, err = run("certification", "--partner", "54321", "--json")
    assert document(out) == []
    assert "no call has partner 54321" in err
