"""The file of a dialect, the messages about a wrong one, and the recognition of a log's dialect."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from ingest import SourceError
from ingest.formats.dialect.known import dialect_named, dialect_of_text, dialects
from tests.ingest import lakes
from tests.ingest.formats.dialects import ACME, HOST, TARGET, dialect_file, found_in
from tests.ingest.lakes import written
from tests.ingest.worked import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


# -- the file


def test_every_dialect_that_is_known_is_called_as_its_file() -> None:
    assert {"caddy", "envoy", "har", "koppelzicht", "nginx", "traefik"} <= set(dialects())
    for name in dialects():
        assert dialect_named(name).name == name


def test_a_dialect_is_the_same_in_toml_and_in_json_and_in_what_is_kept_of_it() -> None:
    fields = {"timestamp": "when", "method": "verb", "url": "address", "status": "answer.code"}
    in_json = dialect_of_text(json.dumps({"name": "acme", "fields": fields}), "a")
    assert in_json == dialect_of_text(ACME, "b")
    for dialect in (*dialects().values(), in_json):
        assert dialect_of_text(dialect.as_text(), "kept") == dialect


WRONG = {
    "a name that is not known": (
        ACME.replace("timestamp", "timestmp"),
        [
            "acme.toml: fields.timestamp is missing; found timestmp, method, url, status; near: timestmp",
            "acme.toml: fields.timestmp is not known; near: timestamp; expected one of timestamp, status, method,",
        ],
    ),
    "a field that is missing": (
        ACME.replace('status = "answer.code"', ""),
        ["acme.toml: fields.status is missing; found timestamp, method, url"],
    ),
    "no URL and no path": (ACME.replace("url =", "user_agent ="), ["fields: url is missing; expected url, or path"]),
    "no method": (ACME.replace("method =", "user_agent ="), ["fields: method is missing; expected method, or request"]),
    "no path of a field": (
        ACME.replace('"address"', '"a..b"'),
        ["fields.url: 'a..b' is not the path of a field; expected"],
    ),
    "a duration without its unit": (
        ACME + 'duration = { field = "took" }',
        ["fields.duration: unit is missing; expected one of s, ms, us, ns"],
    ),
    "a duration that is no table": (
        ACME + 'duration = "took"',
        ["fields.duration: found 'took'; expected a table with some of field, unit, begin, end"],
    ),
    "a unit that is not known": (
        ACME + 'duration = { field = "took", unit = "min" }',
        ["fields.duration.unit: found 'min'; input should be 's', 'ms', 'us' or 'ns'"],
    ),
    "a time that is no format": (
        ACME.replace('"when"', '{ field = "when", format = "yesterday" }'),
        ["fields.timestamp.format: 'yesterday' is not the format of a time; expected one for strptime"],
    ),
    "what is for CSV": (
        ACME.replace("\n[", '\ndelimiter = ";"\n[', 1),
        ["the dialect: delimiter does not apply to json"],
    ),
    "columns without a field": (
        ACME.replace("\n[", '\nformat = "csv"\ncolumns = ["when", "verb", "addres", "answer.code"]\n[', 1),
        ["no column is called address, needed for url; found when, verb, addres, answer.code; near: addres"],
    ),
    "a name that cannot be one": (
        ACME.replace('"acme"', '"ACME inc"'),
        ["name: found 'ACME inc'; string should match"],
    ),
    "no TOML": ("name = acme", ["the dialect is neither TOML nor JSON"]),
    "no JSON": ('{"name": ', ["the dialect is neither TOML nor JSON"]),
}


@pytest.mark.parametrize(("text", "problems"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_a_dialect_is_named(text: str, problems: Sequence[str]) -> None:
    with pytest.raises(SourceError) as raised:
        dialect_of_text(text, "acme.toml")
    for problem in problems:
        assert problem in str(raised.value)
    assert len(str(raised.value).splitlines()) == len(problems)
    assert all(line.startswith("acme.toml: ") for line in str(raised.value).splitlines())


def test_a_dialect_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cady: there is no such file, and no dialect of this name; .*; near: caddy"):
        dialect_named("cady")
    with pytest.raises(SourceError, match="the dialect cannot be read"):
        dialect_named(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="not text in UTF-8"):
        dialect_named(binary)


# -- a dialect like another

MINE = """
name = "mine"
like = "nginx"
headers = "sent"

