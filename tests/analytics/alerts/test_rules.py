"""A file of rules: what is wrong with it is said with its place, and a secret that stands in it is not repeated."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analytics.alerts.quiet import is_quiet
from analytics.alerts.rules import QuietHours, RulesError, read_rules, secrets_of
from analytics.sending.channel import Mail

GOOD = """
[channels.desk]
type = "mail"
host = "smtp.example.com"
user = "robot"
password_env = "SMTP_PASSWORD"
sender = "koppelzicht@example.com"
to = ["desk@example.com"]

[channels.team]
type = "slack"
url_env = "SLACK_WEBHOOK"

[[rules]]
name = "incidents"
kind = "incident"
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    """What is said of a file, without its name."""
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as told:
        read_rules(path)
    lines = str(told.value).split("\n")
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "operations.toml"
    path.write_text(GOOD, encoding="utf-8")
    rules = read_rules(path)
    assert (rules.name, list(rules.channels)) == ("operations", ["desk", "team"])
    desk = rules.channels["desk"]
    assert isinstance(desk, Mail)
    assert (desk.tls, desk.used_port) == ("starttls", 587)
    [rule] = rules.rules
    assert rules.channels_of(rule) == ("desk", "team")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('kind = "incident"', 'kind = "incidents"', "rules.incidents.kind: 'incidents' is not known; expected one of incident,"),
        ('kind = "incident"', "", "rules.incidents.kind is missing; expected one of incident, certification, finding,"),
        ('name = "incidents"', "", "rules.1.name is missing; found kind"),
        ('kind = "incident"', 'kind = "incident"\nmin_sise = 5', "rules.incidents.min_sise is not known; did you mean min_size?"),
        ('kind = "incident"', 'kind = "incident"\nmin_size = "5"', "rules.incidents.min_size: '5' does not fit: input should be"),
        ('kind = "incident"', 'kind = "incident"\nmin_size = true', "rules.incidents.min_size: True does not fit: input should be"),
        ('kind = "incident"', 'kind = "incident"\nkinds = ["spike"]', "rules.incidents.kinds.1: 'spike' is not known; expected 'err"),
        ('kind = "incident"', 'kind = "incident"\nintegration = "1"', "rules.incidents.integration: '1' does not fit; expected an i"),
        ('kind = "incident"', 'kind = "incident"\nchannels = ["tem"]', "rules.incidents.channels: there is no channel 'tem'; expec"),
        ('kind = "incident"', 'kind = "incident"\nchannels = []', "rules.incidents.channels: is empty; expected one entry at least"),
        ('kind = "incident"', 'kind = "no_data"', "rules.incidents.hours is missing; found name, kind"),
        ('kind = "incident"', 'kind = "no_data"\nhours = 0', "rules.incidents.hours: 0 does not fit: input should be greater than or"),
        (
            'kind = "incident"',
            'kind = "no_data"\nhours = 1\nstream = "a"\neach_stream = true',
            "rules.incidents: expected stream or each_stream, not both",
        ),
        ('kind = "incident"', 'kind = "sql"\nquery = ""', "rules.incidents.query: '' does not fit: string should have at least 1"),
        ("[[rules]]", '[[rules]]\nname = "incidents"\nkind = "first_call"\n[[rules]]', "rules: two rules have the name incidents"),
        ("[[rules]]", "[rules]", "rules: is no list; expected one"),
        ("[channels.desk]", "quiet = 1\n[channels.desk]", "quiet is not known; did you mean quiet_hours? (expected one of name,"),
        (
            "[channels.desk]",
            '[quiet_hours]\nbegin = "25:00"\nend = "07:00"\n[channels.desk]',
            "quiet_hours.begin: '25:00' is not a time of the day; expected something like",
        ),
        ("[channels.desk]", '[quiet_hours]\nfrom = "22:00"\n[channels.desk]', "quiet_hours.begin is missing; found from"),
        ('host = "smtp.example.com"', 'host = "a b"', "channels.desk.host: the value (not shown) is not the name of a server; expected"),
        ('to = ["desk@example.com"]', 'to = "desk@example.com"', "channels.desk.to: 'desk@example.com' is no list; expected one"),
        ('to = ["desk@example.com"]', "to = []", "channels.desk.to: is empty; expected one entry at least"),
        (
            'to = ["desk@example.com"]',
            'to = ["a@example.com\\nBcc: b@example.com"]',
            "channels.desk.to.1: 'a@example.com\\nBcc: b@example.com' is not an address; expected",
        ),
        ('user = "robot"', "", "channels.desk: expected both user and password_env, or neither"),
        ('user = "robot"', 'user = "robot"\ntls = "none"', 'channels.desk: tls: "none" would send the password to smtp.example.com'),
        ('type = "slack"', 'type = "irc"', "channels.team.type: 'irc' is not known; expected one of mail, json, slack, teams"),
        ("[channels.team]", "[channels]\nteam = 5\n", "channels.team: 5 is no table; expected one"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place_its_value_and_what_was_expected(
    old: str, new: str, fault: str, tmp_path: Path
) -> None:
    told = faults(tmp_path, GOOD.replace(old, new, 1))
    assert any(line.startswith(fault) for line in told), told


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    told = faults(tmp_path, GOOD.replace('type = "slack"', "").replace('name = "incidents"', 'name = ""'))
    assert [line.partition(" ")[0] for line in told] == ["channels.team.type", "rules.1.name:"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('password_env = "SMTP_PASSWORD"', 'password = "hunter2!"'),
        ('password_env = "SMTP_PASSWORD"', 'password_env = "hunter2!"'),
        ('url_env = "SLACK_WEBHOOK"', 'url = "https://hooks.example/hunter2!"'),
        ('url_env = "SLACK_WEBHOOK"', 'url_env = "https://hooks.example/hunter2!"'),
        ('url_env = "SLACK_WEBHOOK"', 'url_env = ["https://hooks.example/hunter2!"]'),
        ('url_env = "SLACK_WEBHOOK"', 'url_env = { value = "https://hooks.example/hunter2!" }'),
        ('url_env = "SLACK_WEBHOOK"', 'url_env = "https://hooks.example/hunter2!'),
        ('type = "slack"', 'type = "https://hooks.example/hunter2!"'),
        ('host = "smtp.example.com"', 'host = "desk:hunter2!@smtp.example.com"'),
        ("[channels.team]", '[channels."https://hooks.example/hunter2!"]'),
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(old: str, new: str, tmp_path: Path) -> None:
    told = faults(tmp_path, GOOD.replace(old, new))
    assert "hunter2" not in "\n".join(told)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"x", b"rules = 1", b"[[[", b"channels = []\nrules = [[]]", b'"[key]" = 1']
)
def test_any_bytes_are_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    with pytest.raises(RulesError, match=r"rules\.toml: "):
        read_rules(path)


