"""migration: output for scripts, what it says to people, and wrong options."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line.given import FAILED_GET, INSERT, Run, document


def test_the_board_is_in_json_with_its_columns(run: Run, tmp_path: Path) -> None:
    bearer = INSERT.replace('"User-Agent"', '"Authorization": "Bearer abc", "User-Agent"')
    classic = json.loads(FAILED_GET) | {"status": 200}
    classic["headers"]["Authorization"] = "AfasToken PHRva2VuPg=="
    log, lake = tmp_path / "calls.json", str(tmp_path / "lake")
    log.write_text(f"{bearer}\n{json.dumps(classic)}\n", encoding="utf-8")
    assert run("ingest", str(log), "--final", "--lake", lake)[0] == 0
    code, out, err = run("migration", "--json", "--lake", lake)
    assert code == 0
    assert document(out) == [
        {
            "integration": "12345_678900",
            "name": None,
            "customers": 2,
            "moved": 1,
            "moving": 0,
            "classic": 1,
            "not_logged": 0,
            "bearer_share": 0.5,
            "oauth_log_ins": 0,
            "calls": 2,
            "last_classic_call": "2026-03-29T10:00:00Z",
            "weeks_left": 74,
        }
    ]
    assert "note: classic tokens end on 2027-08-31, 74 full weeks after the last day of these logs, 2026-03-29" in err
    assert "note: of 2 customers (counted per integration), 1 send only classic tokens and 0 send both" in err


def test_an_answer_without_rows_says_why(run: Run, loaded: Path) -> None:
    code, out, err = run("migration", "--partner", "54321", "--json")
    assert (code, document(out)) == (0, [])
    assert "no call has partner 54321" in err


def test_a_wrong_integration_is_wrong_usage(run: Run, loaded: Path) -> None:
    code, out, err = run("migration", "--integration", "x")
    assert (code, out) == (2, "")
    assert "'x' is not an integration" in err
