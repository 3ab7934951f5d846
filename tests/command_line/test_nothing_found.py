"""An answer without calls says why: the part of the scope that matches nothing, the nearest names, and the names that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line.given import document

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line.given import Run


@pytest.mark.parametrize(
    ("scope", "note"),
    [
        ("--partner 1235", "no call has partner 1235; nearest: 12345"),
        ("--partner 9999", "no call has partner 9999; there are: 12345"),
        ("--integration 12345_678901", "no call has integration '12345_678901'; nearest: 12345_678900"),
        ("--customer 9999", "no call has customer '9999'; there are: 54321, 7654321"),
        ("--connector knsubjct", "no call has connector 'knsubjct'; nearest: KnSubject"),
        ("--product sb", "no call has product 'sb'; there are: profit"),
        ("--environment test", "no call is of environment test; there are: production"),
        (
            "--since 2026-04-01 --until 2026-04-03",
            "no call was made from 2026-04-01 to 2026-04-02; the lake covers the days 2026-03-29 to 2026-03-29",
        ),
        (
            "--since 2026-04-01",
            "no call was made on or after 2026-04-01; the lake covers the days 2026-03-29 to 2026-03-29",
        ),
        ("--until 2026-03-29", "no call was made before 2026-03-29; the lake covers the days 2026-03-29 to 2026-03-29"),
        (
            "--customer 54321 --connector Acme_Employees",
            "no call matches all of these options; there are 1 without --customer, 1 without --connector",
        ),
    ],
)
def test_a_scope_that_matches_nothing_is_named(run: Run, loaded: Path, scope: str, note: str) -> None:
    code, out, err = run("metric", "connector_usage", *scope.split(), "--json")
    assert (code, document(out), err) == (0, [], f"note: {note}\n")


def test_every_cause_has_its_line(run: Run, loaded: Path) -> None:
    err = run("metric", "latency", "--stream", "proxy", "--partner", "9999")[2]
    assert [line.partition(";")[0] for line in err.splitlines()] == [
        "note: no call has partner 9999",
        "note: no call is from stream 'proxy'",
    ]


def test_days_without_calls_are_no_answer_either(run: Run, loaded: Path) -> None:
    code, out, err = run("metric", "calls_per_day", "--partner", "9999", "--json")
    assert [row["calls"] for row in document(out)] == [0]
    assert (code, err) == (0, "note: no call has partner 9999; there are: 12345\n")


def test_calls_that_a_metric_does_not_count_are_said(run: Run, loaded: Path) -> None:
    note = "note: 2 calls match the options, but none of them belongs in this table\n"
    assert run("metric", "unidentified_calls")[2] == note


def test_an_answer_has_no_note(run: Run, loaded: Path) -> None:
    assert run("metric", "connector_usage", "--partner", "12345")[2] == ""


def test_a_lake_without_calls_says_so(run: Run, loaded: Path) -> None:
    assert run("unload", "calls.log")[0] == 0
    assert run("metric", "latency", "--partner", "9999")[2] == "note: there are no calls in the lake\n"
