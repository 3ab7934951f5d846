"""Log files in, by command: the counts, the messages and the exit codes."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.call import CALL_COLUMNS
from tests.command_line.given import INSERT, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.command_line.given import Run


def test_ingest_counts_every_line_once(run: Run, log: Path) -> None:
    code, out, _ = run("ingest", log, "--json")
    assert code == 0
    report = document(out)
    assert list(report) == ["sources", "totals"]
    (source,) = report["sources"]
    keys = [
        "source",
        "stream",
        "log_format",
        "status",
        "lines",
        "calls",
        "rejects",
        "ignored",
        "left",
        "error",
        "unread_columns",
    ]
    assert list(source) == keys
    assert source | {"source": "", "stream": ""} == {
        "source": "",
        "stream": "",
        "log_format": "json",
        "status": "loaded",
        "lines": 3,
        "calls": 2,
        "rejects": 1,
        "ignored": 0,
        "left": 0,
        "error": None,
        "unread_columns": [],
    }
    assert report["totals"] == {"sources": 1, "lines": 3, "calls": 2, "rejects": 1, "ignored": 0}


def test_the_same_content_again_changes_nothing(run: Run, loaded: Path) -> None:
    code, out, _ = run("ingest", "calls.log", "--json")
    assert code == 0
    assert document(out)["sources"][0]["status"] == "unchanged"
    assert document(out)["totals"] == {"sources": 1, "lines": 0, "calls": 0, "rejects": 0, "ignored": 0}


def test_strict_exits_with_3_when_a_line_was_rejected(run: Run, log: Path) -> None:
    assert run("ingest", log, "--strict")[0] == 3


def test_strict_exits_with_0_when_none_was(run: Run, log: Path) -> None:
    log.write_text(f"{INSERT}\n", encoding="utf-8")
    assert run("ingest", log, "--strict")[0] == 0


def test_a_source_that_fails_exits_with_1_and_the_others_are_loaded(run: Run, log: Path, tmp_path: Path) -> None:
    code, out, err = run("ingest", tmp_path / "not-there.log", log, "--json")
    assert code == 1
    assert [source["status"] for source in document(out)["sources"]] == ["failed", "loaded"]
    assert "not-there.log" in err
    assert "Traceback" not in err


def test_ingest_tells_people_what_came_in(run: Run, log: Path) -> None:
    _, out, _ = run("ingest", log)
    assert out.endswith("1 source, 3 lines: 2 calls, 1 reject, 0 ignored\n")


def test_unload_takes_back_what_was_loaded(run: Run, loaded: Path) -> None:
    code, out, _ = run("unload", "calls.log", "--json")
    assert code == 0
    assert document(out) == {"loads": 1, "calls": 2, "rejects": 1}
    assert document(run("sql", "select count(*) as calls from calls", "--json")[1]) == [{"calls": 0}]


def test_inspect_shows_calls_with_the_columns_of_the_contract_and_writes_nothing(
    run: Run, log: Path, tmp_path: Path
) -> None:
    code, out, _ = run("inspect", log, "--json")
    assert code == 0
    inspection = document(out)
    assert list(inspection) == ["log_format", "dialect", "lines", "calls", "rejects", "unread_columns"]
    first = inspection["calls"][0]
    assert list(first) == [column.name for column in CALL_COLUMNS]
    assert first["called_at"] == "2026-03-29T00:30:00Z"
    assert first["day"] == "2026-03-29"
    assert (first["partner"], first["project"], first["customer"]) == (12345, 678900, "54321")
    assert (first["connector"], first["operation"], first["own"]) == ("KnSubject", "insert", False)
    assert [reject["reason"] for reject in inspection["rejects"]] == ["bad_status"]
    assert list(tmp_path.iterdir()) == [log]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_inspect_warns_on_standard_error_as_ingest_does(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "calls.csv").write_text(
        "timestamp,method,url,status\n2026-03-29T00:30:00Z,GET,https://4321.rest.afas.online/ProfitRestServices/metainfo,200\n"
    )
    code, out, err = run("inspect", "calls.csv", *options)
    warning = "warning: calls.csv: the header names no integration_id or headers: nobody can tell who called (id_status not_logged)\n"
    assert (code, err, "warning" in out) == (0, warning, False)
    assert warning in run("ingest", "calls.csv", *options)[2]


def test_strict_judges_the_lines_that_are_read_in_this_run(run: Run, loaded: Path) -> None:
    assert run("ingest", "calls.log", "--strict")[0] == 0
    with loaded.open("a", encoding="utf-8") as log:
        log.write("no record\n")
    assert run("ingest", "calls.log", "--strict")[0] == 3


def test_standard_input_is_a_source_like_any_other(run: Run, feed: Callable[[bytes], None]) -> None:
    feed(f"{INSERT}\n".encode())
    assert document(run("ingest", "-", "--json")[1])["sources"][0]["calls"] == 1
    feed(gzip.compress(f"{INSERT}\n".encode()))
    assert document(run("ingest", "-", "--json")[1])["sources"][0]["status"] == "unchanged"


def test_an_empty_file_is_empty(run: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.log").touch()
    assert run("inspect", "calls.log") == (0, "calls.log is empty\n", "")
    assert document(run("inspect", "calls.log", "--json")[1]) == {
        "log_format": "empty",
        "dialect": None,
        "lines": 0,
        "calls": [],
        "rejects": [],
        "unread_columns": [],
    }


@pytest.mark.parametrize(
    ("timestamp", "detail"),
    [
        ("2026-02-28T10:00:00", "a time without offset: --time-zone says which zone is meant"),
        ("2026-02-28 10:00:00,5", "a time without offset: --time-zone says which zone is meant"),
        ("2026-02-30T10:00:00", "there is no day 2026-02-30"),
        ("2026-02-30T10:00:00Z", "there is no day 2026-02-30"),
        ("2026-02-28T25:00:00", "there is no time of day 25:00:00"),
        ("2026-02-28T10:00:00+99:00", "+99:00 is no offset; expected one like +02:00"),
        ("2026-02-28", "a day without a time of day"),
        ("2026/02/28 10:00", "a time without offset: --time-zone says which zone is meant"),
        ("30/Feb/2026:10:00:00 +0100", "there is no day 2026-02-30"),
        ("2026-02-28T10:59:60Z", "there is no second 60 but in the last minute of a day of UTC"),
        (
            "2026-02-28T10:00:00[Europe/Wonderland]",
            "no zone has the name that stands behind the time; expected one like Europe/Amsterdam, or an offset like +02:00",
        ),
        (
            "10/1/2026 9:00:00",
            (
                "10/1/2026 9:00:00 does not say which is the day and which the month: "
                "in JSON and CSV the format of a dialect does, %d/%m/%Y %H:%M:%S or %m/%d/%Y %H:%M:%S"
            ),
        ),
        (
            "yesterday",
            (
                "a time in a form that is not read; expected one like 2026-03-29T00:30:00Z or Sun, 29 Mar 2026 00:30:00 GMT,"
                " or seconds or milliseconds since 1970; in JSON and CSV the format of a dialect reads others"
            ),
        ),
        (
            "1999-12-31T23:59:59Z",
            "impossible: 1999-12-31T23:59:59Z is before 2000 or more than two days after the load",
        ),
    ],
)
def test_a_bad_time_says_whether_a_time_zone_would_help(run: Run, tmp_path: Path, timestamp: str, detail: str) -> None:
    (tmp_path / "calls.log").write_text(INSERT.replace("2026-03-29T00:30:00Z", timestamp) + "\n", encoding="utf-8")
    (reject,) = document(run("inspect", "calls.log", "--json")[1])["rejects"]
    assert (reject["reason"], reject["detail"]) == ("bad_time", detail)


def test_what_stands_in_a_log_never_reaches_a_terminal_raw(run: Run, tmp_path: Path) -> None:
    """In every field, good line or bad: escapes, NUL, what turns text around, a control character of eight bits."""
    hostile = "\x1b[31m<script>\x00\u202e\x9b2J"
    fields = json.loads(INSERT)
    lines = [json.dumps(fields | {name: hostile}) for name in (*fields, hostile)]
    lines += [json.dumps(fields | {"headers": {name: hostile}}) for name in ("IntegrationId", "User-Agent", hostile)]
    lines += [json.dumps(fields | {"url": f"https://beers.afasfocus.nl/{hostile}/api/administrations"})]
    (tmp_path / "hostile\x1b.log").write_text("\n".join([*lines, hostile, ""]), encoding="utf-8")
    printed = [
        *run("ingest", "."),
        *run("rejects"),
        *run("rejects", "--json"),
        *run("inspect", "hostile\x1b.log"),
        *run("metric", "unidentified_calls"),
        *run("sql", "from calls", "--json"),
    ]
    assert {character for text in printed if isinstance(text, str) for character in text} & set(
        "\x1b\x00\u202e\x9b"
    ) == set()


def test_an_empty_file_is_loaded_as_the_ledger_has_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.log").touch()
    (source,) = document(run("ingest", "calls.log", "--json")[1])["sources"]
    assert (source["status"], source["log_format"], source["lines"]) == ("loaded", "empty", 0)
    assert document(run("sql", "select log_format from loads", "--json")[1]) == [{"log_format": "empty"}]


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_what_is_no_log_is_skipped_in_a_folder_and_an_error_when_it_is_named(run: Run, log: Path) -> None:
    folder = log.parent / "logs"
    folder.mkdir()
    log.rename(folder / "calls.log")
    (folder / "old.zip").write_bytes(b"PK\x03\x04 and more")
    os.mkfifo(folder / "pipe")
    (folder / "torn.log.gz").write_bytes(b"\x1f\x8b and no gzip")
    code, out, err = run("ingest", "logs", "--json")
    assert code == 1
    assert [(source["source"], source["status"]) for source in document(out)["sources"]] == [
        ("logs/calls.log", "loaded"),
        ("logs/torn.log.gz", "failed"),
    ]
    assert "warning: skipped: logs/old.zip: is a zip archive" in err
    assert "warning: skipped: logs/pipe: is not a regular file" in err
    (folder / "torn.log.gz").unlink()
    assert run("ingest", "logs")[0] == 0
    code, _, err = run("ingest", "logs/old.zip", "logs/pipe")
    assert code == 1
    assert "failed: logs/old.zip: is a zip archive" in err
    assert "failed: logs/pipe: is not a regular file" in err


def test_a_second_log_of_the_same_calls_is_warned_of_once_it_is_loaded(run: Run, tmp_path: Path) -> None:
    urls = [f"https://{1000 + number}.rest.afas.online/ProfitRestServices/connectors/KnSubject" for number in range(10)]
    calls = [json.loads(INSERT) | {"url": url} for url in urls]
    (tmp_path / "proxy\x1b.log").write_text("".join(json.dumps(call) + "\n" for call in calls), encoding="utf-8")
    again = [call | {"timestamp": "2026-03-29T00:30:01Z"} for call in calls]
    (tmp_path / "server.log").write_text("".join(json.dumps(call) + "\n" for call in again), encoding="utf-8")
    folder = tmp_path.name
    assert "same traffic" not in run("ingest", "proxy\x1b.log")[2]
    code, out, err = run("ingest", "server.log", "--json")
    assert code == 0
    assert document(out)["totals"]["calls"] == 10
    assert f"warning: {folder}/proxy\\x1b.log and {folder}/server.log report the same traffic (100%" in err
    assert run("ingest", "server.log")[2] == ""  # nothing new, nothing to say
    (overlap,) = document(run("status", "--json")[1])["overlaps"]
    assert (overlap["other_stream"], overlap["first_day"], overlap["days"]) == (f"{folder}/server.log", "2026-03-29", 1)
    assert "\nOverlaps\n" in run("status")[1]


def test_an_ingest_is_done_also_when_nobody_can_look_for_overlaps(run: Run, log: Path) -> None:
    (log.parent / "lake" / "registry" / "000001").mkdir(parents=True)
    (log.parent / "lake" / "registry" / "000001" / "integrations.parquet").write_bytes(b"not Parquet")
    about = '{"loaded_at": "2026-03-29T00:30:00+00:00", "files": {"integrations": ["names.csv"]}}'
    (log.parent / "lake" / "registry" / "000001" / "version.json").write_text(about, encoding="utf-8")
    code, out, err = run("ingest", log, "--json")
    assert code == 0
    assert document(out)["totals"]["calls"] == 2
    assert "streams were not checked for the same traffic" in err
