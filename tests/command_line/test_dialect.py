"""`--dialect`: a user's own names for the fields of a log, and the messages if they are wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.command_line.given import document

if TYPE_CHECKING:
    from tests.command_line.given import Run

LAYOUT = '$host [$time_local] "$request" $status'
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "own-dialect.md"


def example(language: str) -> str:
    """The first block of that language on the page that tells of dialects."""
    page = PAGE.read_text(encoding="utf-8")
    block, *_ = re.findall(rf"^```{language}\b[^\n]*\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return str(block)


def test_the_dialect_in_the_documentation_reads_the_line_beside_it(run: Run, tmp_path: Path) -> None:
    dialect, log = tmp_path / "acme.toml", tmp_path / "gateway.log"
    dialect.write_text(example("toml"), encoding="utf-8")
    log.write_text(example("json"), encoding="utf-8")
    code, out, _ = run("inspect", "--dialect", dialect, log, "--json")
    assert code == 0
    inspection = document(out)
    assert (inspection["log_format"], inspection["dialect"], inspection["rejects"]) == ("json", "acme", [])
    [call] = inspection["calls"]
    expected = {
        "called_at": "2026-10-01T07:00:00Z",
        "method": "GET",
        "customer": "54321",
        "connector": "KnSubject",
        "integration": "12345_678900",
        "status": 200,
        "duration_ms": 87.5,
        "request_bytes": None,
        "response_bytes": 20480,
        "user_agent": "Acme/1.0",
        "token_form": "not_logged",
    }
    assert {name: call[name] for name in expected} == expected


def test_a_load_with_a_dialect_says_so_and_its_file_is_not_needed_again(run: Run, tmp_path: Path) -> None:
    dialect, log = tmp_path / "acme.toml", tmp_path / "gateway.log"
    dialect.write_text(example("toml"), encoding="utf-8")
    log.write_text(example("json"), encoding="utf-8")
    assert run("ingest", "--dialect", dialect, log)[0] == 0
    dialect.unlink()
    log.write_text(example("json") * 2, encoding="utf-8")
    code, out, _ = run("ingest", log, "--json")
    assert (code, document(out)["totals"]["calls"]) == (0, 1)
    _, out, _ = run("sql", "select log_format, dialect from loads", "--format", "csv")
    assert out.split() == ["log_format,dialect", "json,acme", "json,acme"]


def test_a_dialect_with_an_unknown_name_is_wrong_usage_and_the_name_is_said(run: Run, tmp_path: Path) -> None:
    dialect = tmp_path / "acme.toml"
    dialect.write_text(example("toml").replace("response_bytes", "responsebytes"), encoding="utf-8")
    code, _, err = run("inspect", "--dialect", dialect, "x.log")
    assert code == 2
    assert "acme.toml: fields.responsebytes is not known; near: response_bytes" in " ".join(err.split())


def test_a_dialect_of_another_format_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    code, _, err = run("ingest", "--dialect", "caddy", "--log-format", "csv", "x.log")
    assert (code, "caddy is a dialect of json, not of csv" in " ".join(err.split())) == (2, True)
    code, _, err = run("ingest", "--dialect", "caddy", "--layout", LAYOUT, "x.log")
    assert (code, "caddy is a dialect of json, not of combined" in " ".join(err.split())) == (2, True)
