"""A field that is called like the header is the IntegrationId, in every format and every spelling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from ingest import ReadOptions, inspect
from tests.ingest import lakes, worked

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest import Inspection

ID = "4321_678901"
HOST = "1234.rest.afas.online"
PATH = "/ProfitRestServices/metainfo"
URL = f"https://{HOST}{PATH}"
TIME = "2026-10-01T07:00:00Z"
REQUEST = f"GET {PATH} HTTP/1.1"
OWN = {"timestamp": TIME, "method": "GET", "url": URL, "status": 200}
AZURE = {"httpMethod": "GET", "originalHost": HOST, "requestUri": PATH, "httpStatus": 200}
OTEL = {"http.request.method": "GET", "url.full": URL, "http.response.status_code": 200}

NAMES = (
    "integration_id",
    "IntegrationId",
    "integrationid",
    "INTEGRATIONID",
    "Integration-Id",
    "Integration ID",
    "X-IntegrationId",
    "x-integration-id",
    "http_integrationid",
    "HTTP_INTEGRATION_ID",
    "request_header_integrationid",
)
"""How people call it, in the kinds of names that a column or a key may have."""

JSON: dict[str, Callable[[dict[str, Any]], object]] = {
    "koppelzicht": lambda said: OWN | said,
    "nginx": lambda said: {
        "time_iso8601": TIME,
        "request": REQUEST,
        "http_host": HOST,
        "status": "200",
        "request_time": "0.1",
        **said,
    },
    "envoy": lambda said: {
        "start_time": TIME,
        "method": "GET",
        ":authority": HOST,
        ":path": PATH,
        "response_code": 200,
        **said,
    },
    # What log_append adds stands beside the request.
    "caddy": lambda said: {
        "ts": 1790838000,
        "logger": "http.log.access",
        "request": {"method": "GET", "host": HOST, "uri": PATH},
        "status": 200,
        **said,
    },
    "traefik": lambda said: {
        "StartUTC": TIME,
        "RequestMethod": "GET",
        "RequestHost": HOST,
        "RequestPath": PATH,
        "DownstreamStatus": 200,
        **said,
    },
    "elastic_ecs": lambda said: {
        "@timestamp": TIME,
        "http": {"request": {"method": "GET"}, "response": {"status_code": 200}},
        "url": {"full": URL},
        "labels": said,
    },
    "opentelemetry": lambda said: {"timestamp": TIME, "attributes": OTEL | said},
    "opentelemetry, beside each other": lambda said: {"timestamp": TIME} | OTEL | said,
    "azure_application_gateway": lambda said: {
        "timeStamp": TIME,
        "category": "ApplicationGatewayAccessLog",
        "properties": AZURE,
        **said,
    },
}
"""A line of each dialect with these fields where its other fields are."""


def _json(dialect: str) -> Callable[[Path, str, list[str | None]], None]:
    def write(path: Path, name: str, values: list[str | None]) -> None:
        path.write_text("".join(json.dumps(JSON[dialect]({name: value})) + "\n" for value in values))

    return write


def _csv(delimiter: str) -> Callable[[Path, str, list[str | None]], None]:
    def write(path: Path, name: str, values: list[str | None]) -> None:
        rows = [[*OWN, name], *([*map(str, OWN.values()), value or ""] for value in values)]
        path.write_text("".join(delimiter.join(row) + "\n" for row in rows))

    return write


def _parquet(path: Path, name: str, values: list[str | None]) -> None:
    columns = {key: [value] * len(values) for key, value in OWN.items()}
    write_table(pa.table(columns | {name: pa.array(values, pa.string())}), path)


def _w3c(path: Path, name: str, values: list[str | None]) -> None:
    lines = [f"2026-10-01 07:00:00 GET {HOST} {PATH} 200 {value or '-'}" for value in values]
    path.write_text(
        "\n".join([f"#Fields: date time cs-method cs-host cs-uri-stem sc-status {name}", *lines, ""]), encoding="utf-8"
    )


LOGS: dict[str, Callable[[Path, str, list[str | None]], None]] = {
    **{dialect: _json(dialect) for dialect in JSON},
    "csv": _csv(","),
    "csv with semicolons": _csv(";"),
    "csv with tabs": _csv("\t"),
    "parquet": _parquet,
    "w3c": _w3c,
}


def looked_at(path: Path, **options: Any) -> Inspection:
    found = inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)
    assert found.rejects == []
    return found


def names_in(log: str) -> list[str]:
    """The names that a field of this log may have: one of W3C has no blank in it, and its own form."""
    return [*(name for name in NAMES if " " not in name), "cs(IntegrationId)"] if log == "w3c" else [*NAMES]


def test_a_field_that_is_called_as_the_header_is_the_integration_id_however_that_is_spelled(tmp_path: Path) -> None:
    logs = [(log, name) for log in LOGS for name in names_in(log)]
    folder = tmp_path / "logs"
    folder.mkdir()
    for number, (log, name) in enumerate(logs):
        LOGS[log](folder / f"{number}.log", name, [ID, None])
    report = lakes.load(tmp_path / "lake", folder)
    assert len(report.sources) == len(logs) > 100
    assert report.warnings == ()
    assert not any("integration" in note.lower() for note in report.notes)
    sources = {load["load_id"]: Path(load["source"]).stem for load in lakes.loads(tmp_path / "lake")}
    said: dict[tuple[str, str], list[tuple[int, str | None, str]]] = {one: [] for one in logs}
    for call in lakes.calls(tmp_path / "lake"):
        one = logs[int(sources[call["load_id"]])]
        said[one].append((call["line_number"], call["integration_id"], call["id_status"]))
    first = {"w3c": 2, "parquet": 1} | {log: 2 for log in LOGS if log.startswith("csv")}
    assert {one: sorted(calls) for one, calls in said.items()} == {
        (log, name): [(first.get(log, 1), ID, "valid"), (first.get(log, 1) + 1, None, "missing")] for log, name in logs
    }


LAYOUTS = {
    "$http_integrationid": True,
    "$integration_id": True,
    "$http_x_integration_id": True,
    "%{IntegrationId}i": True,
    "%{X-Integration-Id}i": True,
    "%{http_integrationid}e": True,
    "%{IntegrationId}o": False,
    "$sent_http_integrationid": False,
    "$arg_integrationid": False,
}


@pytest.mark.parametrize("variable", LAYOUTS)
def test_a_variable_of_a_layout_is_the_integration_id_by_the_same_names(tmp_path: Path, variable: str) -> None:
    path = tmp_path / "access.log"
    path.write_text(f'{HOST} [01/Oct/2026:09:00:00 +0200] "{REQUEST}" 200 "{ID}"\n')
    is_apache = variable.startswith("%")
    layout = '%V %t "%r" %>s' if is_apache else '$host [$time_local] "$request" $status'
    [call] = looked_at(path, layout=f'{layout} "{variable}"').calls
    assert (call.integration_id, call.id_status) == ((ID, "valid") if LAYOUTS[variable] else (None, "not_logged"))


@pytest.mark.parametrize("log", ["koppelzicht", "csv", "w3c", "parquet"])
@pytest.mark.parametrize(
    "name", ["integration", "integration_name", "IntegrationIds", "sc(IntegrationId)", "old_integrationid"]
)
def test_a_name_that_says_something_else_is_another_field(tmp_path: Path, log: str, name: str) -> None:
    LOGS[log](tmp_path / "log", name, [ID])
    assert [call.id_status for call in looked_at(tmp_path / "log").calls] == ["not_logged"]


@pytest.mark.parametrize("log", ["koppelzicht", "csv", "parquet"])
def test_of_two_fields_with_the_name_the_one_that_is_called_as_ours_goes_first(tmp_path: Path, log: str) -> None:
    path, rows = tmp_path / "log", [{"IntegrationId": ID, "integration_id": "4321_1"}, {"IntegrationId": ID}]
    match log:
        case "koppelzicht":
            path.write_text("".join(json.dumps(OWN | row) + "\n" for row in rows))
        case "csv":
            written = [",".join([*OWN, "IntegrationId", "integration_id"])]
            written += [
                ",".join([*map(str, OWN.values()), row["IntegrationId"], row.get("integration_id", "")]) for row in rows
            ]
            path.write_text("\n".join([*written, ""]))
        case _:
            columns = {key: [value] * 2 for key, value in OWN.items()}
            write_table(pa.table(columns | {"IntegrationId": [ID, ID], "integration_id": ["4321_1", None]}), path)
    assert [call.integration_id for call in looked_at(path).calls] == ["4321_1", ID]


def test_a_header_that_is_called_otherwise_was_sent_as_another_one(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(json.dumps(OWN | {"headers": {"Integration-Id": ID}}) + "\n")
    assert [call.id_status for call in looked_at(path).calls] == ["missing"]


DIALECT = """
name = "acme"
{more}

[fields]
timestamp = "timestamp"
method = "method"
url = "url"
status = "status"
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [("", ID), ('integration_id = "Integration-Id"', ID), ('integration_id = "caller"', None)],
)
@pytest.mark.parametrize("log", ["koppelzicht", "csv"])
def test_a_dialect_of_a_user_finds_the_header_by_its_name_unless_it_names_another_field(
    tmp_path: Path, log: str, more: str, expected: str | None
) -> None:
    kind = 'format = "csv"' if log == "csv" else ""
    (tmp_path / "acme.toml").write_text(DIALECT.replace("{more}", kind) + more)
    LOGS[log](tmp_path / "log", "IntegrationId", [ID])
    [call] = looked_at(tmp_path / "log", dialect=str(tmp_path / "acme.toml")).calls
    assert call.integration_id == expected
