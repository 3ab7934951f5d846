"""W3C logs: the directives, and the fields as each product means them. Whole logs of products are in `products/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, ingest, inspect
from ingest.engine.connection import connect
from ingest.formats.w3c.format import W3c
from tests.ingest import lakes, worked
from tests.ingest.formats.raw_fields import raw_fields

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from ingest import Inspection

FIELDS = "date time cs-method cs-uri-stem cs-uri-query cs-host sc-status"
CALL = "2026-10-01 07:00:00 GET /ProfitRestServices/connectors/KnSubject - 4321.rest.afas.online 200"


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads=1) as connection:
        yield connection


def _raw(connection: duckdb.DuckDBPyConnection, column: str, *lines: str) -> object:
    (raw,) = raw_fields(connection, W3c(), *lines)
    assert raw["fate"] is None, raw["detail"]
    return raw[column]


def _read(tmp_path: Path, *lines: str, host: str | None = None, time_zone: str | None = None) -> Inspection:
    path = tmp_path / "w3c.log"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return inspect(str(path), ReadOptions(host=host, time_zone=time_zone), limit=None, now=worked.NOW)


def _values(found: Inspection, column: str) -> list[object]:
    assert [reject.reason for reject in found.rejects] == []
    return [getattr(call, column) for call in found.calls]


def test_fields_change_in_mid_file(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        f"#Fields: {FIELDS}",
        CALL,
        "#Fields: sc-status cs-host cs-uri-stem cs-method time date IntegrationId",
        "201 1234.rest.afas.online /ProfitRestServices/connectors/FbSales POST 07:00:01 2026-10-01 1234_5678",
        f"#FIELDS: {FIELDS.upper()}",
        CALL.replace("4321", "7654321"),
    )
    assert _values(found, "customer") == ["4321", "1234", "7654321"]
    assert _values(found, "integration") == [None, "1234_5678", None]
    assert _values(found, "line_number") == [2, 4, 6]


def test_no_fields_directive(tmp_path: Path) -> None:
    found = _read(tmp_path, "#Software: Microsoft Internet Information Services 10.0", CALL, f"#Fields: {FIELDS}", CALL)
    assert [(reject.line_number, reject.reason) for reject in found.rejects] == [(2, "no_fields_directive")]
    assert [call.line_number for call in found.calls] == [4]


def test_no_fields_at_all(connection: duckdb.DuckDBPyConnection) -> None:
    fates = [raw["fate"] for raw in raw_fields(connection, W3c(), "#Version: 1.0", CALL, CALL)]
    assert fates == ["no_fields_directive", "no_fields_directive"]


_NO_UNIT = (
    "time-taken has decimals, and #Software names no known product: only the log's writer knows whether these are seconds, as W3C has them, or milliseconds, only"
    " its writer knows, and none is read; sed '/^#Fields:/s/time-taken/time-taken-ms/' FILE > NEW says milliseconds and time-taken-s seconds;"
    " unload FILE if it is loaded, and load NEW"
)
_IIS, _TOMCAT = "Microsoft Internet Information Services 10.0", "Apache Tomcat/10.1"


@pytest.mark.parametrize(
    ("software", "values", "expected", "warnings"),
    [
        (None, ("0.087", "1", "12.5"), [None, None, None], [_NO_UNIT]),
        (None, ("1", "0.5", "-"), [None, None, None], [_NO_UNIT]),
        (None, ("87", "1", "0"), [87, 1, 0], []),
        (None, ("-", "-", "-"), [None, None, None], []),
        ("Acme Edge 2", ("0.087", "1", "12.5"), [None, None, None], [_NO_UNIT]),
        ("Acme Edge 2", ("87", "1", "0"), [87, 1, 0], []),
        (_TOMCAT, ("0.087", "1", "12.5"), [87, 1000, 12500], []),
        (_TOMCAT, ("87", "1", "0"), [87000, 1000, 0], []),
        (_IIS, ("87", "1", "0"), [87, 1, 0], []),
        (_IIS, ("0.5", "1", "0"), [0.5, 1, 0], []),
    ],
)
def test_where_nobody_says_whose_log_it_is_nobody_knows_the_unit_of_decimals(
    tmp_path: Path, software: str | None, values: tuple[str, ...], expected: list[float | None], warnings: list[str]
) -> None:
    head = [] if software is None else [f"#Software: {software}"]
    lines = [*head, f"#Fields: {FIELDS} time-taken cs(IntegrationId)", *(f"{CALL} {value} 4321_1" for value in values)]
    found = _read(tmp_path, *lines)
    assert _values(found, "duration_ms") == expected
    assert list(found.warnings) == [f"{tmp_path / 'w3c.log'}: {text}" for text in warnings]
    # The first lines decide, and a log that grows goes on as it has begun.
    grown, lake = tmp_path / "grown.log", tmp_path / "lake"
    for end in (len(lines) - 1, len(lines)):
        grown.write_text("".join(f"{line}\n" for line in lines[:end]))
        lakes.load_one(lake, grown)
    calls = sorted(lakes.calls(lake), key=lambda call: call["line_number"])
    assert [call["duration_ms"] for call in calls] == expected


def test_a_field_may_be_called_by_its_unit(tmp_path: Path) -> None:
    for unit, expected in (("ms", 0.087), ("s", 87)):
        found = _read(tmp_path, f"#Fields: {FIELDS} time-taken-{unit} cs(IntegrationId)", f"{CALL} 0.087 4321_1")
        assert (_values(found, "duration_ms"), found.warnings) == ([expected], ())


def test_asp_net_core_says_by_another_directive_whose_log_it_is(tmp_path: Path) -> None:
    fields = f"#Fields: {FIELDS} time-taken cs(IntegrationId)"
    found = _read(tmp_path, "#Version: 1.0", "#Start-Date: 2026-10-01 07:00:00", fields, f"{CALL} 0.0871 4321_1")
    assert (_values(found, "duration_ms"), found.warnings) == ([pytest.approx(0.087)], ())
    found = _read(tmp_path, "#Software: Acme Edge 2", "#Start-Date: 2026-10-01 07:00:00", fields, f"{CALL} 0.5 4321_1")
    assert _values(found, "duration_ms") == [None]


def test_each_fields_line_is_followed_by_its_own_unit_and_one_of_none_is_warned_of(tmp_path: Path) -> None:
    fields = f"#Fields: {FIELDS} time-taken cs(IntegrationId)"
    found = _read(tmp_path, fields, f"{CALL} 0.5 4321_1", f"{fields} x-note", f"{CALL} 500 4321_1 a")
    assert _values(found, "duration_ms") == [None, 500]
    assert found.warnings == (f"{tmp_path / 'w3c.log'}: {_NO_UNIT}",)


def test_a_second_software_block_has_its_own_units(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        "#Software: Microsoft Internet Information Services 10.0",
        f"#Fields: {FIELDS} time-taken",
        f"{CALL} 2",
        "#Software: Netscaler Web Logging(NSWL)",
        "#Date: 2026-10-01 07:00:00",
        f"#Fields: {FIELDS} time-taken",
        f"{CALL} 2",
        "#Software: Microsoft Internet Information Services 10.0",
        f"#Fields: {FIELDS} time-taken",
        f"{CALL} 3",
    )
    assert _values(found, "duration_ms") == [2, 2000, 3]


def test_no_integration_id_column_at_all_is_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "w3c.log"
    path.write_text(f"#Fields: {FIELDS}\n{CALL}\n")
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    assert [source.calls for source in report.sources] == [1]
    (warning,) = [warning for warning in report.warnings if "IntegrationId" in warning]
    assert "#Fields names no cs(IntegrationId): nobody can tell who called (id_status not_logged)" in warning


@pytest.mark.parametrize(
    "column",
    [
        "cs(IntegrationId)",
        "CS(INTEGRATIONID)",
        "IntegrationId",
        "integration-id",
        "x-IntegrationId",
        "cs-integrationid",
    ],
)
def test_the_integration_id_may_be_a_custom_field_of_any_such_name(
    connection: duckdb.DuckDBPyConnection, column: str
) -> None:
    assert _raw(connection, "id_text", f"#Fields: {FIELDS} {column}", f"{CALL} 1234_5678") == "1234_5678"


def test_the_integration_id_of_a_response_is_not_that_of_the_request(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert _raw(connection, "id_text", f"#Fields: {FIELDS} sc(IntegrationId)", f"{CALL} 1234_5678") is None


@pytest.mark.parametrize(
    ("software", "milliseconds"),
    [
        ("Microsoft Internet Information Services 10.0", 2.0),
        ("IIS Advanced Logging Module", 2.0),
        ("SGOS 6.7.4.1", 2.0),
        ("Netscaler Web Logging(NSWL)", 2000.0),
        ("Apache Tomcat/9.0.95", 2000.0),
        ("Undertow - 2.3.18.Final", 2000.0),
    ],
)
def test_time_taken_is_in_the_unit_of_the_product(
    connection: duckdb.DuckDBPyConnection, software: str, milliseconds: float
) -> None:
    lines = (f"#Software: {software}", f"#Fields: {FIELDS} time-taken", f"{CALL} 2")
    assert _raw(connection, "duration_ms", *lines) == milliseconds


def test_netscaler_names_no_host(tmp_path: Path) -> None:
    fields = (
        "date time c-ip cs-username sc-servicename s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status cs-bytes"
        " sc-bytes time-taken cs-version cs(User-Agent) cs(Cookie) cs(Referer) "
    )
    call = (
        "2026-10-01 07:00:00 192.0.2.7 - HTTP 10.0.0.2 443 GET /ProfitRestServices/connectors/KnSubject take=10 200 512"
        " 20480 0 HTTP/1.1 Acme+Client/1.0 - -"
    )
    lines = ("#Version: 1.0", "#Software: Netscaler Web Logging(NSWL)", f"#Fields: {fields}", call)
    assert [reject.reason for reject in _read(tmp_path, *lines).rejects] == ["no_customer"]
    found = _read(tmp_path, *lines, host="4321.rest.afas.online")
    assert _values(found, "customer") == ["4321"]
    assert _values(found, "request_bytes") == [512]
    assert _values(found, "user_agent") == ["Acme Client/1.0"]


ADVANCED = (
    "#Software: IIS Advanced Logging Module",
    "#Fields:  date-local time-local cs-method cs-uri-stem cs(Host) sc-status TimeTakenMS",
    '2026-10-01 09:00:00.363 GET /ProfitRestServices/metainfo "4321.rest.afas.online" 200 87',
)


def test_local_times_need_a_time_zone(tmp_path: Path) -> None:
    assert [reject.reason for reject in _read(tmp_path, *ADVANCED).rejects] == ["bad_time"]
    found = _read(tmp_path, *ADVANCED, time_zone="Europe/Amsterdam")
    assert [str(at) for at in _values(found, "called_at")] == ["2026-10-01 07:00:00.363000+00:00"]


def test_local_times_without_a_time_zone_are_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "advanced.log"
    path.write_text("".join(f"{line}\n" for line in ADVANCED))
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    assert any("--time-zone" in warning for warning in report.warnings)


def test_utc_wins_where_local_times_stand_beside_it(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        "#Fields: date-local time-local date time cs-method cs-uri-stem cs-host sc-status",
        "2026-10-01 09:00:00 2026-10-01 07:00:00 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200",
    )
    assert [str(at) for at in _values(found, "called_at")] == ["2026-10-01 07:00:00+00:00"]


def test_weblogic_writes_local_times_and_tabs(tmp_path: Path) -> None:
    lines = (
        "#Version:\t1.0",
        "#Fields:\tdate\ttime\tcs-method\tcs-uri\tcs(Host)\tsc-status\tbytes\ttime-taken",
        "#Software:\tWebLogic",
        "#Start-Date:\t2026-10-01\t09:00:00",
        "2026-10-01\t09:00:00\tGET\t/ProfitRestServices/metainfo?x=1\t4321.rest.afas.online\t200\t51\t1.406",
    )
    found = _read(tmp_path, *lines, time_zone="Europe/Amsterdam")
    assert [str(at) for at in _values(found, "called_at")] == ["2026-10-01 07:00:00+00:00"]
    assert _values(found, "duration_ms") == [1406]
    assert _values(found, "query_length") == [4]


@pytest.mark.parametrize(
    ("software", "value", "agent"),
    [
        ("IIS Advanced Logging Module", '"Acme (a; b) ""x"""', 'Acme (a; b) "x"'),
        ("IIS Advanced Logging Module", "Acme", "Acme"),
        ("Apache Tomcat/6.0.53", "'Acme (a; b) \"x\"'", 'Acme (a; b) "x"'),
        ("Microsoft Internet Information Services 10.0", '"Acme+(a)', '"Acme (a)'),
        ("Microsoft Internet Information Services 10.0", 'Acme+"a"', 'Acme "a"'),
        ("Microsoft Internet Information Services 10.0", '"Acme"', '"Acme"'),
        ("Undertow - 2.3.18.Final", "'Acme (a; b)'", "Acme (a; b)"),
        ("SomeProxy", '"Acme', '"Acme'),
    ],
)
def test_only_products_that_quote_have_quotes_taken_off(
    connection: duckdb.DuckDBPyConnection, software: str, value: str, agent: str
) -> None:
    lines = (f"#Software: {software}", f"#Fields: {FIELDS} cs(User-Agent) x-end", f"{CALL} {value} x")
    assert _raw(connection, "user_agent", *lines) == agent


