"""`findings`, `findings acknowledge`, and both judgements as metrics and in SQL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from analytics.findings.finding import COLUMNS, finding_id
from analytics.incidents.incident import COLUMNS as OF_INCIDENTS
from analytics.registry import load_registry
from ingest import Lake
from tests.analytics.given import call, given_lake
from tests.command_line.given import document

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line.given import Run

EXAMPLE = finding_id("example_id", "12345_678900")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A good call, and one with the id of the documentation, whose customer has a hostile name."""
    lake = given_lake(tmp_path / "lake", [call(), call(integration_id="12345_678900", customer="7000009")])
    names = tmp_path / "integrations.csv"
    names.write_text("integration,name\n1234567_1,<b>Acme</b>\n", encoding="utf-8")
    load_registry(lake, [names], now=dt.datetime(2026, 10, 2, tzinfo=dt.UTC))
    return lake


def test_rows_have_the_columns_of_the_contract(run: Run, lake: Path) -> None:
    code, out, _ = run("findings", "--json", "--lake", str(lake))
    assert code == 0
    (row,) = document(out)
    assert list(row) == list(COLUMNS)
    assert (row["id"], row["kind"], row["severity"], row["acknowledged_until"]) == (
        EXAMPLE,
        "example_id",
        "medium",
        None,
    )


def test_what_is_acknowledged_says_so_and_can_be_withdrawn(run: Run, lake: Path) -> None:
    code, out, _ = run(
        "findings",
        "acknowledge",
        EXAMPLE,
        "--until",
        "2999-12-31",
        "--note",
        "old\nmanual \x1b[31m",
        "--lake",
        str(lake),
    )
    assert (code, out.splitlines()[0]) == (0, f"{EXAMPLE}: acknowledged until 2999-12-31")
    (said,) = Lake(lake).snapshot().acknowledged
    assert said.note == "old manual [31m"
    _, out, err = run("findings", "--lake", str(lake))
    assert "(known until 2999-12-31: old manual [31m)" in out
    assert "note: 1 finding, 1 of them acknowledged" in err
    assert run("findings", "acknowledge", EXAMPLE, "--undo", "--lake", str(lake))[0] == 0
    assert "known until" not in run("findings", "--lake", str(lake))[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["acknowledge", EXAMPLE], "until when? --until DAY says it"),
        (["acknowledge", EXAMPLE, "--until", "soon"], "'soon' is not a date like 2026-03-31"),
        (["acknowledge", EXAMPLE, "--until", "2026-10-01"], "2026-10-01 is over; expected today or a later day"),
        (["acknowledge", "../../etc", "--until", "2999-01-01"], "../../etc is not the id of a finding"),
        (["acknowledge", "0123456789", "--until", "2999-01-01"], "there is no finding 0123456789"),
        (["acknowledge", EXAMPLE, "--undo"], f"{EXAMPLE} was not acknowledged"),
        (["acknowledge", EXAMPLE, "--undo", "--until", "2999-01-01"], "--undo takes no --until"),
        (
            ["acknowledge", EXAMPLE, "--until", "2999-01-01", "--note", "x" * 501],
            "501 characters; expected 500 at most",
        ),
        (["--partner", "12345", "acknowledge", EXAMPLE], "options of 'findings acknowledge' come after it"),
    ],
)
def test_wrong_usage_says_what_is_wrong(run: Run, lake: Path, arguments: list[str], said: str) -> None:
    code, out, err = run("findings", *arguments, *([] if arguments[0] != "acknowledge" else ["--lake", str(lake)]))
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert Lake(lake).snapshot().acknowledged == ()


def test_a_lake_without_findings_says_so(run: Run, tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", [call()])
    assert "no findings in this period" in run("findings", "--lake", str(lake))[2]
    empty = given_lake(tmp_path / "empty")
    code, out, err = run("findings", "--json", "--lake", str(empty))
    assert (code, document(out)) == (0, [])
    assert "no calls are loaded" in err


def test_no_findings_where_no_call_is_says_that_there_is_none(run: Run, lake: Path) -> None:
    for option in (("--customer", "99999999"), ("--since", "2027-01-01"), ("--environment", "training")):
        code, _, err = run("findings", *option, "--lake", str(lake))
        assert (code, "no call" in err.split("no findings in this period")[-1]) == (0, True), option


def test_both_are_metrics(run: Run, lake: Path) -> None:
    assert [row["id"] for row in document(run("metric", "findings", "--json", "--lake", str(lake))[1])] == [EXAMPLE]
    code, out, _ = run("metric", "incidents", "--format", "csv", "--lake", str(lake))
    assert (code, out.splitlines()) == (0, [",".join(OF_INCIDENTS)])
    listed = {row["name"] for row in document(run("metric", "--list", "--json")[1])}
    assert {"findings", "incidents", "calls_per_day"} <= listed


def test_both_can_be_asked_in_sql(run: Run, lake: Path) -> None:
    query = 'select id, kind from metrics."Findings" union all select id, kind from metrics.incidents'
    assert document(run("sql", query, "--json", "--lake", str(lake))[1]) == [{"id": EXAMPLE, "kind": "example_id"}]
    code, _, err = run("sql", "from query_table('metrics.inci' || 'dents')", "--json", "--lake", str(lake))
    assert (code, "does not exist" in err) == (1, True)  # and no answer that looks like none
