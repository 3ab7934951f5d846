"""alert, and follow with it: what is printed, the exit codes, and no secret anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.analytics.alerts.servers import mail_server, web_server
from tests.command_line.given import INSERT, ROOT, document

if TYPE_CHECKING:
    from tests.command_line.given import Run

RULES = """
[channels.hook]
type = "json"
url_env = "HOOK"

[[rules]]
name = "old logs"
kind = "no_data"
hours = 1
"""
"""The calls of the log are of March 2026, so there has been no data for longer than an hour on any clock that is right."""


@pytest.fixture
def rules(loaded: Path) -> Path:
    path = loaded.parent / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


def test_what_is_new_is_sent_and_printed_once(run: Run, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server() as server:
        monkeypatch.setenv("HOOK", server.url)
        code, out, errors = run("alert", rules, "--json")
        assert (code, errors) == (0, "sent: 1 event\n")
        [row] = document(out)
        assert run("alert", rules, "--json") == (0, "[]\n", "nothing new\n")
    assert list(row) == [
        "id",
        "change",
        "rule",
        "kind",
        "channel",
        "outcome",
        "why",
        "title",
        "text",
        "opened_at",
        "recovered_at",
        "may_be_repeated",
    ]
    assert {**row, "id": "", "opened_at": ""} == {
        "id": "",
        "change": "opened",
        "rule": "old logs",
        "kind": "no_data",
        "channel": "hook",
        "outcome": "sent",
        "why": None,
        "title": "No data for 1 hour: all logs",
        "text": "no call since 2026-03-29 13:00",
        "opened_at": "",
        "recovered_at": None,
        "may_be_repeated": False,
    }
    assert len(server.requests) == 1


def test_a_dry_run_needs_no_secrets_and_changes_nothing(run: Run, rules: Path) -> None:
    code, out, errors = run("alert", rules, "--dry-run")
    assert (code, errors) == (0, "would be sent: 1 event; nothing was sent or remembered\n")
    assert "No data for 1 hour: all logs" in out
    assert not (rules.parent / "lake" / "alerts").exists()


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_an_error_names_no_secret(
    run: Run, rules: Path, debug: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server("404 very-secret") as server, mail_server(refuses={"AUTH": "535 hunter2 is wrong"}) as desk:
        mail = f"""
            [channels.desk]
            type = "mail"
            host = "127.0.0.1"
            port = {desk.port}
            tls = "none"
            user = "robot"
            password_env = "SMTP_PASSWORD"
            sender = "k@example.com"
            to = ["d@example.com"]
        """
        rules.write_text(RULES + mail, encoding="utf-8")
        monkeypatch.setenv("HOOK", server.url)
        monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
        code, out, errors = run("alert", rules, "--json", *debug)
    assert code == 1
    assert errors == (
        "channel hook: the server answered 404; it is tried again next time\n"
        "channel desk: the server refused the user or the password (535); it is tried again next time\n"
    )
    assert "secret" not in out
    assert "hunter2" not in out
    assert server.requests
    assert desk.lines


@pytest.mark.parametrize("debug", [(), ("--debug",)])
@pytest.mark.parametrize("url", ["", "hooks.example/very-secret", "https://hooks.example/very secret", "http://[very"])
def test_a_missing_or_wrong_secret_is_wrong_usage(
    run: Run, rules: Path, url: str, debug: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", url)
    code, out, errors = run("alert", rules, *debug)
    assert (code, out) == (2, "")
    assert errors.startswith("channels.hook.url_env: the environment variable HOOK ")
    assert "very" not in errors
    assert not (rules.parent / "lake" / "alerts").exists()


def test_wrong_rules_are_wrong_usage(run: Run, rules: Path) -> None:
    rules.write_text(RULES.replace("hours = 1", 'hours = "one"\nstreams = 5'), encoding="utf-8")
    code, out, errors = run("alert", rules)
    assert (code, out) == (2, "")
    assert errors == (
        "rules.toml: rules.old logs.hours: 'one' does not fit: input should be a valid integer\n"
        "rules.toml: rules.old logs.streams is not known; did you mean stream? (expected one of name, channels, recovery,"
        " urgent, kind, hours, stream, each_stream)\n"
    ).replace("rules.toml", str(rules))
    assert run("alert", "nowhere.toml")[:2] == (2, "")


def test_a_rule_that_fails_is_said_and_the_others_are_told(
    run: Run, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules.write_text(f'{RULES}\n[[rules]]\nname = "own"\nkind = "sql"\nquery = "select"\n', encoding="utf-8")
    with web_server() as server:
        monkeypatch.setenv("HOOK", server.url)
        code, _, errors = run("alert", rules)
    assert code == 1
    assert errors.startswith("own: ")
    assert errors.endswith("sent: 1 event\n")
    assert server.told == [("opened", "No data for 1 hour: all logs")]


def test_without_a_lake_nothing_is_sent(run: Run, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server() as server:
        monkeypatch.setenv("HOOK", server.url)
        code, out, errors = run("alert", rules, "--lake", "none")
    assert (code, out) == (1, "")
    assert "there is no lake here" in errors
    assert server.requests == []


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("answer", ["200 OK", "500 no"])
def test_follow_looks_at_the_rules_after_a_load_and_goes_on_if_nobody_takes_it(tmp_path: Path, answer: str) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "access.log").write_text(INSERT + "\n", encoding="utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "koppelzicht",
        "follow",
        logs,
        "--lake",
        tmp_path / "lake",
        "--alert",
        path,
    ]
    with web_server(answer) as server:
        is_asked = threading.Event()
        server.before_answer = is_asked.set
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "HOOK": server.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            assert is_asked.wait(60)
            said = [process.stderr.readline(), process.stderr.readline()]
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 143
    assert server.told == [("opened", "No data for 1 hour: all logs")]
    wanted = (
        "sent: 1 event" if answer == "200 OK" else "channel hook: the server answered 500; it is tried again next time"
    )
    assert said[1] == f"alert: {wanted}\n"
    assert "Traceback" not in errors
    assert "secret" not in errors


def test_follow_with_wrong_rules_loads_nothing(run: Run, rules: Path, tmp_path: Path) -> None:
    rules.write_text("rules = 1", encoding="utf-8")
    code, out, _ = run("follow", tmp_path, "--lake", "other", "--alert", rules)
    assert (code, out) == (2, "")
    assert not Path("other").exists()
    code, _, errors = run("follow", tmp_path, "--lake", "other", "--alert-every", "5")
    assert code == 2
    assert "give them with --alert RULES" in errors
