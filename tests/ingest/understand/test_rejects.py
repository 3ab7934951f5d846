"""A reject keeps the time, id and customer of its line, if they can be read."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, ReadOptions, inspect, maintain, retry_rejects
from ingest.read.blocks import MAX_LINE_BYTES
from tests.ingest.lakes import broken, load, rows
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

TARGET = "/ProfitRestServices/metainfo"
AT = dt.datetime(2026, 10, 1, 8, 0, 1, tzinfo=dt.UTC)


def _json(**more: Any) -> str:
    record = {
        "timestamp": "2026-10-01T10:00:01+02:00",
        "method": "GET",
        "url": f"https://elsewhere.example{TARGET}",
        "headers": {"IntegrationId": "4321_1"},
        "status": 200,
    }
    return json.dumps(record | more)


def _of(lake: Path) -> list[tuple[str, dt.datetime | None, str | None]]:
    """Reason, time and integration of every reject, in the order of their lines."""
    found = sorted(rows(Lake(lake).snapshot().rejects), key=lambda row: row["line_number"])
    return [(row["reason"], row["called_at"], row["integration"]) for row in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (_json(), ("unknown_host", AT, "4321_1")),
        (_json(status="OK"), ("bad_status", AT, "4321_1")),
        (_json(headers={"IntegrationId": "4321-1"}), ("unknown_host", AT, None)),
        (_json(headers={"IntegrationId": "secret token 4321_1"}), ("unknown_host", AT, None)),
        (_json(headers={"IntegrationId": ["4321_1", "4321_2"]}), ("unknown_host", AT, None)),
        (_json(headers={"X-Other": "4321_1"}), ("unknown_host", AT, None)),
        (_json(timestamp="yesterday"), ("bad_time", None, "4321_1")),
        (_json(timestamp="1970-01-01T00:00:01Z"), ("bad_time", None, "4321_1")),
        (_json(timestamp="2099-01-01T00:00:01Z"), ("bad_time", None, "4321_1")),
        ("{this is no record", ("not_a_record", None, None)),
    ],
)
def test_a_rejected_line_says_when_it_was_sent_and_whose_it_is_where_that_can_be_read(
    tmp_path: Path, line: str, expected: tuple[str, dt.datetime | None, str | None]
) -> None:
    (tmp_path / "a.log").write_text(
        f"{_json(url=f'https://1234.rest.afas.online{TARGET}')}\n{line}\n", encoding="utf-8"
    )
    load(tmp_path / "lake", tmp_path / "a.log")
    assert _of(tmp_path / "lake") == [expected]
    assert broken(tmp_path / "lake") == {}


def test_a_line_that_was_cut_off_says_neither_because_its_end_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "timestamp,method,integration_id,url,status\n"
        f"2026-10-01T08:00:01Z,GET,4321_10,https://1234.rest.afas.online{TARGET},OK\n"
        "2026-10-01T08:00:01Z,GET,4321_1",
        encoding="utf-8",
    )
    load(tmp_path / "lake", tmp_path / "a.csv")
    load(tmp_path / "lake", tmp_path / "a.csv", final=True)
    assert _of(tmp_path / "lake")[0] == ("bad_status", AT, "4321_10")
    assert [(at, whose) for reason, at, whose in _of(tmp_path / "lake")[1:] if reason == "torn_line"] == [(None, None)]


def _torn(head: str = "", *, url: str = f"https://1234.rest.afas.online{TARGET}", tail: str = "") -> str:
    """A line of JSON that is cut off after `tail`."""
    return f'{head}{{"timestamp":"2026-10-01T10:00:01+02:00","method":"GET","url":"{url}","headers":{{"IntegrationId":"4321_1"}}{tail}'


_W3C_FIELDS = "#Fields: date time cs-method cs-host cs-uri-stem sc-status cs(IntegrationId)\n"


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        ("", _torn(tail=',"sta'), ("4321_1", "1234", "production", AT)),
        ("", _torn(url=f"https://1234.resttest.afas.online{TARGET}", tail=',"sta'), ("4321_1", "1234", "test", AT)),
        # The same host twice is one; another one leaves it in doubt, and so does another id.
        ("", _torn(tail=',"host":"1234.REST.afas.online","sta'), ("4321_1", "1234", "production", AT)),
        ("", _torn(tail=',"referer":"https://1235.rest.afas.online/","sta'), ("4321_1", None, None, AT)),
        ("", _torn(tail=',"x":{"IntegrationId":"4321_2"},"sta'), (None, "1234", "production", AT)),
        # What is cut off in the middle of a number would be somebody else's.
        ("", _torn()[:-2], (None, "1234", "production", AT)),
        ("", _torn().partition("//1")[2] + ',"status":200}', ("4321_1", None, None, None)),
        ("", _torn(url="https://1234.rest.afas.onlin").partition(',"headers')[0][:-1], (None, None, None, AT)),
        # What a caller wrote about another one is a text.
        ("", _torn(tail=',"note":"\\"IntegrationId\\":\\"7654_3\\"","sta'), ("4321_1", "1234", "production", AT)),
        # Of SB the path belongs to it, its first part as a whole.
        ("", _torn(url="https://acme.afasfocus.nl/bouw/api/x", tail=',"sta'), ("4321_1", "acme/bouw", "production", AT)),
        ("", _torn(url="https://acme.afasfocus.nl/bouw/ap").partition('","headers')[0], (None, "acme/bouw", "production", AT)),
        ("", _torn(url="https://acme.afasfocus.nl/bou").partition('","headers')[0], (None, None, None, AT)),
        ("", _torn(url="https://acme.afasfocus.nl/bouw/x", tail=',"referer":"https://acme.afasfocus.nl/zorg/","s'), ("4321_1", None, None, AT)),
        # A host that ends the line is whole: it has its end.
        ("", _torn(url="https://1234.rest.afas.online").partition('","headers')[0], (None, "1234", "production", AT)),
        # Neither does a line of columns name them, but they have their form.
        (_W3C_FIELDS, f"2026-10-01 08:00:01 GET 1234.rest.afas.online {TARGET} 200 4321_1 more", ("4321_1", "1234", "production", AT)),
        (_W3C_FIELDS, f"2026-10-01 08:00:01 GET - {TARGET} 200 4321_1 a 1234.rest.afas.online", ("4321_1", "1234", "production", AT)),
        (_W3C_FIELDS, f"2026-10-01 08:00:01 GET 1234.rest.afas.online {TARGET} 4321_1", (None, "1234", "production", AT)),
        (
            "timestamp,method,url,integration_id,status\n",
            f"2026-10-01T08:00:01Z,GET,https://1234.rest.afas.online{TARGET},4321_1,200,,",
            ("4321_1", "1234", "production", AT),
        ),
    ],
)  # fmt: skip
def test_a_damaged_line_says_whose_it_is_where_that_leaves_no_doubt(
    tmp_path: Path, head: str, line: str, expected: tuple[str | None, ...]
) -> None:
    sound = f"2026-10-01 08:00:01 GET 1234.rest.afas.online {TARGET} 200 4321_9\n"
    if head.startswith("timestamp"):
        sound = f"2026-10-01T08:00:01Z,GET,https://1234.rest.afas.online{TARGET},4321_9,200\n"
    elif not head:
        sound = f"{_json(url=f'https://1234.rest.afas.online{TARGET}')}\n"
    (tmp_path / "a.log").write_text(f"{head}{sound}{line}\n{sound}", encoding="utf-8")
    load(tmp_path / "lake", tmp_path / "a.log")
    [row] = rows(Lake(tmp_path / "lake").snapshot().rejects)
    found = tuple(row[name] for name in ("integration", "customer", "environment", "called_at"))
    assert (row["reason"], *found) == ("not_a_record", *expected)
    assert broken(tmp_path / "lake") == {}


_LAYOUT = (
    '$host $remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_user_agent" "$http_integrationid"'
)


@pytest.mark.parametrize(
    ("host", "target", "customer"),
    [
        ("1234.rest.afas.online", TARGET, "1234"),
        ("1234.rest.afas.online:443", TARGET, "1234"),
        ("acme.afasfocus.nl", "/bouw/api/x", "acme/bouw"),
    ],
)
@pytest.mark.parametrize("end", ["in the path", "in the agent", "in the id", "a quote in the agent"])
def test_a_damaged_line_of_an_access_log_says_whose_it_is(
    tmp_path: Path, host: str, target: str, customer: str, end: str
) -> None:
    begin = f'{host} 192.0.2.7 - - [01/Oct/2026:08:00:01 +0000] "GET {target}'
    sound = f'{begin} HTTP/1.1" 200 1 "Acme/1.0" "4321_1"'
    damaged = {
        "in the path": begin[:-2],
        "in the agent": f'{begin} HTTP/1.1" 200 1 "Acm',
        "in the id": sound[:-2],
        "a quote in the agent": sound.replace("Acme", 'Ac"me'),
    }[end]
    (tmp_path / "a.log").write_text(f"{sound}\n{damaged}\n{sound}\n", encoding="utf-8")
    load(tmp_path / "lake", tmp_path / "a.log", layout=_LAYOUT)
    [row] = rows(Lake(tmp_path / "lake").snapshot().rejects)
    assert (row["reason"], row["customer"], row["called_at"]) == ("not_a_record", customer, AT)
    assert row["integration"] == ("4321_1" if end.startswith("a quote") else None)
    assert broken(tmp_path / "lake") == {}


@pytest.mark.parametrize("more", [{"status": "OK"}, {"timestamp": "yesterday"}, {"method": "?"}])
def test_a_line_of_which_only_another_field_is_bad_says_whose_it_is(tmp_path: Path, more: dict[str, Any]) -> None:
    sb = "https://acme.afasfocus.nl/bouw/api/x"
    urls = [f"https://1234.rest.afas.online{TARGET}", sb, "https://elsewhere.example/", TARGET]
    lines = [_json(url=url, **more) for url in urls]
    (tmp_path / "a.log").write_text("".join(f"{line}\n" for line in [_json(url=urls[0]), *lines]), encoding="utf-8")
    load(tmp_path / "lake", tmp_path / "a.log")
    found = sorted(rows(Lake(tmp_path / "lake").snapshot().rejects), key=lambda row: row["line_number"])
    assert [row["customer"] for row in found] == ["1234", "acme/bouw", None, None]
    assert [row["environment"] for row in found] == ["production", "production", None, None]
    assert broken(tmp_path / "lake") == {}


def test_what_is_still_rejected_when_it_is_read_again_says_both_anew(tmp_path: Path) -> None:
    fields = "#Fields: date time cs-method cs-host cs-uri-stem sc-status cs(IntegrationId)\n"
    (tmp_path / "a.log").write_text(
        f"{fields}2026-10-01 08:00:01 GET - {TARGET} 200 4321_1\n2026-10-01 08:00:01 GET - {TARGET} OK 4321_2\n",
        encoding="utf-8",
    )
    lake = tmp_path / "lake"
    load(lake, tmp_path / "a.log")
    assert _of(lake) == [("no_customer", AT, "4321_1"), ("bad_status", AT, "4321_2")]
    retry_rejects(lake, [str(tmp_path / "a.log")], ReadOptions(host="1234.rest.afas.online"), now=NOW)
    assert _of(lake) == [("bad_status", AT, "4321_2")]
    maintain(lake, now=NOW)
    assert _of(lake) == [("bad_status", AT, "4321_2")]
    assert broken(lake) == {}


_W3C = "#Fields: date time cs-method cs-uri-stem cs-host sc-status\n"
_CSV = "timestamp,method,url,status\n"
_SOUND = {
    "json": ("", _json(url=f"https://4321.rest.afas.online{TARGET}")),
    "w3c": (_W3C, f"2026-10-01 08:00:01 GET {TARGET} 4321.rest.afas.online 200"),
    "csv": (_CSV, f"2026-10-01T08:00:01Z,GET,https://4321.rest.afas.online{TARGET},200"),
    "combined": (
        "",
        f'4321.rest.afas.online 192.0.2.7 - - [01/Oct/2026:08:00:01 +0000] "GET {TARGET} HTTP/1.1" 200 1',
    ),
}


@pytest.mark.parametrize(("head", "line"), _SOUND.values(), ids=_SOUND.keys())
def test_a_line_with_nul_bytes_says_how_many_it_holds_and_where(tmp_path: Path, head: str, line: str) -> None:
    path, end = tmp_path / "calls.log", len(line) - 4
    damaged = ["\0" * 5000 + line, line[:end] + "\0" * 3 + line[end:], line[: end - 1] + "\0" + line[end:] + "\0"]
    path.write_text(head + "".join(f"{one}\n" for one in (line, line, *damaged, line)))
    found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    bad = {reject.line_number: reject.detail or "" for reject in found.rejects}
    first = found.calls[0].line_number
    said = [
        "the line holds 5,000 NUL bytes, the first at its beginning: ",
        f"the line holds 3 NUL bytes, the first behind {end} others: ",
        f"the line holds 2 NUL bytes, the first behind {end - 1} others: ",
    ]
    for number, text in enumerate(said, start=first + 2):
        # A host or a user agent may hold one: then the line is a call, as it is with any other character.
        assert number not in bad or bad[number].endswith(f"{text}tr -d '\\000' < FILE > NEW takes them out")
    load(tmp_path / "lake", path)
    assert broken(tmp_path / "lake") == {}
    assert first + 2 in bad
    assert bad.keys() <= {first + 2, first + 3, first + 4}


def test_the_nul_bytes_of_a_line_that_is_too_long_are_named(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    sound = _SOUND["json"][1]
    path.write_text(f"{sound}\n{chr(0) * MAX_LINE_BYTES}{sound}\n{sound}\n")
    found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert [call.line_number for call in found.calls] == [1, 3]
    [reject] = found.rejects
    assert reject.reason == "line_too_long"
    assert "the line holds NUL bytes, the first at its beginning" in (reject.detail or "")


NOTHING = ["", " ", "\t", "\u00a0", "\u3000 "]
CONTROL = ["\u200b", "\x16\x03", " \x01"]
FIELDS = {"timestamp": "the time", "method": "method", "url": "URL", "status": "status"}


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_that_nobody_sees_is_said_to_be_empty(tmp_path: Path, field: str) -> None:
    path = tmp_path / "calls.json"
    path.write_text("".join(_json(**{field: value}) + "\n" for value in ["x", *NOTHING, *CONTROL]))
    found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    said = [
        re.match(rf"{FIELDS[field]} (is empty|holds nothing but control characters)[,;] expected", reject.detail or "")
        for reject in found.rejects
    ]
    empty, control = "is empty", "holds nothing but control characters"
    assert [one and one[1] for one in said] == [None, *[empty] * len(NOTHING), *[control] * len(CONTROL)]


_ROW = {"timestamp": "2026-10-01T07:00:00Z", "method": "GET", "url": TARGET, "integration_id": "4321_1", "status": 200}
_OTHER = "7654321.rest.afas.online"
_PART_OF_IT = "4321.rest.afas.online"
"""The host of another customer, though every letter of it stands in the one above."""
_LINES: dict[str, tuple[list[str], str]] = {
    "json": ([json.dumps(_ROW | {"note": f"at {_OTHER}"})], "--dialect says which one is"),
    "csv": (
        [",".join([*_ROW, "note"]), ",".join([*map(str, _ROW.values()), f"at {_OTHER}"])],
        "--dialect says which one is",
    ),
    "w3c": (
        [
            "#Fields: date time cs-method cs-uri-stem sc-status cs(X-Site)",
            f"2026-10-01 07:00:00 GET {TARGET} 200 https://{_OTHER}/",
        ],
        "#Fields has to call it cs-host",
    ),
    "combined": (
        [f'192.0.2.7 - - [01/Oct/2026:09:00:00 +0200] "GET {TARGET} HTTP/1.1" 200 5 "-" "x" "at {_OTHER}"'],
        "--layout says which one is",
    ),
}


@pytest.mark.parametrize(("lines", "help_with"), _LINES.values(), ids=_LINES.keys())
@pytest.mark.parametrize("host", ["5432.rest.afas.online", _PART_OF_IT, None])
def test_of_a_host_in_another_field_only_what_helps_is_advised(
    tmp_path: Path, lines: list[str], help_with: str, host: str | None
) -> None:
    path = tmp_path / "calls.log"
    path.write_text("".join(f"{line}\n" for line in lines))
    [reject] = inspect(str(path), ReadOptions(host=host), limit=None, now=NOW).rejects
    assert reject.reason == "no_customer"
    assert _OTHER in (reject.detail or "")
    assert (reject.detail or "").endswith(help_with)
