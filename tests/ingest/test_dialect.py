"""Dialects: what a file has to say, what is said when it does not, and logs that are read with a user's own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, ReadOptions, SourceError, inspect, retry_rejects
from ingest.formats.dialect.known import dialect_named, dialect_of_text, dialects
from tests.ingest import lakes, worked
from tests.ingest.canaries import PRODUCTS, Planted, kinds
from tests.ingest.canaries import _places_of as places_of
from tests.ingest.canaries import found_in as found_in_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOST = "4321.rest.afas.online"
TARGET = "/ProfitRestServices/metainfo"
ACME = """
name = "acme"

[fields]
timestamp = "when"
method = "verb"
url = "address"
status = "answer.code"
"""


def found_in(path: Path, **options: Any) -> list[dict[str, Any]]:
    """Every call of a log, in the order of the lines; a rejected line is its reason."""
    inspection = inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)
    calls = {call.line_number: call.model_dump(exclude_none=True) for call in inspection.calls}
    calls |= {reject.line_number: {"reason": reject.reason} for reject in inspection.rejects}
    return [calls[number] for number in sorted(calls)]


def written(path: Path, *records: object) -> Path:
    path.write_text("".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records))
    return path


def dialect_file(folder: Path, text: str = ACME, name: str = "acme.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def acme(number: int, **more: object) -> dict[str, object]:
    return {
        "when": f"2026-10-01T07:00:{number:02}Z",
        "verb": "GET",
        "address": f"https://{HOST}{TARGET}",
        "answer": {"code": 200},
    } | more


# -- the file ---------------------------------------------------------------------------------------------------------


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


# -- a log in a dialect -----------------------------------------------------------------------------------------------


def test_a_users_own_names_are_read(tmp_path: Path) -> None:
    dialect = dialect_file(
        tmp_path,
        ACME
        + 'integration_id = ["caller", "who.id"]\nduration = { field = "took", unit = "us" }\nrequest_bytes = "in bytes"\n'
        + 'body = "sent"\napi_version = "version"\nauthorization = "auth"\n',
    )
    log = written(
        tmp_path / "log",
        acme(1, caller="1234_5678", took=1500, **{"in bytes": "12"}, auth="Bearer x", extra={"a": [1]}),
        acme(2, who={"id": "1234_5678"}, took="12ms", **{"in bytes": "-"}),
        {"when": 1790838003, "verb": "GET", "address": TARGET, "answer.code": "200", "caller": "-"},
    )
    one, two, three = found_in(log, dialect=dialect, host=HOST)
    assert (one["integration"], one["duration_ms"], one["request_bytes"], one["token_form"]) == (
        "1234_5678",
        1.5,
        12,
        "bearer",
    )
    assert (two["integration"], two["duration_ms"], two.get("request_bytes")) == ("1234_5678", 12, None)
    assert (three["id_status"], three["customer"], three["status"]) == ("missing", "4321", 200)


TIMES = {
    "%d.%m.%Y %H:%M:%S": "01.10.2026 09:00:01",
    "%d.%m.%Y %H:%M:%S %z": "01.10.2026 09:00:01 +0200",
    "%Y%m%d%H%M%S": "20261001090001",
}


@pytest.mark.parametrize(("time_format", "text"), TIMES.items())
def test_a_time_in_a_format_of_its_own_is_read(tmp_path: Path, time_format: str, text: str) -> None:
    dialect = dialect_file(tmp_path, ACME.replace('"when"', f'["iso", {{ field = "when", format = "{time_format}" }}]'))
    log = written(tmp_path / "log", acme(1, when=text), acme(1, when="soon"), acme(1, iso="2026-10-01T07:00:01Z"))
    fates = found_in(log, dialect=dialect, time_zone="Europe/Amsterdam")
    assert [str(fate.get("called_at", fate.get("reason"))) for fate in fates] == [
        "2026-10-01 07:00:01+00:00",
        "bad_time",
        "2026-10-01 07:00:01+00:00",
    ]


def test_a_date_and_a_time_of_day_in_two_fields_are_one_time(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, ACME.replace('"when"', '{ date = "day", time = "clock" }'))
    log = written(tmp_path / "log", acme(1, day="2026-10-01", clock="09:00:01+02:00"))
    assert [str(call["called_at"]) for call in found_in(log, dialect=dialect)] == ["2026-10-01 07:00:01+00:00"]


DURATIONS = {
    "87": 87.0,
    "12ms": 12.0,
    "1.5s": 1500.0,
    "250µs": 0.25,
    "250us": 0.25,
    "1m2.5s": 62_500.0,
    "PT1.5S": 1500.0,
    "1e-3": 0.001,
    "-5": None,
    "soon": None,
    "00:00:01": 1000.0,
    "1.02:03:04.5": 93_784_500.0,
    "87 ms": 87.0,
    "2 minutes 1 s": 121_000.0,
    "PT0.0871234S": 87.123,
    "P1DT2H": 93_600_000.0,
    "-00:00:01": None,
    "00:61:00": None,
    "87 parsecs": None,
}


def test_a_duration_is_a_number_of_units_or_names_its_unit(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, ACME + 'duration = { field = "took", unit = "ms" }')
    log = written(tmp_path / "log", *(acme(1, took=text) for text in DURATIONS))
    assert [call.get("duration_ms") for call in found_in(log, dialect=dialect)] == list(DURATIONS.values())


def test_a_request_line_says_method_and_target(tmp_path: Path) -> None:
    text = ACME.replace('method = "verb"', 'request = "line"').replace('url = "address"', 'host = "site"')
    log = written(tmp_path / "log", acme(1, line=f"GET {TARGET} HTTP/1.1", site=HOST))
    [call] = found_in(log, dialect=dialect_file(tmp_path, text))
    assert (call["method"], call["customer"], call["endpoint"]) == ("GET", "4321", "metainfo")


HEADERS = {
    "an object": ('"headers"', {"headers": {"INTEGRATIONID": "1234_5678"}}),
    "an object of lists": ('"headers"', {"headers": {"IntegrationId": ["1234_5678"]}}),
    "a field with a prefix": ('{ prefix = "h_" }', {"h_integrationid": "1234_5678"}),
    "a field in an object with a prefix": (
        '{ at = "attributes", prefix = "http.request.header." }',
        {"attributes": {"http.request.header.IntegrationId": ["1234_5678"]}},
    ),
}


@pytest.mark.parametrize(("where", "more"), HEADERS.values(), ids=HEADERS.keys())
def test_headers_are_found(tmp_path: Path, where: str, more: dict[str, object]) -> None:
    dialect = dialect_file(tmp_path, f"headers = {where}\n{ACME}")
    [call] = found_in(written(tmp_path / "log", acme(1, **more)), dialect=dialect)
    assert call["integration"] == "1234_5678"
    assert call["token_form"] == "not_logged"


def test_headers_that_come_twice_are_repeated(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, f'headers = "headers"\npairs = [{{ at = "headers" }}]\n{ACME}')
    pairs = [{"name": "IntegrationId", "value": "1234_5678"}, {"name": "Accept", "value": "*/*"}]
    other = {"name": "integrationid", "value": "1234_5679"}
    log = written(
        tmp_path / "log",
        acme(1, headers=pairs),
        acme(2, headers=[*pairs, pairs[0]]),
        acme(3, headers=[*pairs, other, {"name": "Accept"}]),
        acme(4, headers={"IntegrationId": ["1234_5678", "1234_5679"]}),
    )
    calls = found_in(log, dialect=dialect)
    assert [call.get("id_defect") for call in calls] == [None, "repeated", "repeated", "repeated"]


def test_absent_headers_were_not_sent_where_the_dialect_says_so(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, f'headers = "headers"\nheaders_complete = true\n{ACME}')
    log = written(tmp_path / "log", acme(1, headers={"Accept": "x"}), acme(2), acme(3, headers={}))
    assert [call["token_form"] for call in found_in(log, dialect=dialect)] == ["none", "not_logged", "none"]


def test_a_soap_body_says_connector_operation_and_where_its_id_stands(tmp_path: Path) -> None:
    body = (
        "<s:Envelope><s:Header><IntegrationId>1234_5678</IntegrationId></s:Header><s:Body><Execute><token>&lt;token&gt;"
        '</token><connectorType>KnSubject</connectorType><dataXml>&lt;KnSubject Action="insert"&gt;</dataXml></Execute>'
        "</s:Body></s:Envelope>"
    )
    log = written(
        tmp_path / "log",
        acme(1, verb="POST", address="https://4321.soap.afas.online/ProfitServices/AppConnectorUpdate.asmx", sent=body),
    )
    [call] = found_in(log, dialect=dialect_file(tmp_path, ACME + 'body = "sent"'))
    assert (call["connector"], call["operation"], call["token_form"], call["body_integration_id"]) == (
        "KnSubject",
        "insert",
        "soap_body",
        "1234_5678",
    )
    lake = tmp_path / "lake"
    lakes.load(lake, log, dialect=tmp_path / "acme.toml")
    [stored] = lakes.calls(lake)
    assert "Envelope" not in str(stored)


def test_a_line_that_does_not_fit_is_rejected_and_its_neighbours_live(tmp_path: Path) -> None:
    log = written(
        tmp_path / "log",
        acme(1),
        "{this is no record",
        '{"when": 1790838003, "verb": "GET", "answer": {"code": 200, "code": 500}, "address": "x"}',
        acme(2, answer="{"),
        acme(3),
    )
    dialect = dialect_file(tmp_path)
    fates = [fate.get("reason", "call") for fate in found_in(log, dialect=dialect)]
    assert fates == ["call", "not_a_record", "duplicate_key", "bad_status", "call"]


def test_a_field_that_no_line_has_is_named_with_those_that_are_like_it(tmp_path: Path) -> None:
    log = written(tmp_path / "log", {"whem": 1790838003, "verb": "GET", "address": "x", "answer": {"code": 200}})
    message = "log: dialect acme: no line has when, needed for timestamp; near: whem; found address, answer, verb, whem"
    with pytest.raises(SourceError) as raised:
        found_in(log, dialect=dialect_file(tmp_path))
    assert str(raised.value).endswith(message)
    report = lakes.load_one(tmp_path / "lake", log, dialect=tmp_path / "acme.toml")
    assert report.status == "failed"
    assert report.error is not None
    assert report.error.endswith(message)


# -- a dialect like another -----------------------------------------------------------------------------------------------

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


# -- CSV --------------------------------------------------------------------------------------------------------------

TABLE = """
name = "table"
format = "csv"
delimiter = "|"
quote = "'"