def test_a_quoted_value_with_blanks_does_not_make_up_for_a_missing_one(tmp_path: Path) -> None:
    found = _read(tmp_path, f"#Fields: {FIELDS} cs(User-Agent) time-taken", f'{CALL} "Acme Client"')
    assert [reject.reason for reject in found.rejects] == ["not_a_record"]


def test_a_custom_field_with_tabs_between_values_may_hold_blanks(connection: duckdb.DuckDBPyConnection) -> None:
    fields, call = FIELDS.replace(" ", "\t"), CALL.replace(" ", "\t")
    lines = (f"#Fields:\t{fields}\tcs(User-Agent)", f"{call}\tAcme Client")
    assert _raw(connection, "user_agent", *lines) == "Acme Client"


# -- user names with blanks ----------------------------------------------------------------------------------------------

IIS = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status"
ENDS = "cs-host sc-substatus sc-win32-status time-taken"
MORE_ENDS = f"cs(IntegrationId) {ENDS}"
VALUES = {
    "date": "2026-10-01",
    "time": "07:00:00",
    "s-ip": "10.0.0.1",
    "cs-method": "GET",
    "cs-uri-stem": "/ProfitRestServices/metainfo",
    "cs-uri-query": "-",
    "s-port": "443",
    "cs-username": "-",
    "c-ip": "192.0.2.7",
    "cs(User-Agent)": "Acme/1.0",
    "cs(Referer)": "-",
    "sc-status": "200",
    "cs(IntegrationId)": "1234_5678",
    "cs-host": "4321.rest.afas.online",
    "sc-substatus": "0",
    "sc-win32-status": "0",
    "time-taken": "87",
}
NAMES = st.lists(
    st.sampled_from(["jan", "de", "boer", "x-1", "12", "200", "O'Neil", "a.b", "443"]), min_size=2, max_size=5
)


