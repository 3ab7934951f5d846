"""One look after the other at a real lake, with a real web server: each event once for each channel, whatever happens meanwhile."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analytics.alerts.alert import AlertReport, alert, tried
from analytics.alerts.kinds.no_data import NoDataRule
from analytics.alerts.rules import Rules, secrets_of
from analytics.alerts.state import State, alone, read_state, write_state
from analytics.alerts.watching import Watch
from analytics.errors import AnalyticsError
from ingest.errors import LakeError
from ingest.lake.copying import back_up
from tests.analytics.alerts.servers import WebServer, mail_server, web_server
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from analytics.alerts.asked import Asked
    from analytics.alerts.fact import Found

ROOT = Path(__file__).parents[3]
NIGHT = dt.datetime(2026, 10, 1, 21, tzinfo=dt.UTC)
"""23:00 in Amsterdam."""
LOGS = {"name": "logs", "kind": "no_data", "hours": 12, "each_stream": True}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two logs, each with a call at 10:00 in Amsterdam."""
    return given_lake(tmp_path / "lake", [call(stream="app"), call(stream="web")])


def rules(*given: dict[str, Any], channels: dict[str, Any] | None = None, **said: Any) -> Rules:
    hooks = {"hook": {"type": "json", "url_env": "HOOK"}}
    return Rules.model_validate({"name": "test", "channels": channels or hooks, "rules": given or (LOGS,), **said})


def look(lake: Path, asked: Rules, server: WebServer, at: dt.datetime = NIGHT, **more: str) -> AlertReport:
    return alert(lake, asked, secrets_of(asked, {"HOOK": server.url, **more}), clock=lambda: at)


def test_several_events_are_one_message_and_come_once(lake: Path) -> None:
    with web_server() as server:
        report = look(lake, rules(), server)
        assert look(lake, rules(), server).lines == ()
    assert [(line.outcome, line.news.event.title) for line in report.lines] == [
        ("sent", "No data for 12 hours: app"),
        ("sent", "No data for 12 hours: web"),
    ]
    [(_, _, body)] = server.requests
    assert list(body) == ["version", "id", "sent_at", "events"]
    assert body["sent_at"] == "2026-10-01T21:00:00Z"
    assert {**body["events"][0], "id": ""} == {
        "id": "",
        "change": "opened",
        "rule": "logs",
        "kind": "no_data",
        "title": "No data for 12 hours: app",
        "text": "no call since 2026-10-01 11:00",
        "opened_at": "2026-10-01T21:00:00Z",
        "recovered_at": None,
        "may_be_repeated": False,
        "facts": {"stream": "app", "no_call_since": "2026-10-01T09:00:00Z", "hours": 12},
    }


def test_a_dry_run_says_the_same_and_changes_nothing(lake: Path) -> None:
    report = tried(lake, rules(), clock=lambda: NIGHT)
    assert [(line.outcome, line.news.event.title) for line in report.lines] == [
        ("to_send", "No data for 12 hours: app"),
        ("to_send", "No data for 12 hours: web"),
    ]
    assert not (lake / "alerts").exists()


def test_a_channel_that_fails_is_tried_again_and_the_other_is_not_told_twice(lake: Path) -> None:
    channels: dict[str, dict[str, Any]] = {
        "hook": {"type": "json", "url_env": "HOOK"},
        "desk": {
            "type": "mail",
            "host": "127.0.0.1",
            "tls": "none",
            "sender": "k@example.com",
            "to": ["d@example.com"],
        },
    }
    with mail_server() as desk, web_server("503 no") as server:
        channels["desk"]["port"] = desk.port
        first = look(lake, rules(channels=channels), server)
        second = look(lake, rules(channels=channels), server)
        third = look(lake, rules(channels=channels), server)
    assert not first.is_whole
    assert {(line.news.channel, line.outcome, line.why) for line in first.lines} == {
        ("hook", "failed", "the server answered 503"),
        ("desk", "sent", None),
    }
    assert {(line.news.channel, line.outcome) for line in second.lines} == {("hook", "sent")}
    assert third.lines == ()
    assert (len(server.requests), len(desk.mails)) == (2, 1)
    again = [headers["idempotency-key"] for _, headers, _ in server.requests]
    assert again[0] == again[1]
    assert [event["may_be_repeated"] for event in server.requests[1][2]["events"]] == [True, True]


