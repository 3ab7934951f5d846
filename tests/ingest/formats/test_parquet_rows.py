"""Parquet with any names and values: invalid UTF-8, headers, numbers, times, hosts."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from ingest import ReadOptions, inspect
from ingest.errors import SourceError
from ingest.formats.parquet.rows import columns_of
from ingest.read.source import open_source
from tests.ingest import lakes
from tests.ingest.formats.parquet_tables import URL, table_of
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.call import Call


def _calls(path: Path, table: pa.Table, **options: Any) -> list[Call]:
    write_table(table, path, **options)
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert inspection.rejects == []
    assert inspection.lines == len(table)
    return inspection.calls


def _with_bytes(texts: list[bytes | None], kind: pa.DataType) -> pa.Array:
    """Texts of exactly these bytes, whether they are UTF-8 or not, because a writer does not check them."""
    return pa.array(texts, pa.binary()).view(pa.string()).cast(kind)


# -- texts that are no UTF-8

_KINDS = (
    pa.string(),
    pa.large_string(),
    pa.binary(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.int32(), pa.string()),
)


@pytest.mark.parametrize("kind", _KINDS, ids=str)
def test_a_byte_that_is_no_utf_8_is_replaced_and_the_row_is_a_call(tmp_path: Path, kind: pa.DataType) -> None:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind

    def texts(*values: bytes | None) -> pa.Array:
        plain = _with_bytes(list(values), value)
        if value == kind:
            return plain
        return pa.DictionaryArray.from_arrays(pa.array(range(len(values)), kind.index_type), plain)

    table = table_of(
        4,
        user_agent=texts(b"Acme/1.0", b"Caf\xe9/1.0", b"Acme/2.0", b"M\xfcller/2"),
        url=texts(URL.encode(), URL.encode(), f"{URL}?x=\xe9".encode("latin-1"), URL.replace("1234", "4517").encode()),
        integration_id=texts(b"4321_1", b"4321_1", b"4321\xb71", b"4321_2"),
    )
    assert [(call.customer, call.user_agent, call.id_status) for call in _calls(tmp_path / "calls.parquet", table)] == [
        ("1234", "Acme/1.0", "valid"),
        ("1234", "Caf\ufffd/1.0", "valid"),
        ("1234", "Acme/2.0", "malformed"),
        ("4517", "M\ufffdller/2", "valid"),
    ]


def _headers(kind: str, *pairs: tuple[bytes, bytes]) -> pa.Array:
    """The headers of one call, as a map, a list of pairs or an object."""
    names, values = (_with_bytes(list(texts), pa.string()) for texts in zip(*pairs, strict=True))
    ends = pa.array([0, len(pairs)], pa.int32())
    match kind:
        case "a map":
            return pa.MapArray.from_arrays(ends, names, values)
        case "an object":
            members = [pa.field(name.decode(), pa.string()) for name, _ in pairs]
            return pa.StructArray.from_arrays([values.slice(number, 1) for number in range(len(pairs))], fields=members)
        case _:
            return pa.ListArray.from_arrays(ends, pa.StructArray.from_arrays([names, values], kind.split()))


@pytest.mark.parametrize("kind", ["a map", "an object", "name value", "value name", "key value", "Name Value"])
def test_headers_of_any_shape_are_read_also_with_a_byte_that_is_no_utf_8(tmp_path: Path, kind: str) -> None:
    names = ("value", "name") if kind == "value name" else ("name", "value")
    given = [(b"INTEGRATIONID", b"4321_2"), (b"User-Agent", b"Caf\xe9/1.0"), (b"Authorization", b"Bearer x")]
    if kind == "value name":
        texts = dict(
            zip(("name", "value"), (_with_bytes(list(t), pa.string()) for t in zip(*given, strict=True)), strict=True)
        )
        pairs = pa.StructArray.from_arrays([texts[name] for name in names], list(names))
        headers = pa.ListArray.from_arrays(pa.array([0, 3], pa.int32()), pairs)
    else:
        headers = _headers(kind, *given)
    [call] = _calls(tmp_path / "calls.parquet", table_of(1, headers=headers))
    assert (call.integration, call.user_agent, call.token_form) == ("4321_2", "Caf\ufffd/1.0", "bearer")


# -- headers


@pytest.mark.parametrize("kind", ["a map", "an object", "name value"])
@pytest.mark.parametrize(
    "pairs",
    [
        [(b"IntegrationId", b"4321_1"), (b"IntegrationId", b"4321_2")],
        [(b"IntegrationId", b"4321_1"), (b"X", b"y"), (b"IntegrationId", b"4321_1")],
        [(b"IntegrationId", b"4321_1"), (b"integrationid", b"4321_1")],
    ],
)
def test_a_header_that_was_sent_twice_is_repeated_as_in_har_and_json(
    tmp_path: Path, kind: str, pairs: list[tuple[bytes, bytes]]
) -> None:
    values = [value.decode() for name, value in pairs if name.lower() == b"integrationid"]
    [call] = _calls(tmp_path / "calls.parquet", table_of(1, headers=_headers(kind, *pairs)))
    request = {
        "method": "GET",
        "url": URL,
        "headers": [{"name": name.decode(), "value": value.decode()} for name, value in pairs],
    }
    entry = {"startedDateTime": "2026-10-01T12:00:00Z", "request": request, "response": {"status": 200}}
    (tmp_path / "calls.har").write_text(json.dumps({"log": {"entries": [entry]}}), encoding="utf-8")
    (tmp_path / "calls.json").write_bytes(lakes.line(1, headers={"IntegrationId": values}))
    for other in ("calls.har", "calls.json"):
        [same] = inspect(str(tmp_path / other), ReadOptions(), limit=None, now=NOW).calls
        assert (same.integration_id, same.id_status, same.id_defect) == (", ".join(values), "malformed", "repeated")
    assert (call.integration_id, call.id_status, call.id_defect) == (", ".join(values), "malformed", "repeated")


def test_rows_without_headers_and_with_empty_ones_stay_apart(tmp_path: Path) -> None:
    headers = pa.array(
        [[("IntegrationId", "4321_1")], None, [], [("IntegrationId", None)]], pa.map_(pa.string(), pa.string())
    )
    calls = _calls(tmp_path / "calls.parquet", table_of(4, headers=headers), row_group_size=3)
    assert [(call.integration_id, call.token_form) for call in calls] == [
        ("4321_1", "none"),
        (None, "not_logged"),
        (None, "none"),
        (None, "none"),
    ]


@pytest.mark.parametrize("kind", [pa.string(), pa.json_()], ids=str)
def test_headers_may_be_a_text_that_is_json(tmp_path: Path, kind: pa.DataType) -> None:
    texts = pa.array(
        [
            '{"IntegrationId": "4321_1",\n "Authorization": "Bearer x"}',
            '{"integrationid": ["4321_2"]}',
            '[{"name": "IntegrationId", "value": "4321_3"}]',
            "-",
            None,
        ],
        pa.string(),
    )
    headers = pa.ExtensionArray.from_storage(kind, texts) if isinstance(kind, pa.JsonType) else texts
    calls = _calls(tmp_path / "calls.parquet", table_of(5, headers=headers))
    assert [call.integration for call in calls] == ["4321_1", "4321_2", "4321_3", None, None]
    assert [call.token_form for call in calls] == ["bearer", "none", "none", "not_logged", "not_logged"]


@pytest.mark.parametrize(
    "headers", [pa.array([5, None]), pa.array(["x=y", None]), pa.array([[1.5], None])], ids=lambda one: str(one.type)
)
def test_headers_in_a_shape_that_is_not_read_are_warned_about(tmp_path: Path, headers: pa.Array) -> None:
    path = tmp_path / "calls.parquet"
    write_table(table_of(2, headers=headers), path)
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert [call.id_status for call in inspection.calls] == ["not_logged"] * 2
    assert inspection.warnings[0].startswith(f"{path}: headers has a shape that is not read in 1 line")
    assert lakes.load(tmp_path / "lake", path).warnings == inspection.warnings


# -- numbers, times, names


def test_a_time_of_the_type_int96_is_utc(tmp_path: Path) -> None:
    times = pa.array([1_790_838_000_123_456, None], pa.timestamp("us"))
    write_table(table_of(2, timestamp=times), tmp_path / "calls.parquet", use_deprecated_int96_timestamps=True)
    for zone in (None, "Europe/Amsterdam"):
        inspection = inspect(str(tmp_path / "calls.parquet"), ReadOptions(time_zone=zone), limit=None, now=NOW)
        assert [call.called_at.isoformat() for call in inspection.calls] == ["2026-10-01T07:00:00.123456+00:00"]
        assert [reject.reason for reject in inspection.rejects] == ["bad_time"]


@pytest.mark.parametrize("version", ["1.0", "2.6"])
def test_a_time_without_a_zone_still_needs_one(tmp_path: Path, version: str) -> None:
    times = pa.array([1_790_838_000_000_000], pa.timestamp("us"))
    write_table(table_of(1, timestamp=times), tmp_path / "calls.parquet", version=version)
    [reject] = inspect(str(tmp_path / "calls.parquet"), ReadOptions(), limit=None, now=NOW).rejects
    assert reject.reason == "bad_time"
    [call] = inspect(
        str(tmp_path / "calls.parquet"), ReadOptions(time_zone="Europe/Amsterdam"), limit=None, now=NOW
    ).calls
    assert call.called_at.isoformat() == "2026-10-01T05:00:00+00:00"


@pytest.mark.parametrize(
    "status",
    [
        pa.array([Decimal("200.00"), Decimal("404.00")], pa.decimal256(60, 2)),
        pa.array([Decimal(200), Decimal(404)], pa.decimal32(5, 2)),
        pa.array(np.array([200, 404], np.float16)),
        pa.array([200, 404], pa.uint64()),
        pa.array(["200", "404"], pa.string_view()),
        pa.array(["200", "404"]).dictionary_encode(),
    ],
    ids=lambda status: str(status.type),
)
def test_a_status_of_any_type_that_is_one_is_read(tmp_path: Path, status: pa.Array) -> None:
    assert [call.status for call in _calls(tmp_path / "calls.parquet", table_of(2, status=status))] == [200, 404]


@pytest.mark.parametrize(
    ("unit", "values"), [("s", [2, None]), ("ms", [87, None]), ("us", [87_500, None]), ("ns", [1_500_000_000, None])]
)
def test_a_duration_is_read_by_its_unit(tmp_path: Path, unit: str, values: list[int | None]) -> None:
    expected = {"s": 2000.0, "ms": 87.0, "us": 87.5, "ns": 1500.0}[unit]
    calls = _calls(tmp_path / "calls.parquet", table_of(2, duration_ms=pa.array(values, pa.duration(unit))))
    assert [call.duration_ms for call in calls] == [expected, None]


def test_a_uuid_is_a_request_id(tmp_path: Path) -> None:
    ids = pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(range(16))], pa.binary(16)))
    [call] = _calls(tmp_path / "calls.parquet", table_of(1, request_id=ids))
    assert call.request_id == "00010203-0405-0607-0809-0a0b0c0d0e0f"


def test_other_columns_may_be_called_and_hold_what_they_like(tmp_path: Path) -> None:
    others = {"status.x": pa.array([1]), "x": pa.array([[None]], pa.list_(pa.null())), "Café\n": pa.array(["\n"])}
    [call] = _calls(tmp_path / "calls.parquet", table_of(1, **others))
    assert call.status == 200


# -- whose row it is

PATH = "/ProfitRestServices/connectors/KnSubject"
HOSTS = [f"{customer}.rest.afas.online" for customer in ("4321", "7654321", "5432")]


@pytest.mark.parametrize("kind", [pa.string(), pa.binary(), pa.dictionary(pa.int8(), pa.string())], ids=str)
@pytest.mark.parametrize("name", ["host", "VHost", "server_name", "called_host", "x.y"])
def test_where_a_url_is_a_path_a_column_with_hosts_of_the_platform_is_the_host(
    tmp_path: Path, name: str, kind: pa.DataType
) -> None:
    hosts = pa.array([*HOSTS, HOSTS[0] + ":443"])
    array = hosts.dictionary_encode() if pa.types.is_dictionary(kind) else hosts.cast(kind)
    table = table_of(4, url=[PATH] * 3 + [f"{URL}?x"], **{name: array, "integration_id": ["1234_5678"] * 4})
    write_table(table, tmp_path / "calls.parquet")
    for host in (None, "9999.rest.afas.online"):
        found = inspect(str(tmp_path / "calls.parquet"), ReadOptions(host=host), limit=None, now=NOW)
        assert [call.customer for call in found.calls] == ["4321", "7654321", "5432", "1234"]
        assert (found.rejects, found.warnings) == ([], ())


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[host] for host in HOSTS]),
        pa.array([[host, "a"] for host in HOSTS]),
        pa.array([{"deep": host} for host in HOSTS]),
        pa.array([f"https://{host}/x?y=1" for host in HOSTS]),
    ],
    ids=lambda values: str(values.type),
)
def test_a_row_that_names_a_host_elsewhere_is_not_another_customers(tmp_path: Path, values: pa.Array) -> None:
    write_table(table_of(3, url=[PATH] * 3, seen=values), tmp_path / "calls.parquet")
    for host in (None, "9999.rest.afas.online"):
        found = inspect(str(tmp_path / "calls.parquet"), ReadOptions(host=host), limit=None, now=NOW)
        assert (found.calls, [reject.reason for reject in found.rejects]) == ([], ["no_customer"] * 3)
        for reject, named in zip(found.rejects, HOSTS, strict=True):
            assert str(reject.detail).startswith(f"{named} stands in the line")


def test_where_no_column_names_a_host_it_is_the_one_that_is_given(tmp_path: Path) -> None:
    write_table(table_of(2, url=[PATH, None], host=["web01", None]), tmp_path / "calls.parquet")
    [reject, _] = inspect(str(tmp_path / "calls.parquet"), ReadOptions(), limit=None, now=NOW).rejects
    assert reject.detail == "no host is logged: --host says which it is"
    given_host = ReadOptions(host="9999.rest.afas.online")
    [call] = inspect(str(tmp_path / "calls.parquet"), given_host, limit=None, now=NOW).calls
    assert call.customer == "9999"


def test_two_columns_with_different_hosts_are_named_and_none_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    write_table(table_of(3, url=[PATH] * 3, one=HOSTS, other=HOSTS[::-1]), path)
    report = lakes.load_one(tmp_path / "lake", path)
    assert "one and other hold different hosts of the platform" in str(report.error)
    write_table(table_of(3, url=[PATH] * 3, one=HOSTS, other=HOSTS), path)
    assert lakes.fate(lakes.load_one(tmp_path / "lake", path)) == ("loaded", 3, 0, 0, 0)
    assert sorted(call["customer"] for call in lakes.calls(tmp_path / "lake")) == ["4321", "5432", "7654321"]


def test_a_column_that_is_there_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    for name in ("status", "Status"):
        write_table(table_of(1).append_column(name, pa.array([404])), path)
        report = lakes.load_one(tmp_path / "lake", path)
        assert report.error is not None
        assert "has the column status more than once" in report.error


def test_a_column_that_cannot_be_read_is_named_and_the_other_files_are_loaded(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    write_table(
        table_of(3000, user_agent=[f"Acme/{number}" for number in range(3000)]), logs / "a.parquet", compression="none"
    )
    content = (logs / "a.parquet").read_bytes()
    place = content.index(b"Acme/1")
    (logs / "a.parquet").write_bytes(content[: place - 4] + b"\xff\xff\xff\x7f" + content[place:])
    (logs / "b.json").write_bytes(lakes.lines(1, 2))
    bad, good = lakes.load(tmp_path / "lake", logs).sources
    assert lakes.fate(good) == ("loaded", 2, 0, 0, 0)
    assert lakes.fate(bad) == ("failed", 0, 0, 0, 0)
    assert bad.error is not None
    assert bad.error.startswith(f"{logs / 'a.parquet'}: the column user_agent of the Parquet file cannot be read (")
    assert lakes.numbers(tmp_path / "lake") == [1, 2]


def test_a_large_file_that_was_cut_off_is_refused_without_being_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    with path.open("wb") as file:
        file.write(b"PAR1")
        file.truncate(300_000_000)
        file.seek(0, 2)
        file.write(b"\xff\xff\xff\xffrows")  # by its place this says how long the footer is
    tracemalloc.start()
    with contextlib.closing(open_source(str(path))) as reader, pytest.raises(SourceError, match="cannot be read"):
        columns_of(reader)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30_000_000
