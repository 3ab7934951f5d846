"""A log that could not have held the IntegrationId says nothing about what was sent: `not_logged` is not `missing`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from ingest import ReadOptions, inspect
from tests.ingest import lakes, worked
from tests.ingest.formats.writing import W3C_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ID = "4321_1"
URL = "https://1234.rest.afas.online/ProfitRestServices/metainfo"
VALID, MISSING, NOT_LOGGED = "valid", "missing", "not_logged"


def record(**more: object) -> str:
    return json.dumps({"timestamp": "2026-10-01T07:00:00Z", "method": "GET", "url": URL, "status": 200} | more)


JSON_SHAPES = {
    record(headers={"IntegrationId": ID}): VALID,
    record(headers={"INTEGRATIONID": ID, "Accept": "*/*"}, integration_id=None): VALID,
    record(headers={"Accept": "*/*"}, integration_id=ID): VALID,
    record(integration_id=ID): VALID,
    record(headers={}): MISSING,
    record(headers={"Accept": "*/*"}): MISSING,
    record(headers={"IntegrationId": None}): MISSING,
    record(headers={"IntegrationId": "-"}): MISSING,
    record(headers=None, integration_id=None): MISSING,
    record(integration_id=""): MISSING,
    record(integration_id=" - "): MISSING,
    record(): NOT_LOGGED,
    record(headers=None): NOT_LOGGED,
    record(headers="Accept: */*"): NOT_LOGGED,
    record(headers={"request": {"IntegrationId": ID}, "response": {"IntegrationId": "9999_1"}}): VALID,
    record(headers={"Request-Headers": [{"name": "IntegrationId", "value": ID}]}): VALID,
    record(headers=json.dumps({"req": {"headers": {"IntegrationId": [ID]}}})): VALID,
    record(headers={"request_headers": {"Accept": "*/*"}, "response": {"IntegrationId": ID}}): MISSING,
    record(headers={"x-note": "a", "x-list": ["a"], "x-cdn": {"value": "a"}}): MISSING,
    record(headers={"response": {"IntegrationId": ID}}): NOT_LOGGED,
    record(headers={"before": {"Accept": "*/*"}, "after": {"IntegrationId": ID}}): NOT_LOGGED,
    record(user_agent="Acme/1.0", body="<IntegrationId>4321_1</IntegrationId>"): NOT_LOGGED,
}


def sections(
    head: Callable[[bool], str], line: Callable[[bool, str | None], str]
) -> Callable[[Sequence[tuple[bool, list[str | None]]]], tuple[list[str], list[str]]]:
    """A writer of logs in which heads say what the lines below them hold: the lines of the log, and the status of each call."""

    def write(given_sections: Sequence[tuple[bool, list[str | None]]]) -> tuple[list[str], list[str]]:
        lines: list[str] = []
        expected = []
        for has_field, values in given_sections:
            lines.append(head(has_field))
            for value in values:
                lines.append(line(has_field, value))
                expected.append(NOT_LOGGED if not has_field else MISSING if value is None else VALID)
        return lines, expected

    return write


SECTIONED = {
    "w3c": sections(
        lambda has_field: (
            "#Fields: date time cs-method cs-host cs-uri-stem" + " cs(IntegrationId)" * has_field + " sc-status"
        ),
        lambda has_field, value: " ".join(
            [
                "2026-10-01 07:00:00 GET 1234.rest.afas.online /ProfitRestServices/metainfo",
                *([value or "-"] if has_field else []),
                "200",
            ]
        ),
    ),
    "csv": sections(
        lambda has_field: "timestamp,method,url,status" + ",integration_id" * has_field,
        lambda has_field, value: f"2026-10-01T07:00:00Z,GET,{URL},200" + f",{value or ''}" * has_field,
    ),
}


def statuses(path: Path, **options: Any) -> list[str]:
    """The id_status of every line of a log, in their order; each has to be a call or a header."""
    found = inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)
    assert found.rejects == []
    return [call.id_status for call in sorted(found.calls, key=lambda call: call.line_number)]


def grown(folder: Path, content: bytes, cuts: Sequence[int], **options: Any) -> list[str]:
    """The same for a log that was loaded each time it had grown to one of these sizes."""
    path, lake = folder / "grows.log", folder / "lake"
    for cut in (*sorted(cut for cut in cuts if cut < len(content)), len(content)):
        path.write_bytes(content[:cut])
        lakes.load_one(lake, path, **options)
    assert lakes.broken(lake) == {}
    return [call["id_status"] for call in sorted(lakes.calls(lake), key=lambda call: call["line_number"])]


@FEW
@given(st.lists(st.sampled_from(sorted(JSON_SHAPES)), min_size=1, max_size=30))
def test_a_json_line_is_judged_by_what_it_holds_itself(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("json") / "calls.log"
    path.write_text("".join(f"{line}\n" for line in lines))
    assert statuses(path) == [JSON_SHAPES[line] for line in lines]


@pytest.mark.parametrize("log_format", SECTIONED)
@settings(FEW, max_examples=5)
@given(
    given_sections=st.lists(
        st.tuples(st.booleans(), st.lists(st.sampled_from([ID, None]), min_size=1, max_size=4)), min_size=1, max_size=6
    ),
    cuts=st.lists(st.integers(1, 1500), max_size=3),
)
def test_the_field_may_come_and_go_in_mid_file_however_the_file_grows(
    tmp_path_factory: pytest.TempPathFactory,
    log_format: str,
    given_sections: list[tuple[bool, list[str | None]]],
    cuts: list[int],
) -> None:
    folder = tmp_path_factory.mktemp(log_format)
    lines, expected = SECTIONED[log_format](given_sections)
    content = "".join(f"{line}\n" for line in lines).encode()
    (folder / "whole.log").write_bytes(content)
    assert statuses(folder / "whole.log") == expected
    # A first piece without a whole line could not be told from another format.
    first = len(f"{lines[0]}\n{lines[1]}\n".encode())
    assert grown(folder, content, [first + cut for cut in cuts]) == expected


@pytest.mark.parametrize(
    ("layout", "value", "expected"),
    [
        ('$host [$time_iso8601] "$request" $status', "", NOT_LOGGED),
        ('$host [$time_iso8601] "$request" $status "$http_integrationid"', ' "-"', MISSING),
        ('$host [$time_iso8601] "$request" $status "$http_integrationid"', f' "{ID}"', VALID),
        ('%V [%{%Y-%m-%dT%H:%M:%S%z}t] "%r" %>s "%{IntegrationId}i"', ' "-"', MISSING),
        ('%V [%{%Y-%m-%dT%H:%M:%S%z}t] "%r" %>s "%{User-Agent}i"', ' "Acme"', NOT_LOGGED),
    ],
)
def test_a_layout_says_whether_its_lines_can_hold_the_header(
    layout: str, value: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "access.log"
    request = "GET /ProfitRestServices/metainfo HTTP/1.1"
    path.write_text(f'1234.rest.afas.online [2026-10-01T07:00:00+0000] "{request}" 200{value}\n')
    assert statuses(path, layout=layout) == [expected]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, [NOT_LOGGED, NOT_LOGGED]),
        ({"integration_id": [ID, None]}, [VALID, MISSING]),
        ({"Integration_ID": pa.nulls(2, pa.string())}, [MISSING, MISSING]),
        ({"headers": [{"IntegrationId": ID}, {"IntegrationId": None}]}, [VALID, MISSING]),
        ({"headers": [{"IntegrationId": ID}, None]}, [VALID, NOT_LOGGED]),
        ({"headers": [{"IntegrationId": ID}, None], "integration_id": [None, None]}, [VALID, MISSING]),
    ],
)
def test_a_parquet_file_says_it_by_its_columns(columns: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    needed = {"timestamp": [1_790_805_000, 1_790_805_001], "method": ["GET"] * 2, "url": [URL] * 2, "status": [200] * 2}
    write_table(pa.table(needed | columns), path)
    assert statuses(path) == expected


def test_har_holds_every_header_that_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    request = {"method": "GET", "url": URL, "headers": []}
    sent = request | {"headers": [{"name": "integrationid", "value": ID}]}
    entries = [
        {"startedDateTime": "2026-10-01T07:00:00Z", "request": one, "response": {"status": 200}}
        for one in (request, sent)
    ]
    path.write_text(json.dumps({"log": {"entries": entries}}))
    assert statuses(path) == [MISSING, VALID]


NGINX = {
    "msec": "1790838000.000",
    "request": "GET /ProfitRestServices/metainfo HTTP/1.1",
    "http_host": "1234.rest.afas.online",
}
ACME = """
name = "acme"
{more}