def test_a_channel_that_certainly_took_nothing_is_not_told_of_a_repetition(lake: Path) -> None:
    with web_server("404 no") as server:
        look(lake, rules(), server)
        look(lake, rules(), server)
    assert [event["may_be_repeated"] for event in server.events] == [False] * 4


def test_in_quiet_hours_only_what_is_urgent_is_sent_and_the_rest_afterwards(lake: Path) -> None:
    quiet = {"begin": "22:00", "end": "07:00"}
    logs = {"kind": "no_data", "hours": 12}
    asked = rules(
        {**logs, "name": "logs", "stream": "app"},
        {**logs, "name": "urgent", "stream": "web", "urgent": True},
        quiet_hours=quiet,
    )
    morning = dt.datetime(2026, 10, 2, 5, tzinfo=dt.UTC)  # 07:00 in Amsterdam
    with web_server() as server:
        night = look(lake, asked, server)
        look(lake, asked, server, morning - dt.timedelta(minutes=1))
        assert server.told == [("opened", "No data for 12 hours: web")]
        look(lake, asked, server, morning)
    assert {(line.news.event.title, line.outcome) for line in night.lines} == {
        ("No data for 12 hours: app", "held"),
        ("No data for 12 hours: web", "sent"),
    }
    assert server.told == [("opened", "No data for 12 hours: web"), ("opened", "No data for 12 hours: app")]


def test_a_rule_that_cannot_be_asked_keeps_what_it_knows_and_the_others_go_on(lake: Path) -> None:
    missing = {"name": "other", "kind": "sql", "query": "select nothing from calls"}
    wrong_key = {"name": "key", "kind": "sql", "query": "select 1 as one", "key": ["two"]}
    nowhere = {"name": "nowhere", "kind": "no_data", "hours": 1, "stream": "ap"}
    with web_server() as server:
        report = look(lake, rules(missing, wrong_key, nowhere, LOGS), server)
        assert list(report.faults) == ["other", "key", "nowhere"]
        assert "nothing" in report.faults["other"]
        assert report.faults["key"] == "key: two: no such column; the query has one"
        assert report.faults["nowhere"] == "there is no stream 'ap'; known: app, web"
        assert not report.is_whole
    assert len(server.events) == 2


class _Broken(NoDataRule):
    """A rule with a bug."""

    def found(self, asked: Asked) -> Found:
        raise ZeroDivisionError(f"a value of {asked.today}")


def test_a_bug_in_one_rule_keeps_no_other_from_telling(lake: Path) -> None:
    asked = rules()
    broken = _Broken(name="broken", kind="no_data", hours=1)
    with web_server() as server:
        report = look(lake, asked.model_copy(update={"rules": (broken, *asked.rules)}), server)
    assert report.faults["broken"].startswith("an unexpected error: ZeroDivisionError at test_alert.py:")
    assert "a value" not in report.faults["broken"]
    assert len(server.events) == 2


def test_a_changed_rule_tells_the_end_of_nothing(lake: Path) -> None:
    with web_server() as server:
        look(lake, rules(), server)
        look(lake, rules({**LOGS, "hours": 500}), server)
    assert len(server.events) == 2


