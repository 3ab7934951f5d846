"""The command line as users and scripts see it: exit codes, documents on standard output, words on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import koppelzicht
from ingest.call import CALL_COLUMNS
from ingest.ledger import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).parent.parent

INSERT = (
    '{"timestamp": "2026-03-29T00:30:00Z", "method": "POST", '
    '"url": "https://54321.rest.afas.online/ProfitRestServices/connectors/KnSubject", '
    '"headers": {"IntegrationId": "12345_678900", "User-Agent": "acme/1.0"}, "status": 201, "duration_ms": 120.5}'
)
FAILED_GET = (
    '{"timestamp": "2026-03-29T10:00:00Z", "method": "GET", '
    '"url": "https://7654321.rest.afas.online/ProfitRestServices/connectors/Acme_Employees?skip=0&take=100", '
    '"headers": {"IntegrationId": "12345_678900", "User-Agent": "acme/1.0"}, "status": 500, "duration_ms": 80}'
)
BAD_STATUS = INSERT.replace("201", '"OK"')


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run one command in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOPPELZICHT_LAKE", raising=False)

    def run_one(*arguments: str | Path) -> tuple[int, str, str]:
        code = koppelzicht.run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return run_one


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two calls and a line with an impossible status, in the folder where the commands run."""
    path = tmp_path / "calls.log"
    path.write_text(f"{INSERT}\n{FAILED_GET}\n{BAD_STATUS}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with that log in it, made once."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "calls.log").write_text(f"{INSERT}\n{FAILED_GET}\n{BAD_STATUS}\n", encoding="utf-8")
    with contextlib.chdir(folder):
        assert koppelzicht.run(["ingest", "calls.log"]) == 0
    return folder / "lake"


@pytest.fixture
def loaded(loaded_once: Path, log: Path) -> Path:
    """That log, with a lake beside it, in the default place, that holds it."""
    shutil.copytree(loaded_once, log.parent / "lake")
    return log


def document(out: str) -> Any:
    """The one JSON document on standard output."""
    return json.loads(out)


# --- ingest and its kin


def test_ingest_counts_every_line_once(run: Run, log: Path) -> None:
    code, out, _ = run("ingest", log, "--json")
    assert code == 0
    report = document(out)
    assert list(report) == ["sources", "totals"]
    (source,) = report["sources"]
    keys = ["source", "stream", "log_format", "status", "lines", "calls", "rejects", "ignored", "left", "error"]
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
    assert list(inspection) == ["log_format", "dialect", "lines", "calls", "rejects"]
    first = inspection["calls"][0]
    assert list(first) == [column.name for column in CALL_COLUMNS]
    assert first["called_at"] == "2026-03-29T00:30:00Z"
    assert first["day"] == "2026-03-29"
    assert (first["partner"], first["project"], first["customer"]) == (12345, 678900, "54321")
    assert (first["connector"], first["operation"], first["own"]) == ("KnSubject", "insert", False)
    assert [reject["reason"] for reject in inspection["rejects"]] == ["bad_status"]
    assert list(tmp_path.iterdir()) == [log]


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


# --- answers


def test_a_metric_has_the_columns_of_the_contract(run: Run, loaded: Path) -> None:
    code, out, _ = run("metric", "calls_per_day", "--json")
    assert code == 0
    assert document(out) == [
        {"day": "2026-03-29", "calls": 2, "errors": 1, "error_rate": 0.5, "customers": 1, "integrations": 1}
    ]
    assert list(document(out)[0]) == ["day", "calls", "errors", "error_rate", "customers", "integrations"]


def test_scope_options_narrow_a_metric(run: Run, loaded: Path) -> None:
    scope = ["--since", "2026-03-29", "--until", "2026-03-30", "--environment", "all", "--product", "profit"]
    scope += ["--partner", "12345", "--integration", "12345_678900", "--customer", "54321", "--connector", "knsubject"]
    (row,) = document(run("metric", "calls_per_day", *scope, "--json")[1])
    assert (row["calls"], row["errors"]) == (1, 0)
    assert document(run("metric", "customers_per_integration", "--environment", "test", "--json")[1]) == []


def test_metrics_list_says_what_there_is(run: Run) -> None:
    code, out, _ = run("metric", "--list", "--json")
    assert code == 0
    listed = document(out)
    assert {"calls_per_day", "customers_per_integration", "latency"} <= {metric["name"] for metric in listed}
    assert {"name", "title", "unit", "grain", "key", "meaning"} <= set(listed[0])


def test_metrics_as_csv(run: Run, loaded: Path) -> None:
    _, out, _ = run("metric", "calls_per_day", "--format", "csv")
    assert out == "day,calls,errors,error_rate,customers,integrations\n2026-03-29,2,1,0.5,1,1\n"


