"""Logs that are read with a user's own dialect: times, durations, headers, bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import SourceError
from tests.ingest import lakes
from tests.ingest.formats.dialects import ACME, HOST, TARGET, acme, dialect_file, found_in
from tests.ingest.lakes import written

if TYPE_CHECKING:
    from pathlib import Path


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