def test_a_file_that_is_not_there_or_has_no_name_for_the_lake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="No such file"):
        read_rules(tmp_path / "rules.toml")
    with pytest.raises(RulesError, match="cannot be read: "):
        read_rules(tmp_path)
    path = tmp_path / "my rules.toml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(RulesError, match="name is missing, and the file's own name is none"):
        read_rules(path)


def test_missing_secrets_are_named_by_their_variables(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(GOOD, encoding="utf-8")
    rules = read_rules(path)
    with pytest.raises(RulesError) as told:
        secrets_of(rules, {"SLACK_WEBHOOK": "hooks.example/hunter2"})
    assert str(told.value).split("\n") == [
        "channels.desk.password_env: the environment variable SMTP_PASSWORD is not set; expected it to hold the secret",
        (
            "channels.team.url_env: the environment variable SLACK_WEBHOOK does not hold the address of a webhook;"
            " expected https://HOST/..., without a user or blanks"
        ),
    ]


def test_a_password_goes_without_tls_to_this_machine_alone(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(GOOD.replace("smtp.example.com", "localhost").replace("user", 'tls = "none"\nuser', 1))
    desk = read_rules(path).channels["desk"]
    assert isinstance(desk, Mail)
    assert desk.used_port == 25


@pytest.mark.parametrize(
    ("begin", "end", "at", "expected"),
    [
        ("22:00", "07:00", "2026-10-01T19:59", False),  # 21:59 in Amsterdam
        ("22:00", "07:00", "2026-10-01T20:00", True),
        ("22:00", "07:00", "2026-10-02T04:59", True),
        ("22:00", "07:00", "2026-10-02T05:00", False),
        ("22:00", "07:00", "2026-12-01T20:59", False),  # winter time: 21:59
        ("22:00", "07:00", "2026-12-01T21:00", True),
        ("12:00", "13:30", "2026-12-01T11:00", True),
        ("12:00", "13:30", "2026-12-01T12:30", False),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(begin: str, end: str, at: str, *, expected: bool) -> None:
    hours = QuietHours.model_validate({"begin": begin, "end": end})
    now = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    assert is_quiet(hours, now, ZoneInfo("Europe/Amsterdam")) is expected
    assert is_quiet(None, now, ZoneInfo("Europe/Amsterdam")) is False
