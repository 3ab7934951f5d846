"""The lake itself, by command: status, rejects, verify, maintain."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from ingest import Lake
from ingest.reject import REJECT_COLUMNS
from tests.command_line.given import BAD_STATUS, document
from tests.ingest.lakes import store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.command_line.given import Run


def test_rejects_are_listed_with_their_reason(run: Run, loaded: Path) -> None:
    code, out, _ = run("rejects", "--json")
    assert code == 0
    (reject,) = document(out)
    assert list(reject) == [column.name for column in REJECT_COLUMNS]
    assert (reject["line_number"], reject["reason"]) == (3, "bad_status")


def _hostless(log: Path) -> None:
    """Load a log with two lines that name no host."""
    fields = "#Fields: date time cs-method cs-host cs-uri-stem sc-status\n"
    line = "2026-10-01 00:00:0%d GET %s /ProfitRestServices/metainfo 200\n"
    log.write_text(fields + line % (1, "1234.rest.afas.online") + line % (2, "-") + line % (3, "-") + "bad\n")


def test_rejected_lines_are_read_again_by_path_and_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    _hostless(tmp_path / "iis.log")
    (tmp_path / "logs" / "json.log").write_text(f"{BAD_STATUS}\n")
    assert run("ingest", "iis.log", "logs")[0] == 0
    code, out, err = run("rejects", "--retry", "iis.log", "logs", "--host", "1234.rest.afas.online", "--json")
    assert (code, err) == (0, "")
    report = document(out)
    assert report["sources"] == [
        {"source": "iis.log", "status": "retried", "lines": 3, "calls": 2, "rejects": 1, "ignored": 0, "error": None},
        {
            "source": "logs/json.log", "status": "unchanged", "lines": 1, "calls": 0, "rejects": 1, "ignored": 0,
            "error": None,
        },
    ]  # fmt: skip
    assert report["totals"] == {"sources": 2, "lines": 4, "calls": 2, "rejects": 2, "ignored": 0}
    code, out, _ = run("rejects", "--retry", "iis.log")
    assert code == 0
    assert out.endswith("\n1 line read again: 0 calls, 1 still rejected, 0 ignored\n")
    assert document(run("verify", "--json")[1])["ok"] is True


def test_a_source_that_is_not_known_is_named_when_it_is_retried(run: Run, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "other.log").write_text("other\n")
    code, out, err = run("rejects", "--retry", "other.log", "calls.log", "--json")
    assert code == 1
    assert [source["status"] for source in document(out)["sources"]] == ["failed", "unchanged"]
    assert err == "failed: other.log: no load begins like this source, so none of its lines was rejected\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--retry"], "name the files or folders"),
        (["calls.log"], "--retry calls.log reads its rejected lines again, --source calls.log lists them"),
        (["--retry", "calls.log", "--reason", "bad_status"], "--reason selects rejects to list"),
        (["--retry", "calls.log", "--export", "a.csv"], "--export selects rejects to list"),
        (["--host", "1234.rest.afas.online"], "--host controls how lines are read; it needs --retry"),
        (["--reason", "bad_statu"], "did you mean bad_status"),
        (["--export", "rejects.txt"], "expected a name that ends in .csv, .json or .parquet"),
    ],
)
def test_what_rejects_cannot_do_is_explained(run: Run, loaded: Path, arguments: list[str], said: str) -> None:
    code, _, err = run("rejects", *arguments)
    assert code == 2
    assert said in " ".join(err.split())


def test_rejects_are_narrowed(run: Run, tmp_path: Path) -> None:
    _hostless(tmp_path / "iis.log")
    (tmp_path / "json.log").write_text(f"{BAD_STATUS}\n")
    run("ingest", "iis.log", "json.log")

    def found(*arguments: str) -> list[tuple[str, int]]:
        return [(row["source"], row["line_number"]) for row in document(run("rejects", "--json", *arguments)[1])]

    assert found() == [("iis.log", 3), ("iis.log", 4), ("iis.log", 5), ("json.log", 1)]
    assert found("--reason", "no_customer") == [("iis.log", 3), ("iis.log", 4)]
    assert found("--reason", "no_customer", "--limit", "1") == [("iis.log", 3)]
    assert found("--source", "json.log") == [("json.log", 1)]
    assert found("--stream", "elsewhere") == []


def test_rejects_are_exported_by_the_end_of_the_files_name(run: Run, loaded: Path, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    (file,) = lake.snapshot().rejects
    row = pl.read_parquet(file).with_columns(source=pl.lit("=HYPERLINK(1).log"))
    store(tmp_path / "lake", "rejects", row.to_dicts())
    code, out, err = run("rejects", "--export", "rejects.csv")
    assert (code, out, err) == (0, "1 reject in rejects.csv\n", "")
    header, line = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert (
        header
        == "load_id,source,stream,line_number,byte_offset,reason,detail,sample,called_at,integration,customer,environment"
    )
    assert line.split(",")[1:2] == ["'=HYPERLINK(1).log"]
    assert document(run("rejects", "--export", "rejects.json", "--json")[1]) == {"file": "rejects.json", "rejects": 1}
    (exported,) = document((tmp_path / "rejects.json").read_text(encoding="utf-8"))
    assert (exported["line_number"], exported["reason"]) == (3, "bad_status")
    assert run("rejects", "--export", "rejects.parquet")[0] == 0
    assert pl.read_parquet(tmp_path / "rejects.parquet")["reason"].to_list() == ["bad_status"]
    code, _, err = run("rejects", "--export", str(tmp_path / "nowhere" / "rejects.csv"))
    assert code == 1
    assert "cannot be written" in err


def test_unload_of_standard_input_says_which_loads_that_may_be(
    run: Run, log: Path, feed: Callable[[bytes], None]
) -> None:
    code, _, err = run("unload", "-")
    assert code == 1
    content = log.read_bytes()
    feed(content)
    run("ingest", "-")
    feed(content.split(b"\n")[1] + b"\n")
    run("ingest", "-")
    code, _, err = run("unload", "-")
    assert code == 1
    assert "take a load back by its id: " in err
    load_id = err.partition("by its id: ")[2].split()[0]
    assert document(run("unload", load_id, "--json")[1]) == {"loads": 1, "calls": 1, "rejects": 0}
    assert document(run("status", "--json")[1])["calls"] == 2


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
    assert (document(out)["rejects_removed"], document(out)["texts_removed"]) == (0, 0)
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


@pytest.mark.parametrize("as_json", [False, True])
def test_status_fails_when_the_newest_load_is_older_than_asked(run: Run, loaded: Path, *, as_json: bool) -> None:
    options = ["--json"] if as_json else []
    expected = run("status", *options)
    code, out, err = run("status", "--max-age", "1h", *options)
    assert (code, len(out.splitlines()), "newest load" in err) == (0, len(expected[1].splitlines()), False)
    code, out, err = run("status", "--max-age", "0s", *options)
    if code == 0:  # the load was a fraction of a second ago
        while run("status", "--max-age", "0s")[0] == 0:
            pass
        code, out, err = run("status", "--max-age", "0s", *options)
    assert code == 1
    assert len(out.splitlines()) == len(expected[1].splitlines())
    assert re.search("expected a load of the last 0 s; the newest is .* old", err)


def test_a_lake_without_a_load_is_older_than_any_age(run: Run, loaded: Path) -> None:
    assert run("unload", str(loaded))[0] == 0
    code, _, err = run("status", "--max-age", "1000d")
    assert code == 1
    assert "there is no load" in err


def test_rejects_of_a_file_whose_name_is_not_stored_are_found_by_that_name(run: Run, log: Path) -> None:
    named = log.rename(log.with_name("jan@example.nl.log"))
    assert run("ingest", named)[0] == 0
    code, out, _ = run("rejects", "--source", named, "--json")
    assert code == 0
    [reject] = document(out)
    assert "jan" not in out
    assert reject["source"] == str(named.with_name("redacted.log"))