_KILLED = """
import datetime as dt, sys
from pathlib import Path
from analytics.alerts.alert import alert
from analytics.alerts.rules import read_rules, secrets_of
rules = read_rules(Path(sys.argv[2]))
secrets = secrets_of(rules, {"HOOK": sys.argv[3]})
alert(Path(sys.argv[1]), rules, secrets, clock=lambda: dt.datetime(2026, 10, 1, 21, tzinfo=dt.UTC))
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_process_that_is_killed_between_sending_and_remembering_is_followed_by_one_that_sends_once_more(
    lake: Path, tmp_path: Path
) -> None:
    path = tmp_path / "test.toml"
    path.write_text(
        '[channels.hook]\ntype = "json"\nurl_env = "HOOK"\n'
        '[[rules]]\nname = "logs"\nkind = "no_data"\nhours = 12\neach_stream = true\n',
        encoding="utf-8",
    )
    with web_server() as server:
        command = [sys.executable, "-c", _KILLED, str(lake), str(path), server.url]
        with subprocess.Popen(command, cwd=ROOT) as process:
            server.before_answer = process.kill
            process.wait()
        server.before_answer = lambda: None
        assert process.returncode == -signal.SIGKILL
        assert len(server.requests) == 1
        look(lake, rules(), server)
        look(lake, rules(), server)
    first, second = (body for _, _, body in server.requests)
    assert [event["id"] for event in first["events"]] == [event["id"] for event in second["events"]]
    assert [event["may_be_repeated"] for event in second["events"]] == [True, True]
    assert first["id"] == second["id"]


def test_of_two_at_once_one_sends_and_the_other_does_not_wait(lake: Path) -> None:
    with web_server() as server:
        others: list[AlertReport] = []
        server.before_answer = lambda: others.append(look(lake, rules(), server))
        look(lake, rules(), server)
    assert [report.is_busy for report in others] == [True]
    assert len(server.requests) == 1


def test_the_lock_ends_with_its_holder(lake: Path) -> None:
    with alone(lake, "test") as first, alone(lake, "test") as second, alone(lake, "other") as other:
        assert (first, second, other) == (True, False, True)
    with alone(lake, "test") as third:
        assert third


def test_a_copy_of_the_lake_knows_what_was_sent(lake: Path, tmp_path: Path) -> None:
    with web_server() as server:
        look(lake, rules(), server)
        back_up(lake, tmp_path / "copy")
        assert look(tmp_path / "copy", rules(), server).lines == ()
    assert "test.json" in [path.name for path in (tmp_path / "copy" / "alerts").iterdir()]


def test_no_secret_is_remembered(lake: Path) -> None:
    with web_server("500 no") as server:
        look(lake, rules(), server)
    assert "secret" not in "".join(path.read_text(encoding="utf-8") for path in (lake / "alerts").iterdir())


def test_a_damaged_state_is_named_and_nothing_is_sent(lake: Path) -> None:
    write = lake / "alerts" / "test.json"
    write.parent.mkdir()
    write.write_text('{"rules": 7}', encoding="utf-8")
    with (
        web_server() as server,
        pytest.raises(AnalyticsError, match="cannot be read, so koppelzicht does not know what"),
    ):
        look(lake, rules(), server)
    assert server.requests == []


def test_what_is_written_is_read(lake: Path) -> None:
    (lake / "alerts").mkdir()
    state = State.model_validate(
        {
            "rules": {
                "logs": {
                    "definition": "1",
                    "known": ("k",),
                    "events": (
                        {
                            "id": "1",
                            "key": "x",
                            "family": "x",
                            "title": "t",
                            "lines": ("a", "b"),
                            "row": {"calls": 1, "at": None},
                            "opened_at": NIGHT,
                            "told": {"hook": "trying"},
                        },
                    ),
                }
            }
        }
    )
    write_state(lake, "test", state)
    assert read_state(lake, "test") == state
    assert json.loads((lake / "alerts" / "test.json").read_text(encoding="utf-8"))["rules"]["logs"]["known"] == ["k"]


def test_without_a_lake_there_is_none_afterwards(tmp_path: Path) -> None:
    with web_server() as server, pytest.raises(LakeError, match="there is no lake here"):
        look(tmp_path / "lake", rules(), server)
    assert not (tmp_path / "lake").exists()


def test_a_watch_looks_after_loads_but_not_after_each_and_without_loads_now_and_then(lake: Path) -> None:
    at = NIGHT
    with web_server() as server:
        asked = rules()
        secrets = secrets_of(asked, {"HOOK": server.url})
        watch = Watch(lake, asked, secrets, every=dt.timedelta(minutes=15), clock=lambda: at)
        looks = []
        for seconds, has_loaded in ((0, False), (5, True), (59, False), (60, False), (900, False), (961, False)):
            at = NIGHT + dt.timedelta(seconds=seconds)
            looks.append(watch.look(has_loaded=has_loaded) is not None)
    assert looks == [True, False, False, True, False, True]


def test_a_watch_says_what_is_wrong_and_goes_on(lake: Path, tmp_path: Path) -> None:
    with web_server() as server:
        asked = rules()
        secrets = secrets_of(asked, {"HOOK": server.url})
        watch = Watch(tmp_path / "none", asked, secrets, every=dt.timedelta(minutes=15), clock=lambda: NIGHT)
        said = watch.look(has_loaded=True)
    assert isinstance(said, str)
    assert "there is no lake here" in said
