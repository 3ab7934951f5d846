"""The warnings about a source, when it is loaded and when it is only inspected."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import ReadOptions, inspect
from ingest.formats.dialect.known import dialects
from ingest.formats.dialect.model import paths_of
from ingest.formats.unread import could_be, is_private
from tests.ingest import lakes
from tests.ingest.worked import NOW, PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_log_in_which_nobody_has_an_id_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_bytes(b"".join(lakes.line(number, headers={"Accept": "*/*"}) for number in range(100)))
    assert lakes.load(tmp_path / "lake", path).warnings == (
        f"{path}: none of its 100 calls has an IntegrationId: every call is unidentified; does the server log that header?",
    )


def test_one_id_or_few_calls_are_no_reason_to_warn(tmp_path: Path) -> None:
    few, one = tmp_path / "few.log", tmp_path / "one.log"
    few.write_bytes(b"".join(lakes.line(number, headers={"Accept": "*/*"}) for number in range(99)))
    malformed = lakes.line(200, headers={"IntegrationId": "4321-1"})
    one.write_bytes(b"".join(lakes.line(number, headers={"Accept": "*/*"}) for number in range(100, 200)) + malformed)
    assert lakes.load(tmp_path / "lake", few, one).warnings == ()


_SAID: dict[str, tuple[bytes, str]] = {
    "json": (
        b"".join(lakes.line(number, headers={"Accept": "*/*"}) for number in range(100)),
        "none of its 100 calls has an",
    ),
    "csv": (lakes.CSV_HEADER + lakes.csv_line(1), "the header names no integration_id"),
    "w3c": (lakes.W3C_FIELDS + lakes.w3c_line(1), "#Fields names no cs(IntegrationId)"),
    "combined": (
        b'192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 5\n',
        "the layout names no IntegrationId header",
    ),
}


@pytest.mark.parametrize(("content", "said"), _SAID.values(), ids=_SAID.keys())
def test_inspect_warns_as_ingest_does(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_bytes(content)
    inspection = inspect(str(path), ReadOptions(host="4321.rest.afas.online"), limit=None, now=NOW)
    loaded = lakes.load(tmp_path / "lake", path, host="4321.rest.afas.online")
    assert inspection.warnings == loaded.warnings
    assert [said in warning for warning in loaded.warnings] == [True]


URL = "https://4321.rest.afas.online/ProfitRestServices/metainfo"
CANARY = "jan.canary@example.nl"
ODD = ["Elapsed ms", "User Agent", "bytes in", "level", CANARY, "\x1b[31mred", "x" * 90, "123456782"]
"""Names of columns: some could be fields of a call, and some may not be quoted in a message."""


def _table(*names: str) -> bytes:
    return ";".join(["timestamp", "method", "url", "status", "integration_id", *names]).encode() + b"\n"


def _row(values: int) -> bytes:
    return f"2026-10-01T07:00:00Z;GET;{URL};200;1234_1{';7' * values}\n".encode()


def _w3c(*names: str) -> bytes:
    fields = "date time cs-method cs-host cs-uri-stem sc-status cs(IntegrationId)"
    return f"#Fields: {' '.join([fields, *names])}\n".encode()


def _w3c_row(values: int) -> bytes:
    call = "2026-10-01 07:00:00 GET 4321.rest.afas.online /ProfitRestServices/metainfo 200 1234_1"
    return f"{call}{' 7' * values}\n".encode()


def _parquet(*names: str) -> bytes:
    row = {"timestamp": "2026-10-01T07:00:00Z", "method": "GET", "url": URL, "status": 200, "integration_id": "1234_1"}
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row | dict.fromkeys(names, 7)]), file)
    return file.getvalue()


IN_W3C = [name.replace(" ", "") for name in ODD]
READ_AS = 'a --dialect FILE can name them under [fields] (begin it with like = "{}")'
HINTS = (
    'Elapsed ms (could be duration, unit = "ms"), User Agent (could be user_agent), bytes in (could be request_bytes)'
)
LOGS: dict[str, tuple[bytes, str]] = {
    "csv": (
        _table(*ODD) + _row(8),
        f"5 columns are not read: {HINTS}, level, redacted; {READ_AS.format('koppelzicht_csv')}",
    ),
    "json": (
        lakes.line(1, **dict.fromkeys(ODD, 7)),
        f"5 fields are not read: {HINTS}, level, redacted; {READ_AS.format('koppelzicht')}",
    ),
    "w3c": (
        _w3c(*IN_W3C) + _w3c_row(8),
        (
            "5 fields are not read: Elapsedms (could be time-taken), UserAgent (could be cs(User-Agent)), bytesin (could be cs-bytes),"
            " level, redacted; they are read where #Fields names them"
        ),
    ),
    "parquet": (
        _parquet(*ODD),
        (
            "5 columns are not read: Elapsed ms (could be duration_ms), User Agent (could be user_agent),"
            " bytes in (could be request_bytes), level, redacted; they are read where the columns have these names"
        ),
    ),
}


@pytest.mark.parametrize(("content", "said"), LOGS.values(), ids=LOGS.keys())
def test_all_columns_that_nobody_reads_are_named_and_none_is_kept(content: bytes, said: str, tmp_path: Path) -> None:
    path, lake = tmp_path / "calls.log", tmp_path / "lake"
    path.write_bytes(content)
    found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    report = lakes.load(lake, path)
    assert (len(found.calls), report.sources[0].calls) == (1, 1)
    assert found.warnings == report.warnings == (f"{path}: {said}",)
    shown = {name.replace(" ", "") for name in found.unread_columns}
    assert shown == {*IN_W3C[:4], "redacted"}
    assert report.sources[0].unread_columns == found.unread_columns
    assert not any(b"canary" in file.read_bytes().lower() for file in lake.rglob("*") if file.is_file())


def test_columns_that_are_rightly_not_read_are_a_note_once_for_all_logs_of_a_kind(tmp_path: Path) -> None:
    names = [f"col_{chr(number)}" for number in range(ord("a"), ord("m"))]
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for number, path in enumerate(paths):
        path.write_bytes(_table(*names) + _row(12).replace(b"07:00", f"0{number}:00".encode()))
    report = lakes.load(tmp_path / "lake", *paths)
    said = f"12 columns are not read: {', '.join(names[:8])} and 4 more"
    assert (report.warnings, report.notes) == ((), (f"{paths[0]} and 1 other: {said}",))
    assert [source.unread_columns for source in report.sources] == [tuple(names)] * 2
    found = inspect(str(paths[0]), ReadOptions(), limit=None, now=NOW)
    assert found.notes == (f"{paths[0]}: 12 columns are not read: {', '.join(names)}",)


def test_a_field_is_said_of_the_log_that_has_it(tmp_path: Path) -> None:
    paths = [tmp_path / "one.log", tmp_path / "two.log"]
    paths[0].write_bytes(lakes.line(1))
    paths[1].write_bytes(lakes.line(2, level="info"))
    report = lakes.load(tmp_path / "lake", *paths)
    assert [source.unread_columns for source in report.sources] == [(), ("level",)]
    assert report.notes == (f"{paths[1]}: 1 field is not read: level",)


@pytest.mark.parametrize(
    ("header", "row"),
    [(_table(CANARY, "user agent", "url"), _row), (_w3c(CANARY, "agent", "cs(X-Referrer)"), _w3c_row)],
)
def test_a_log_is_read_on_the_same_though_the_names_of_its_columns_are_not_kept(
    header: bytes, row: Callable[[int], bytes], tmp_path: Path
) -> None:
    path, lake = tmp_path / "calls.log", tmp_path / "lake"
    lines = [header, *(row(3).replace(b";7\n", f";{URL}\n".encode()) for _ in range(3))]
    for number in range(1, len(lines) + 1):
        path.write_bytes(b"".join(lines[:number]))
        lakes.load(lake, path)
    grown = [{name: call[name] for name in ("customer", "integration", "user_agent")} for call in lakes.calls(lake)]
    assert grown == [{"customer": "4321", "integration": "1234_1", "user_agent": None}] * 3
    assert b"canary" not in b"".join(file.read_bytes() for file in lake.rglob("*") if file.is_file())


def test_a_column_that_is_the_host_is_read(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(
        _table("edge", "note") + _row(1).replace(URL.encode(), b"/x").replace(b";7", b";4321.rest.afas.online;7")
    )
    assert inspect(str(path), ReadOptions(), limit=None, now=NOW).unread_columns == ("note",)
    relative = {
        "timestamp": "2026-10-01T07:00:00Z",
        "method": "GET",
        "url": "/ProfitRestServices/metainfo",
        "status": 200,
    }
    pq.write_table(pa.Table.from_pylist([relative | {"edge": "4321.rest.afas.online", "note": "x", "n": 1}]), path)
    assert inspect(str(path), ReadOptions(), limit=None, now=NOW).unread_columns == ("note", "n")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("elapsed_ms", ("duration", "ms")),
        ("Duration (ms)", ("duration", "ms")),
        ("elapsedMillis", ("duration", "ms")),
        ("latency", ("duration", "")),
        ("response-time-us", ("duration", "us")),
        ("took_s", ("duration", "s")),
        ("bytes_in", ("request_bytes", "")),
        ("bytesOut", ("response_bytes", "")),
        ("User Agent", ("user_agent", "")),
        ("X-Request-ID", ("request_id", "")),
        ("level", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_field_in_another_spelling_is_known(name: str, field: tuple[str, str]) -> None:
    assert could_be(name) == field


PRIVATE = {
    "nginx and Apache": [
        "$remote_addr",
        "$remote_user",
        "$http_referer",
        "$http_x_forwarded_for",
        "$upstream_addr",
        "$http_cookie",
    ],
    "directives of Apache": ["%h", "%a", "%{c}a", "%A", "%u", "%l", "%{Referer}i", "%{Cookie}i", "%{X-Forwarded-For}i"],
    "W3C": ["c-ip", "s-ip", "cs-username", "cs(Referer)", "cs(Cookie)", "cs(X-Forwarded-For)"],
    "Traefik": ["ClientAddr", "ClientHost", "ClientUsername", "request_Referer"],
    "Caddy": ["request.remote_ip", "request.client_ip", "user_id"],
    "ECS and OpenTelemetry": [
        "source.ip",
        "client.address",
        "user.name",
        "user.email",
        "http.request.referrer",
        "network.peer.address",
        "attributes.client.address",
    ],
    "Azure": ["clientIP", "clientIp", "callerIpAddress", "socketIp", "serverIp", "properties.clientIp"],
    "Envoy": ["downstream_remote_address", "upstream_host", "x-forwarded-for"],
    "tables": ["IP address", "User Name", "Remote IP", "Source IP", "E-mail", "Forwarded"],
}


@pytest.mark.parametrize("names", PRIVATE.values(), ids=PRIVATE.keys())
def test_what_is_private_is_known_by_its_name(names: list[str]) -> None:
    assert [name for name in names if not is_private(name)] == []


def test_no_field_of_a_call_is_private() -> None:
    spellings = {path for dialect in dialects().values() for field in dialect.fields for path in paths_of(field[1])}
    names = {
        "host",
        "address",
        "user_agent",
        "cs-host",
        "s-port",
        "server_name",
        "ipp",
        "userspace",
        "time",
        "level",
        "upstream_status",
    }
    assert {name for name in spellings | names if is_private(name)} == set()


def test_what_is_never_read_is_not_listed_in_any_format(tmp_path: Path) -> None:
    private = ["remote_addr", "remote_user", "http_referer", "Client-IP"]
    logs = {
        "csv": _table(*private, "level") + _row(5),
        "json": lakes.line(1, **dict.fromkeys([*private, "level"], 7)),
        "w3c": _w3c(*private, "level") + _w3c_row(5),
        "parquet": _parquet(*private, "level"),
        "combined": (
            b'4321.rest.afas.online 192.0.2.7 - - [01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 5'
            b' "-" "Acme/1.0" "1234_1" "x"\n'
        ),
    }
    for kind, content in logs.items():
        path = tmp_path / f"{kind}.log"
        path.write_bytes(content)
        found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
        assert (len(found.calls), found.warnings) == (1, ()), kind
        assert len(found.unread_columns) == 1, (kind, found.unread_columns)
        assert len(found.notes) == 1
    assert all(not is_private(name) for name in found.unread_columns)


@pytest.mark.parametrize(
    ("product", "log"),
    [
        ("azure_application_gateway", "Azure Application Gateway's access log (v2)"),
        ("azure_application_gateway_v1", "Azure Application Gateway's access log (v1)"),
        ("azure_front_door", "Azure Front Door's access log"),
        ("cloudfront", "CloudFront's standard log"),
    ],
)
def test_who_cannot_have_the_header_logged_is_not_told_to(product: str, log: str) -> None:
    path = PRODUCTS / f"{product}.log"
    [warning] = inspect(str(path), ReadOptions(), limit=None, now=NOW).warnings
    assert warning == (
        f"{path}: {log} cannot hold the IntegrationId header: nobody can tell who called (id_status not_logged);"
        " load the log of the server behind it instead"
    )


def test_a_dialect_like_one_that_cannot_hold_the_header_may_do_so(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(
        "name = 'acme'\nlike = 'azure_front_door'\n\n[fields]\nintegration_id = 'properties.caller'\n"
    )
    properties = {"httpMethod": "GET", "requestUri": URL, "httpStatusCode": "200", "caller": "4321_1"}
    (tmp_path / "log").write_text(json.dumps({"time": "2026-10-01T07:00:00Z", "properties": properties}) + "\n")
    options = ReadOptions(dialect=str(tmp_path / "acme.toml"))
    found = inspect(str(tmp_path / "log"), options, limit=None, now=NOW)
    assert (found.warnings, [call.integration_id for call in found.calls]) == ((), ["4321_1"])