[fields]
timestamp = "msec"
request = "request"
host = "http_host"
status = "status"
"""


@pytest.mark.parametrize(
    ("more", "lines", "expected"),
    [
        ("", [{}, {"h_integrationid": ""}, {"h_integrationid": ID}], [NOT_LOGGED] * 3),
        (
            'headers = { prefix = "h_" }',
            [{}, {"h_integrationid": "-"}, {"H_IntegrationId": ID}],
            [NOT_LOGGED, MISSING, VALID],
        ),
        ('headers = { prefix = "h_" }\nheaders_complete = true', [{}, {"h_integrationid": ID}], [MISSING, VALID]),
        (
            'headers = { at = "a", prefix = "h." }\nheaders_complete = true',
            [{}, {"a": {}}, {"a": {"x": 1}}],
            [NOT_LOGGED, MISSING, MISSING],
        ),
        (
            'headers = "sent"',
            [{}, {"sent": {"x": 1}}, {"sent": {"integrationid": None}}],
            [NOT_LOGGED, NOT_LOGGED, MISSING],
        ),
        (
            'headers = "sent"\nheaders_complete = true',
            [{}, {"sent": {"x": 1}}, {"sent": {}}],
            [NOT_LOGGED, MISSING, MISSING],
        ),
    ],
)
def test_a_dialect_says_where_its_lines_hold_the_header(
    more: str, lines: list[dict[str, object]], expected: list[str], tmp_path: Path
) -> None:
    (tmp_path / "acme.toml").write_text(ACME.replace("{more}", more))
    path = tmp_path / "calls.log"
    path.write_text("".join(json.dumps(NGINX | {"status": "200"} | line) + "\n" for line in lines))
    assert statuses(path, dialect=str(tmp_path / "acme.toml")) == expected


@settings(FEW, max_examples=6)
@given(
    runs=st.lists(
        st.tuples(st.sampled_from([ID, "", None]), st.sampled_from([1, 2, 999, 1000, 1001])), min_size=2, max_size=5
    ),
    cuts=st.lists(st.integers(1, 300_000), max_size=2),
)
def test_where_a_header_that_was_not_sent_leaves_no_field_the_thousand_lines_before_say_whether_the_log_holds_it(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str | None, int]], cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("left_out")
    dialect = folder / "acme.toml"
    dialect.write_text(ACME.replace("{more}", 'headers = { prefix = "h_" }\nheaders_left_out = true'))
    values = [value for value, length in runs for _ in range(length)]
    fields: list[dict[str, str]] = [{} if value is None else {"h_integrationid": value} for value in values]
    content = "".join(json.dumps(NGINX | {"status": "200"} | field) + "\n" for field in fields).encode()
    expected = [
        VALID
        if value
        else MISSING
        if any("h_integrationid" in one for one in fields[max(place - 1000, 0) : place + 1])
        else NOT_LOGGED
        for place, value in enumerate(values)
    ]
    (folder / "whole.log").write_bytes(content)
    assert statuses(folder / "whole.log", dialect=str(dialect)) == expected
    assert grown(folder, content, cuts, dialect=str(dialect)) == expected


def test_nginx_with_names_of_its_own_holds_the_header_where_the_field_stands(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    more = [{}, {"http_integrationid": ""}, {"integrationid": "-"}, {"http_integrationid": ID}]
    path.write_text("".join(json.dumps(NGINX | {"status": "200", "request_time": "0.1"} | one) + "\n" for one in more))
    assert statuses(path) == [NOT_LOGGED, MISSING, MISSING, VALID]


def test_of_a_log_that_holds_the_header_in_some_lines_only_it_is_said_how_many(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_text(
        "".join(f"{line}\n" for line in (record(integration_id=ID), record(), record(headers={}), record()))
    )
    [warning] = lakes.load(tmp_path / "lake", path).warnings
    assert warning == (
        f"{path}: 2 of its 4 calls are in lines without a place for the IntegrationId header, so nobody knows whose they are"
        " (id_status not_logged); have the server log that header, empty where it was not sent"
    )


def test_the_default_fields_of_iis_do_not_hold_the_header(tmp_path: Path) -> None:
    path = tmp_path / "u_ex.log"
    fields = W3C_FIELDS.replace(" cs(IntegrationId)", "")
    path.write_text(
        f"#Fields: {fields}\n2026-10-01 07:00:00 10.0.0.2 GET /ProfitRestServices/metainfo - 443 - 10.0.0.1 Acme"
        " 1234.rest.afas.online 200 0 0 512 64 87\n"
    )
    assert statuses(path) == [NOT_LOGGED]


CHOSEN: dict[str, dict[str, object]] = {"none": {}, "some": {"User-Agent": "Acme/1.0", "X-Forwarded-For": "192.0.2.7"}}


def _with_headers(product: str, headers: dict[str, object]) -> str:
    if product == "koppelzicht":
        return record(headers=headers)
    request = {
        "method": "GET",
        "host": "1234.rest.afas.online",
        "uri": "/ProfitRestServices/metainfo",
        "headers": headers,
    }
    line = json.dumps({"ts": 1790838000, "logger": "http.log.access", "request": request, "status": 200})
    return f"edge-1  | {line}" if product == "caddy in compose" else line


@pytest.mark.parametrize("product", ["koppelzicht", "caddy", "caddy in compose"])
@pytest.mark.parametrize("chosen", CHOSEN)
def test_of_a_log_that_keeps_chosen_headers_only_nobody_knows_whether_the_id_was_sent(
    tmp_path: Path, product: str, chosen: str
) -> None:
    headers = CHOSEN[chosen]
    lines = [_with_headers(product, headers)] * 100
    # From here on the operator has the log hold the header: it leaves no trace where it was not sent.
    lines += [_with_headers(product, headers | {"IntegrationId": ID}), _with_headers(product, headers)]
    content = "".join(f"{line}\n" for line in lines).encode()
    (tmp_path / "log").write_bytes(content)
    expected = [NOT_LOGGED] * 100 + [VALID, MISSING]
    assert statuses(tmp_path / "log") == expected
    assert grown(tmp_path, content, [len(f"{lines[0]}\n") * 100]) == expected


@pytest.mark.parametrize(
    "kept",
    [{"Accept": "*/*"}, {"host": "x"}, {"Authorization": "***"}, {"Accept-Encoding": "gzip"}, {"IntegrationId": ""}],
)
def test_one_header_that_every_program_sends_shows_that_a_log_keeps_them_all(
    tmp_path: Path, kept: dict[str, object]
) -> None:
    lines = [record(headers=CHOSEN["some"])] * 99 + [record(headers=CHOSEN["some"] | kept)]
    (tmp_path / "log").write_text("".join(f"{line}\n" for line in lines))
    assert statuses(tmp_path / "log") == [MISSING] * 100


def test_a_few_lines_do_not_show_that_headers_are_chosen(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"{record(headers={})}\n" * 99)
    assert statuses(tmp_path / "log") == [MISSING] * 99


KINDS: list[tuple[dict[str, object], str]] = [
    ({"request": {"IntegrationId": ID}, "response": {"x": "y"}}, VALID),
    ({"request": {"Accept": "*/*"}, "response": {"x": "y"}}, MISSING),
    ({"response": {"IntegrationId": ID}}, NOT_LOGGED),
]


@pytest.mark.parametrize("log_format", ["csv", "parquet"])
def test_a_table_may_hold_several_kinds_of_headers_in_a_column_as_json_does(tmp_path: Path, log_format: str) -> None:
    path = tmp_path / "log"
    texts = [json.dumps(headers) for headers, _ in KINDS]
    if log_format == "csv":
        quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
        rows = [f"2026-10-01T07:00:00Z;GET;{URL};200;{text}" for text in quoted]
        path.write_text("\n".join(["timestamp;method;url;status;headers", *rows, ""]))
    else:
        needed = {"timestamp": [1_790_805_000] * 3, "method": ["GET"] * 3, "url": [URL] * 3, "status": [200] * 3}
        write_table(pa.table(needed | {"headers": texts}), path)
    assert statuses(path) == [expected for _, expected in KINDS]
    [warning] = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW).warnings
    assert "headers has a shape that is not read in 1 line" in warning
