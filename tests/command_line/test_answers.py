"""Metrics, SQL, names and reports by command: columns, documents and formats."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from tests.command_line.given import INSERT, ROOT, document

if TYPE_CHECKING:
    from tests.command_line.given import Run


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


def test_bad_sql_exits_with_1_and_shows_what_the_engine_says(run: Run, loaded: Path) -> None:
    code, out, err = run("sql", "select nonsense from calls")
    assert code == 1
    assert "nonsense" in err
    assert out == ""
    assert "Traceback" not in err


def test_registry_counts_what_it_holds(run: Run, loaded: Path, tmp_path: Path) -> None:
    partners = tmp_path / "partners.csv"
    partners.write_text("partner,name,contact,email,phone\n12345,Acme [bold]b.v.[/bold],,,\n", encoding="utf-8")
    code, out, err = run("registry", "load", partners, "--json")
    assert code == 0, err
    assert document(out)["partners"] == 1
    assert "Acme [bold]b.v.[/bold]" in run("metric", "customers_per_partner")[1]


def test_lists_hold_from_a_day_on(run: Run, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("partner,name\n12345,Acme\n", encoding="utf-8")
    code, out, err = run("registry", "load", "p.csv", "--as-of", "2026-03-01", "--json")
    assert code == 0, err
    assert document(out)["valid_from"] == "2026-03-01"
    (version,) = document(run("registry", "versions", "--json")[1])
    assert (version["number"], version["valid_from"], version["relations"]) == (1, "2026-03-01", "partners")
    code, _, err = run("registry", "load", "p.csv", "--as-of", "March")
    assert (code, "'March' is not a date like 2026-03-31" in err) == (2, True)
    code, _, err = run("registry", "load", "p.csv", "--as-of", "2999-01-01")
    assert (code, "expected today, " in err) == (1, True)


def test_who_has_no_name_is_listed_filled_in_and_loaded(run: Run, loaded: Path, tmp_path: Path) -> None:
    missing = document(run("registry", "missing", "--json")[1])
    assert [(row["relation"], row["key"], row["calls"]) for row in missing] == [
        ("partners", "12345", 2),
        ("integrations", "12345_678900", 2),
        ("customers", "54321", 1),
        ("customers", "7654321", 1),
    ]
    code, out, err = run("registry", "missing", "--out", "lists")
    assert (code, out) == (0, "lists/partners.csv\nlists/integrations.csv\nlists/customers.csv\n")
    assert "koppelzicht registry load --add lists/partners.csv" in err
    (tmp_path / "lists" / "partners.csv").write_text("partner,name\n12345,Acme\n", encoding="utf-8")
    assert run("registry", "load", "--add", *out.split())[0] == 0
    missing = document(run("registry", "missing", "--json")[1])
    assert [row["key"] for row in missing] == ["12345_678900", "54321", "7654321"]
    assert run("registry", "missing", "--out", "lists")[0] == 1


def test_reports_say_which_files_they_wrote(run: Run, loaded: Path, tmp_path: Path) -> None:
    code, out, err = run("report", "partner", "12345", "--month", "2026-03", "--out", "out", "--json")
    assert code == 0, err
    files = document(out)["files"]
    assert files
    assert all((tmp_path / file).is_file() for file in files)
    code, out, err = run("report", "month", "2026-03", "--out", "out")
    assert code == 0, err
    assert all((tmp_path / file).is_file() for file in out.splitlines())


def test_metrics_list_tells_about_one(run: Run) -> None:
    assert [metric["name"] for metric in document(run("metric", "--list", "latency", "--json")[1])] == ["latency"]
    out = run("metric", "latency", "--list")[1]
    assert out.startswith("Name       latency\n")
    assert "\nMeaning    " in out


def test_values_that_python_has_not_are_text(run: Run, loaded: Path) -> None:
    query = "select date 'infinity' as certified_until, [timestamp '-infinity'] as instants, date '10000-01-01' as day"
    assert document(run("sql", query, "--json")[1]) == [
        {"certified_until": "infinity", "instants": ["-infinity"], "day": "10000-01-01"}
    ]


def test_a_metric_says_which_logs_are_missing(run: Run, tmp_path: Path) -> None:
    """Five calls an hour for three weeks, and nothing from 10:00 to 16:00 on a Wednesday of the third."""
    start = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    hours = [start + dt.timedelta(hours=number) for number in range(21 * 24)]
    silent = [dt.datetime(2026, 3, 18, hour, tzinfo=dt.UTC) for hour in range(10, 16)]
    lines = [
        INSERT.replace("2026-03-29T00:30:00Z", f"{hour:%Y-%m-%dT%H}:{minute:02}:00Z")
        for hour in hours
        if hour not in silent
        for minute in range(0, 60, 12)
    ]
    (tmp_path / "calls.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("ingest", "calls.log")[0] == 0
    code, out, err = run("metric", "calls_per_day", "--json")
    assert code == 0
    assert sum(day["calls"] for day in document(out)) == (21 * 24 - 6) * 5
    assert err.startswith("note: figures are too low, because logs are missing: 6 hours\n")
    assert run("metric", "calls_per_day", "--until", "2026-03-18")[2] == ""


def test_customers_come_and_go_by_month(run: Run, loaded: Path) -> None:
    assert document(run("customers", "--json")[1]) == [
        {
            "integration": "12345_678900",
            "name": None,
            "month": "2026-03-01",
            "customers": 1,
            "new": 0,
            "stayed": 0,
            "returning": 0,
            "unknown": 1,
            "lost": None,
            "complete": False,
        }
    ]
    (cohort,) = document(run("customers", "--cohorts", "--json")[1])
    assert (cohort["cohort"], cohort["began"], cohort["retention"]) == ("2026-03-01", "unknown", 1.0)
    assert "no call has partner 1234" in run("customers", "--partner", "1234")[2]


def test_branches_are_shown_and_published(run: Run, loaded: Path, tmp_path: Path) -> None:
    (row,) = document(run("branches", "--json")[1])
    assert (row["integration"], row["branch"], row["customers"], row["lift"]) == ("12345_678900", None, 1, None)
    code, out, err = run("branches", "--publish", "table.csv")
    assert (code, out) == (0, "table.csv\n")
    assert "the table is empty because no integration in the registry has 5 customers here" in err
    assert (tmp_path / "table.csv").read_text(encoding="utf-8") == (
        "since,until,integration,name,branch,customers_from,customers_to,branch_customers_from,branch_customers_to\n"
    )
    assert (
        "note: the table counts the customers of 2026-03-01 until 2026-04-01 (that day not included), in ranges of five"
        in err
    )
    assert (
        "note: the logs end before 2026-03-30, but the period goes on; publish the table again when the period is over"
        in err
    )
    assert document(run("branches", "--publish", "table.csv", "--format", "json")[1]) == {
        "files": ["table.csv"],
        "rows": 0,
    }
    assert run("branches", "--publish", "tabel.html", "--language", "nl")[0] == 0
    assert "Klanten per branche, maart 2026." in (tmp_path / "tabel.html").read_text(encoding="utf-8")
    assert run("branches", "--publish", "table.csv", "--language", "de")[0] == 2
    assert "--language needs --publish FILE" in run("branches", "--language", "nl")[2]
    assert run("branches", "--publish", "table.xlsx")[0] == 2
    for wrong in (
        ("--smallest", "4"),
        ("--since", "2026-03-29", "--until", "2026-03-30"),
        ("--environment", "all"),
        ("--stream", "calls.log"),
    ):
        code, out, err = run("branches", "--publish", "other.csv", *wrong)
        assert (code, out) == (2, ""), wrong
    assert "leave --stream out" in " ".join(err.split())
    assert not (tmp_path / "other.csv").exists()
