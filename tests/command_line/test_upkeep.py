"""The lake itself, by command: status, rejects, verify, maintain."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.ledger import REJECT_COLUMNS
from tests.command_line.given import document

if TYPE_CHECKING:
    from tests.command_line.given import Run


def test_rejects_are_listed_with_their_reason(run: Run, loaded: Path) -> None:
    code, out, _ = run("rejects", "--json")
    assert code == 0
    (reject,) = document(out)
    assert list(reject) == [column.name for column in REJECT_COLUMNS]
    assert (reject["line_number"], reject["reason"]) == (3, "bad_status")


def test_status_and_verify_are_one_object_each(run: Run, loaded: Path) -> None:
    assert isinstance(document(run("status", "--json")[1]), dict)
    code, out, _ = run("verify", "--json")
    assert code == 0
    assert list(document(out)) == ["ok", "checks"]
    assert document(out)["ok"] is True


def test_verify_exits_with_1_when_a_data_file_is_gone(run: Run, loaded: Path, tmp_path: Path) -> None:
    for file in (tmp_path / "lake" / "calls").rglob("*.parquet"):
        file.unlink()
    code, out, _ = run("verify", "--json")
    assert code == 1
    assert document(out)["ok"] is False


def test_maintain_is_one_object_and_removes_what_is_not_to_be_kept(run: Run, loaded: Path) -> None:
    code, out, _ = run("maintain", "--json")
    assert code == 0
    report = document(out)
    assert (report["calls_removed"], report["rejects_removed"]) == (0, 0)
    assert [table["table"] for table in report["tables"]] == ["calls", "rejects", "loads"]
    code, out, _ = run("maintain", "--json", "--keep-calls", "1", "--keep-rejects", "1")
    assert code == 0
    assert document(out)["calls_removed"] == 2  # the calls are months older than a day; it was loaded just now
    assert document(out)["rejects_removed"] == 0
    assert document(run("verify", "--json")[1])["ok"] is True
    assert run("maintain")[0] == 0


def test_maintain_refuses_to_keep_nothing(run: Run, loaded: Path) -> None:
    code, _, err = run("maintain", "--keep-calls", "0")
    assert code == 2
    assert "keep-calls" in err


def test_the_lake_may_stand_in_the_environment(
    run: Run, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lake").rename(tmp_path / "elsewhere")
    assert run("status")[0] == 1
    monkeypatch.setenv("KOPPELZICHT_LAKE", "elsewhere")
    assert run("status")[0] == 0


def test_status_says_how_old_each_stream_is(run: Run, loaded: Path) -> None:
    state = document(run("status", "--json")[1])
    (stream,) = state["streams"]
    last = dt.datetime(2026, 3, 29, 10, tzinfo=dt.UTC)
    assert state["call_age_seconds"] == pytest.approx((dt.datetime.now(dt.UTC) - last).total_seconds(), abs=60)
    assert 0 <= state["load_age_seconds"] < 3600
    assert stream["load_age_seconds"] == state["load_age_seconds"]
    assert stream["call_age_seconds"] == state["call_age_seconds"]
    assert re.search(r"^Call age +[\d,]+ d", run("status")[1], re.MULTILINE)