def test_sql_answers_in_every_format(run: Run, loaded: Path, tmp_path: Path) -> None:
    query = "select customer, status from calls order by status"
    assert document(run("sql", query, "--json")[1]) == [
        {"customer": "54321", "status": 201},
        {"customer": "7654321", "status": 500},
    ]
    assert run("sql", query, "--format", "csv")[1] == "customer,status\n54321,201\n7654321,500\n"
    assert run("sql", query)[1] == "customer  status\n────────────────\n54321        201\n7654321      500\n"
    in_file = subprocess.run(
        [sys.executable, "-m", "koppelzicht", "sql", query, "--lake", tmp_path / "lake", "--format", "parquet"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    (tmp_path / "answer.parquet").write_bytes(in_file)
    assert pq.read_table(tmp_path / "answer.parquet").num_rows == 2


def test_sql_reads_its_query_from_standard_input(loaded: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "koppelzicht", "sql", "--lake", tmp_path / "lake", "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        input="select count(*) as calls from calls",
    )
    assert document(done.stdout) == [{"calls": 2}]


def test_the_lake_may_stand_in_the_environment(
    run: Run, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lake").rename(tmp_path / "elsewhere")
    assert run("status")[0] == 1
    monkeypatch.setenv("KOPPELZICHT_LAKE", "elsewhere")
    assert run("status")[0] == 0


def test_registry_counts_what_it_holds(run: Run, loaded: Path, tmp_path: Path) -> None:
    partners = tmp_path / "partners.csv"
    partners.write_text("partner,name,contact,email,phone\n12345,Acme [bold]b.v.[/bold],,,\n", encoding="utf-8")
    code, out, err = run("registry", "load", partners, "--json")
    assert code == 0, err
    assert document(out)["partners"] == 1
    assert "Acme [bold]b.v.[/bold]" in run("metric", "customers_per_partner")[1]


def test_reports_say_which_files_they_wrote(run: Run, loaded: Path, tmp_path: Path) -> None:
    code, out, err = run("report", "partner", "12345", "--month", "2026-03", "--out", "out", "--json")
    assert code == 0, err
    files = document(out)["files"]
    assert files
    assert all((tmp_path / file).is_file() for file in files)
    code, out, err = run("report", "month", "2026-03", "--out", "out")
    assert code == 0, err
    assert all((tmp_path / file).is_file() for file in out.splitlines())


# --- what goes wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ingst"], "Did you mean 'ingest'"),
        (["ingest"], "Missing argument"),
        (["metric"], "koppelzicht metric --list"),
        (["metric", "calls_per_dya"], "did you mean calls_per_day"),
        (["metric", "calls_per_day", "--since", "yesterday"], "2026-03-29"),
        (["metric", "calls_per_day", "--since", "2026-03-29", "--until", "2026-03-29"], "the period is empty"),
        (["metric", "calls_per_day", "--partner", "acme"], "a partner's number"),
        (["metric", "calls_per_day", "--json", "--format", "csv"], "exclude each other"),
        (["ingest", "x", "--layout", "$host", "--log-format", "w3c"], "a layout is for combined logs"),
        (["ingest", "x", "--layout", "no variable"], "--layout"),
        (["ingest", "x", "--log-format", "jsonl"], "did you mean json?"),
        (["ingest", "x", "--time-zone", "Mars/Olympus"], "Mars/Olympus"),
        (["report", "partner", "12345", "--month", "October"], "October"),
        (["inspect", "x", "--limit", "0"], "--limit"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(run: Run, arguments: list[str], words: str) -> None:
    code, out, err = run(*arguments)
    assert code == 2, err
    assert words in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize("command", [["status"], ["verify"], ["rejects"], ["metric", "latency"], ["sql", "select 1"]])
def test_without_a_lake_it_says_how_to_make_one(run: Run, command: list[str]) -> None:
    code, out, err = run(*command)
    assert code == 1
    assert "koppelzicht ingest" in err
    assert out == ""
    assert "Traceback" not in err


def test_bad_sql_exits_with_1_and_shows_what_the_engine_says(run: Run, loaded: Path) -> None:
    code, out, err = run("sql", "select nonsense from calls")
    assert code == 1
    assert "nonsense" in err
    assert out == ""
    assert "Traceback" not in err


def test_debug_shows_the_traceback_wherever_it_stands(run: Run) -> None:
    assert "Traceback" in run("--debug", "status")[2]
    assert "Traceback" in run("status", "--debug")[2]


def test_help_needs_nothing_heavy() -> None:
    program = (
        "import sys, koppelzicht\n"
        "assert koppelzicht.run(['--help']) == 0\n"
        "heavy = {'polars', 'duckdb', 'deltalake', 'streamlit', 'pyarrow', 'pandas', 'altair'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in [
        "ingest",
        "unload",
        "inspect",
        "status",
        "rejects",
        "verify",
        "registry",
        "metric",
        "sql",
        "report",
        "dashboard",
        "demo",
    ]:
        assert f"\n  {command} " in done.stdout


def test_the_version_is_that_of_the_distribution(run: Run) -> None:
    assert run("--version") == (0, f"koppelzicht {metadata.version('koppelzicht')}\n", "")


@pytest.mark.parametrize(
    "command", ["ingest", "unload", "inspect", "status", "rejects", "verify", "metric", "sql", "dashboard", "demo"]
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "--lake" in out or command == "inspect"


# --- signals and pipes


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_a_load_cleanly(tmp_path: Path, number: int, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "koppelzicht", "ingest", "-", "--lake", tmp_path / "lake"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        # The load is under way once it has taken more than a pipe holds.
        process.stdin.write(f"{INSERT}\n" * 2000)
        process.stdin.flush()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_who_has_seen_enough_is_no_error(loaded: Path, tmp_path: Path) -> None:
    many = "select range as number from range(200000)"
    command = f'"{sys.executable}" -m koppelzicht sql "{many}" --lake "{tmp_path}/lake" --format csv | head -1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "number\n", "")