[fields]
host = "site"
duration = { field = "took", unit = "ms" }
"""
NGINX = {
    "time_iso8601": "2026-10-01T09:00:01+02:00",
    "request": f"GET {TARGET} HTTP/1.1",
    "http_host": "10.0.0.1",
    "request_time": "0.5",
    "status": "200",
    "http_integrationid": "1234_5678",
}


def test_a_dialect_that_is_like_another_adds_to_it_and_goes_before_it(tmp_path: Path) -> None:
    mine = dialect_file(tmp_path, MINE)
    other = NGINX | {"http_host": "5432.rest.afas.online", "http_integrationid": ""}
    lines = [NGINX | {"site": HOST, "took": 12}, other | {"sent": {"integrationid": "1234_5679"}}]
    log = written(tmp_path / "log", *lines)
    calls = found_in(log, dialect=mine)
    assert [(call["customer"], call["duration_ms"], call["integration"]) for call in calls] == [
        ("4321", 12, "1234_5678"),
        ("5432", 500, "1234_5679"),
    ]
    lakes.load(tmp_path / "lake", log, dialect=mine)
    mine.unlink()
    written(log, *lines, NGINX | {"site": HOST})
    lakes.load(tmp_path / "lake", log)
    assert sorted(call["customer"] for call in lakes.calls(tmp_path / "lake")) == ["4321", "4321", "5432"]


def test_a_dialect_like_another_is_a_whole_of_its_own_in_what_is_kept_of_it() -> None:
    for name in set(dialects()) - {"koppelzicht_csv"}:
        dialect = dialect_of_text(f'name = "mine"\nlike = "{name}"\n[fields]\nhost = "site"', "mine")
        assert dialect.fields.host == ("site", *dialects()[name].fields.host)
        assert (dialect.like, dialect.known_by) == (None, None)
        assert dialect_of_text(dialect.as_text(), "kept") == dialect


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            MINE.replace('"nginx"', '"ngnix"'),
            "the dialect: like: 'ngnix' is not known; near: nginx; expected one of azure",
        ),
        (MINE.replace("host =", "hots ="), "fields.hots is not known; near: host; expected one of timestamp,"),
        (MINE.replace('"nginx"', '"nginx"\ndelimiter = ";"'), "the dialect: delimiter does not apply to json"),
        (MINE.replace('"ms"', '"min"'), "fields.duration.unit: found 'min'"),
    ],
)
def test_what_is_wrong_with_a_dialect_like_another_is_named(text: str, problem: str) -> None:
    with pytest.raises(SourceError, match=f"^mine.toml: {re.escape(problem)}"):
        dialect_of_text(text, "mine.toml")


# -- which dialect it is


def test_two_dialects_that_claim_a_line_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"a": "1790838001", "b": "GET", "c": TARGET, "d": 200}
    fields = 'timestamp = "a"\nmethod = "b"\nurl = "c"\nstatus = "d"\n'
    known = [dialect_of_text(f'name = "{name}"\nknown_by = {{}}\n[fields]\n{fields}', name) for name in ("one", "two")]
    monkeypatch.setattr("ingest.formats.dialect.known.dialects", lambda: {dialect.name: dialect for dialect in known})
    with pytest.raises(
        SourceError, match="log: its dialect is not clear: one and two both claim it; choose one, such as --dialect one"
    ):
        found_in(written(tmp_path / "log", both))


def test_a_known_dialect_may_be_named(tmp_path: Path) -> None:
    record = {"ts": 1790838001, "status": 200, "request": {"method": "GET", "host": HOST, "uri": TARGET}}
    log = written(tmp_path / "log", record)
    with pytest.raises(SourceError, match="unknown_format"):
        found_in(log)
    [call] = found_in(log, dialect="caddy")
    assert (call["customer"], call["status"]) == ("4321", 200)


def test_no_line_of_a_product_is_claimed_by_two_dialects() -> None:
    for path in sorted({*PRODUCTS.glob("*.log")} - {PRODUCTS / "har.log"}):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("{"):
                claimed = [dialect.name for dialect in dialects().values() if dialect.claims(json.loads(line))]
                assert len(claimed) <= 1, (path.name, claimed)