[fields]
timestamp = "When"
method = "Verb"
url = "Address"
status = "Answer code"
user_agent = "Agent"
"""


def test_a_table_with_names_delimiter_and_quote_of_its_own_is_read(tmp_path: Path) -> None:
    log = written(
        tmp_path / "log",
        "when|verb|address|answer code|agent",
        f"2026-10-01T07:00:01Z|GET|https://{HOST}{TARGET}|200|'Acme|''x'''",
        "when|verb|address|answer code|agent",
        f"2026-10-01T07:00:02Z|GET|https://{HOST}{TARGET}|200|'Acme",
        f"2026-10-01T07:00:03Z|GET|https://{HOST}{TARGET}|404|",
    )
    one, two, three = found_in(log, dialect=dialect_file(tmp_path, TABLE))
    assert (one["user_agent"], two, three["status"]) == ("Acme|'x'", {"reason": "not_a_record"}, 404)


@pytest.mark.parametrize("delimiter", ["\t", " ", "^", "]", "\\", ".", "§"])
def test_a_delimiter_is_any_character(tmp_path: Path, delimiter: str) -> None:
    text = TABLE.replace('"|"', json.dumps(delimiter, ensure_ascii=False)).replace("https://", "")
    values = ["2026-10-01T07:00:01Z", "GET", "https://4321:1", "200", f"'a{delimiter}''b'"]
    header = delimiter.join(["when", "verb", "address", "status", "agent"])
    log = written(tmp_path / "log", header, delimiter.join(values))
    [call] = found_in(log, dialect=dialect_file(tmp_path, text.replace('"Answer code"', '"status"')))
    assert call == {"reason": "unknown_host"}
    values[2] = f"https://{HOST}{TARGET}"
    if delimiter != ".":
        [call] = found_in(written(log, header, delimiter.join(values)), dialect=tmp_path / "acme.toml")
        assert call["user_agent"] == f"a{delimiter}'b"


def test_a_table_without_a_header_is_read_by_position(tmp_path: Path) -> None:
    columns = 'columns = ["Answer code", "When", "Verb", "Address"]\n\n[fields]'
    rows = [f"200|2026-10-01T07:00:01Z|GET|https://{HOST}{TARGET}", f"404|1790838002|GET|https://{HOST}{TARGET}", "x|y"]
    log = written(tmp_path / "log", *rows)
    fates = found_in(log, dialect=dialect_file(tmp_path, TABLE.replace("[fields]", columns)))
    assert [fate.get("status", fate.get("reason")) for fate in fates] == [200, 404, "not_a_record"]


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    log = written(tmp_path / "log", "when|verb|adress|answer code", "2026-10-01T07:00:01Z|GET|x|200")
    with pytest.raises(
        SourceError, match=r"no line has Address, needed for url; near: adress; found when, verb, adress"
    ):
        found_in(log, dialect=dialect_file(tmp_path, TABLE))


# -- which dialect it is ----------------------------------------------------------------------------------------------


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


# -- loads ------------------------------------------------------------------------------------------------------------


def test_a_log_that_grows_is_read_on_without_the_file_of_its_dialect(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path)
    log = written(tmp_path / "acme.log", acme(1), acme(2))
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, log, dialect=dialect)) == ("loaded", 2, 0, 0, 0)
    dialect.unlink()
    written(log, acme(1), acme(2), acme(3))
    assert lakes.fate(lakes.load_one(lake, log)) == ("loaded", 1, 0, 0, 0)
    assert [(load["log_format"], load["dialect"]) for load in lakes.loads(lake)] == [("json", "acme"), ("json", "acme")]
    assert lakes.load_one(lake, log).status == "unchanged"


def test_a_table_that_grows_is_read_on_without_the_file_of_its_dialect(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, TABLE)
    header, row = "when|verb|address|answer code", f"2026-10-01T07:00:0%s|GET|https://{HOST}{TARGET}|200"
    log = written(tmp_path / "log", header, row % "1Z")
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, log, dialect=dialect)) == ("loaded", 1, 0, 1, 0)
    dialect.unlink()
    written(log, header, row % "1Z", row % "2Z")
    assert lakes.fate(lakes.load_one(lake, log)) == ("loaded", 1, 0, 0, 0)


def test_two_tables_with_the_same_header_of_their_own_are_two_sources(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, TABLE)
    header, row = "when|verb|address|answer code", f"2026-10-01T07:00:0%s|GET|https://{HOST}{TARGET}|200"
    one = written(tmp_path / "one.log", header, row % "1Z")
    two = written(tmp_path / "two.log", header, row % "2Z")
    report = lakes.load(tmp_path / "lake", one, two, dialect=dialect)
    assert [source.status for source in report.sources] == ["loaded", "loaded"]


def test_two_dialects_of_one_name_are_not_read_as_one(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    other = ACME.replace('"address"', '"place"')
    one, two = (
        written(tmp_path / "a" / "one.log", acme(1)),
        written(tmp_path / "b" / "two.log", acme(2, place=TARGET, address="-")),
    )
    lakes.load(lake, one, dialect=dialect_file(tmp_path / "a"))
    lakes.load(lake, two, dialect=dialect_file(tmp_path / "b", other), host="8765.rest.afas.online")
    written(one, acme(1), acme(3))
    written(two, acme(2, place=TARGET, address="-"), acme(4, place=TARGET, address="-"))
    report = lakes.load(lake, one, two, host="8765.rest.afas.online")
    assert [source.calls for source in report.sources] == [1, 1]
    assert sorted(call["customer"] for call in lakes.calls(lake)) == ["4321", "4321", "8765", "8765"]


def test_no_path_of_a_dialect_widens_what_is_stored(tmp_path: Path) -> None:
    secret = "PHRva2VuPjxkYXRhPjEyMzQ1Njc4OTA8"
    text = (
        ACME
        + 'user_agent = "a"\nrequest_id = "b"\napi_version = "c"\nbody = "d"\nauthorization = "e"\nintegration_id = "f"\n'
    )
    log = written(tmp_path / "log", acme(1, **dict.fromkeys("abcdef", f"AfasToken {secret}")))
    lake = tmp_path / "lake"
    lakes.load(lake, log, dialect=dialect_file(tmp_path, text))
    [call] = lakes.calls(lake)
    assert (call["token_form"], call["integration_id"]) == ("base64", "redacted")
    assert secret not in str(call)
    assert all(secret.encode() not in path.read_bytes() for path in lake.rglob("*") if path.is_file())
    assert Lake(lake).snapshot().calls


def test_what_was_rejected_for_its_names_becomes_calls_with_a_dialect(tmp_path: Path) -> None:
    text = ACME.replace('"when"', '"timestamp"').replace('"verb"', '"method"')
    record = {"timestamp": "2026-10-01T07:00:01Z", "method": "GET", "address": f"https://{HOST}{TARGET}"}
    log = written(tmp_path / "log", record | {"answer": {"code": 200}})
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, log, log_format="json")) == ("loaded", 0, 1, 0, 0)
    report = retry_rejects(lake, [str(log)], ReadOptions(dialect=dialect_file(tmp_path, text)), now=worked.NOW)
    assert [(source.error, source.calls) for source in report.sources] == [(None, 1)]
    assert [call["customer"] for call in lakes.calls(lake)] == ["4321"]


def test_no_secret_of_a_har_entry_is_below_the_lake(tmp_path: Path) -> None:
    document = json.loads((PRODUCTS / "har.log").read_text(encoding="utf-8"))
    entry = document["log"]["entries"][0]
    lines = [
        Planted(place, canary, write(canary.text))
        for serial, (place, write) in enumerate(places_of(json.dumps(entry)), start=90_000)
        for canary in kinds(serial)
        # A size is a number, whatever it is.
        if canary.kind != "citizen service number" or not ("(a number)" in place or place == "response.bodySize")
    ]
    document["log"]["entries"] = [json.loads(line.line) for line in lines]
    path = tmp_path / "log.har"
    path.write_text(json.dumps(document))
    report = lakes.load_one(tmp_path / "lake", path)
    assert (report.status, report.lines) == ("loaded", len(lines))
    kept = [file.read_bytes() for file in sorted((tmp_path / "lake").rglob("*")) if file.is_file()]
    kept += [
        str(rows).encode() for rows in (lakes.calls(tmp_path / "lake"), lakes.stored(tmp_path / "lake", "rejects"))
    ]
    assert found_in_bytes(b"\n".join(kept), lines) == []