def _line(fields: str, **values: str) -> str:
    return " ".join({**VALUES, **values}[name] for name in fields.split())


def _said(found: Inspection) -> list[tuple[object, ...]]:
    return [
        (call.line_number, call.customer, call.integration, call.status, call.user_agent, call.duration_ms)
        for call in found.calls
    ]


ONCE = settings(
    max_examples=1, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
"""An example is a list of names, which cost little more than one."""


@ONCE
@given(names=st.lists(NAMES, min_size=40, max_size=40))
def test_a_user_name_may_hold_blanks_where_nothing_else_can(
    tmp_path_factory: pytest.TempPathFactory, names: list[list[str]]
) -> None:
    for fields in (f"{IIS} {MORE_ENDS}", f"{IIS} {MORE_ENDS}".replace(" cs-username", "") + " cs-username"):
        lines = [_line(fields, **{"cs-username": " ".join(name)}) for name in names]
        found = _read(tmp_path_factory.mktemp("log"), f"#Fields: {fields}", *lines)
        call = ("4321", "1234_5678", 200, "Acme/1.0", 87.0)
        assert _said(found) == [(number, *call) for number, _ in enumerate(lines, start=2)]
        assert found.rejects == []


@ONCE
@given(names=st.lists(NAMES, min_size=40, max_size=40))
def test_where_another_value_could_be_the_long_one_no_value_moves_to_another_field(
    tmp_path_factory: pytest.TempPathFactory, names: list[list[str]]
) -> None:
    fields = f"{IIS} {MORE_ENDS}"
    unsure = f"{IIS} {ENDS} cs-username cs(IntegrationId)".replace(" cs-username c-ip", " c-ip")
    folder = tmp_path_factory.mktemp("log")
    for place in ("cs(User-Agent)", "cs(Referer)", "cs(IntegrationId)"):
        lines = [_line(fields, **{place: " ".join(name)}) for name in names]
        found = _read(folder, f"#Fields: {fields}", *lines)
        assert [reject.reason for reject in found.rejects] == ["not_a_record"] * len(lines), place
    lines = [_line(unsure, **{"cs-username": " ".join(name)}) for name in names]
    assert _read(folder, f"#Fields: {unsure}", *lines).calls == []


def test_a_user_name_is_one_in_a_log_that_grew_and_is_kept_nowhere(tmp_path: Path) -> None:
    path, lake = tmp_path / "w3c.log", tmp_path / "lake"
    line = _line(f"{IIS} {MORE_ENDS}", **{"cs-username": "jan canary boer"})
    text = f"#Fields: {IIS} {MORE_ENDS}\n{line}\n"
    path.write_text(text)
    lakes.load(lake, path)
    path.write_text(f"{text}{line}\n{line} x\n")
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 1, 1, 0, 0)
    assert not any(b"canary" in file.read_bytes() for file in lake.rglob("*") if file.is_file())
