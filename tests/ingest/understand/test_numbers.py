"""Durations, sizes and times in every notation and unit, and the formats that define them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from ingest import ReadOptions, inspect
from ingest.engine.connection import connect
from tests.ingest import strategies
from tests.ingest.formats.test_formats_agree import FEW
from tests.ingest.understand.values import READ, URL, json_line
from tests.ingest.worked import LAKE_TIME_ZONE, NOW
from tests.oracle.oracle import Context, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


def test_parquet_durations_and_times_are_read_by_their_unit(tmp_path: Path) -> None:
    columns: dict[str, pa.Array] = {
        "duration s": pa.array([2, None], pa.duration("s")),
        "duration ms": pa.array([87, -1], pa.duration("ms")),
        "duration us": pa.array([87_123, 0], pa.duration("us")),
        "duration ns": pa.array([87_123_400, 1], pa.duration("ns")),
        "time32 s": pa.array([1, 2], pa.time32("s")),
        "time32 ms": pa.array([87, None], pa.time32("ms")),
        "time64 us": pa.array([87_123, 0], pa.time64("us")),
        "time64 ns": pa.array([87_123_400, 0], pa.time64("ns")),
        "decimal": pa.array([87.5, None], pa.float64()).cast(pa.decimal128(10, 2)),
    }
    expected = {
        "duration s": (2000.0, None),
        "duration ms": (87.0, None),
        "duration us": (87.123, 0.0),
        "duration ns": (87.123, 0.0),
        "time32 s": (1000.0, 2000.0),
        "time32 ms": (87.0, None),
        "time64 us": (87.123, 0.0),
        "time64 ns": (87.123, 0.0),
        "decimal": (87.5, None),
    }
    for name, column in columns.items():
        path = tmp_path / "calls.parquet"
        call = {"timestamp": "2026-10-01T07:00:00Z", "method": "GET", "url": URL, "integration_id": "4321_1"}
        table = pa.table(
            {key: [value] * 2 for key, value in call.items()} | {"status": [200] * 2, "duration_ms": column}
        )
        write_table(table, path)
        inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
        assert tuple(call.duration_ms for call in inspection.calls) == expected[name], name
        assert len(inspection.warnings) == (name == "duration ms"), name


def test_parquet_intervals_are_durations_unless_they_have_months(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    rows = {
        "interval '87 milliseconds'": 87.0,
        "interval '1 day 2 hours'": 93_600_000.0,
        "interval '0 seconds'": 0.0,
        "null": None,
        "interval '1 month 1 second'": None,
    }
    call = f"'2026-10-01T07:00:00Z' as timestamp, 'GET' as method, '{URL}' as url, '4321_1' as integration_id, 200 as status"
    selects = " union all ".join(
        f"select {number} as number, {call}, {value}::interval as duration_ms" for number, value in enumerate(rows)
    )
    with connect() as connection:
        connection.execute(f"copy (from ({selects}) order by number) to '{path}' (format parquet)")
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert [call.duration_ms for call in inspection.calls] == list(rows.values())
    [warning] = inspection.warnings
    assert "duration_ms: 1 value is not read" in warning


def test_a_har_without_a_time_takes_that_of_its_timings(tmp_path: Path) -> None:
    timings: dict[str, float] = {"blocked": 2, "dns": -1, "connect": 3.5, "ssl": 3, "send": 0, "wait": 41, "receive": 9}
    cases: list[tuple[dict[str, object], float | None]] = [
        ({"time": None}, 55.5),
        ({"time": -1}, 55.5),
        ({}, 55.5),
        ({"time": 0}, 0.0),
        ({"time": 60.25}, 60.25),
        ({"time": None, "timings": dict.fromkeys(timings, -1)}, None),
        ({"time": None, "timings": None}, None),
    ]
    entries: list[dict[str, object]] = [
        {"startedDateTime": "2026-10-01T07:00:00Z", "timings": timings, "response": {"status": 200}}
        | {"request": {"method": "GET", "url": URL, "headers": [{"name": "IntegrationId", "value": "4321_1"}]}}
        | more
        for more, _ in cases
    ]
    path = tmp_path / "calls.har"
    path.write_text(json.dumps({"log": {"entries": entries}}))
    calls = inspect(str(path), ReadOptions(), limit=None, now=NOW).calls
    assert [call.duration_ms for call in calls] == [expected for _, expected in cases]
    # Who exports a HAR leaves Authorization out unless told otherwise: nobody knows whether it was sent.
    assert {call.token_form for call in calls} == {"not_logged"}


def test_what_servers_took_counts_where_nothing_says_how_long_the_call_took(tmp_path: Path) -> None:
    call = {"time_iso8601": "2026-10-01T07:00:00Z", "host": "4321.rest.afas.online", "request_method": "GET"}
    call |= {"request_uri": "/ProfitRestServices/metainfo", "status": "200", "http_integrationid": "4321_1"}
    path = tmp_path / "nginx.log"
    times = [
        ({"upstream_response_time": "0.110, 0.120, 0.470"}, 700.0),
        ({"upstream_response_time": "0.006 : 0.014"}, 20.0),
        ({"upstream_response_time": "-, 1.410"}, 1410.0),
        ({"upstream_response_time": "-"}, None),
        ({"upstream_response_time": "0.110,0.120"}, 230.0),
        ({"upstream_response_time": "0,110"}, 110.0),
        ({"upstream_response_time": "0,110, 0,120"}, 230.0),
        ({"upstream_response_time": "0,110 : 0,2, -"}, 310.0),
        ({"upstream_response_time": "0,512, 0,512"}, 1024.0),
        ({"upstream_response_time": "0.110, 0.120", "request_time": "0.500"}, 500.0),
        ({"upstream_response_time": "0.110, 0.120", "request_time": ""}, 230.0),
    ]
    path.write_text("".join(json.dumps(call | more) + "\n" for more, _ in times))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert [one.duration_ms for one in inspection.calls] == [expected for _, expected in times]
    assert inspection.warnings == ()


def test_a_comma_between_digits_is_decimal_or_nobody_knows(tmp_path: Path) -> None:
    call = {"time_iso8601": "2026-10-01T07:00:00Z", "host": "4321.rest.afas.online", "request_method": "GET"}
    call |= {"request_uri": "/ProfitRestServices/metainfo", "status": "200", "http_integrationid": "4321_1"}
    path = tmp_path / "nginx.log"
    times = {"1,024": None, "5,600, 0,110": None, "1,2,3": None, "0,25": 250.0, "2,048": None}
    path.write_text("".join(json.dumps(call | {"upstream_response_time": time}) + "\n" for time in times))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert [one.duration_ms for one in inspection.calls] == list(times.values())
    [warning] = inspection.warnings
    assert "upstream_response_time: 4 values are not read, such as '1,024'" in warning
    assert "only the writer of the log knows whether the sign in it is decimal or separates thousands" in warning


@FEW
@given(st.lists(st.lists(st.integers(0, 99_999), min_size=1, max_size=4), min_size=50))
def test_the_times_of_servers_add_up_in_either_notation(
    connection: duckdb.DuckDBPyConnection, lists: list[list[int]]
) -> None:
    # Tenths of a millisecond: four decimals are decimals in any notation.
    written = [[f"{one // 10_000}.{one % 10_000:04}" for one in times] for times in lists]
    connection.register("lists", pa.table({"point": [", ".join(one) for one in written]}))
    rows = connection.execute(
        "select total_duration(point), total_duration(replace(replace(point, ', ', ' : '), '.', ',')) from lists"
    ).fetchall()
    connection.unregister("lists")
    for times, (point, comma) in zip(lists, rows, strict=True):
        assert round(float(point) * 10_000) == sum(times)
        assert round(float(comma.replace(",", ".")) * 10_000) == sum(times)


_FORMATS = {
    "%a, %d %b %Y %H:%M:%S %z": ("Thu, 01 Oct 2026 09:00:00 +0200", "Thu, 01 Oct 2026 07:00:00 GMT"),
    "%A %d %B %Y %H:%M:%S %z": ("Thursday 01 October 2026 09:00:00 +0200", "Thursday 01 October 2026 07:00:00 Z"),
    "%FT%T%z": ("2026-10-01T07:00:00Z", "2026-10-01T09:00:00+02:00"),
    "%a %b %d %T %z %Y": ("Thu Oct  1 07:00:00 Z 2026", "Thu Oct 1 09:00:00 +0200 2026"),
}


@pytest.mark.parametrize(("form", "texts"), _FORMATS.items(), ids=_FORMATS.keys())
def test_a_format_takes_days_months_and_z(form: str, texts: tuple[str, ...], tmp_path: Path) -> None:
    dialect = tmp_path / "own.toml"
    dialect.write_text(
        f'name = "own"\n[fields]\ntimestamp = {{ field = "at", format = "{form}" }}\n'
        'method = "method"\nurl = "url"\nstatus = "status"\n'
    )
    path = tmp_path / "calls.json"
    path.write_text("".join(json_line(at=text) for text in (*texts, "soon")))
    inspection = inspect(str(path), ReadOptions(dialect=dialect), limit=None, now=NOW)
    assert [f"{call.called_at:%Y-%m-%dT%H:%M:%SZ}" for call in inspection.calls] == ["2026-10-01T07:00:00Z"] * 2
    [reject] = inspection.rejects
    assert reject.detail == f"the time • does not fit the format {form}, or there is no such day or time of day"


def test_a_format_is_for_date_and_time_of_day_together(tmp_path: Path) -> None:
    dialect = tmp_path / "own.toml"
    dialect.write_text(
        'name = "own"\nformat = "csv"\n[fields]\ntimestamp = { date = "day", time = "clock", format = "%m/%d/%Y %H:%M:%S" }\n'
        'method = "verb"\nurl = "url"\nstatus = "status"\n'
    )
    path = tmp_path / "calls.csv"
    rows = [("10/1/2026", "9:00:00"), ("12/31/2016", "23:59:60"), ("02/30/2026", "9:00:00")]
    path.write_text("day;clock;verb;url;status\n" + "".join(f"{day};{clock};GET;{URL};200\n" for day, clock in rows))
    found = inspect(str(path), ReadOptions(dialect=dialect, time_zone="UTC"), limit=None, now=NOW)
    assert [f"{call.called_at:%Y-%m-%dT%H:%M:%SZ}" for call in found.calls] == [
        "2026-10-01T09:00:00Z",
        "2017-01-01T00:00:00Z",
    ]
    [reject] = found.rejects
    assert "02/30/2026 9:00:00 does not fit the format %m/%d/%Y %H:%M:%S" in (reject.detail or "")
    # Without a format the reason says which ones there are, and each of them reads it.
    dialect.write_text(dialect.read_text().replace(', format = "%m/%d/%Y %H:%M:%S"', ""))
    said = (
        inspect(str(path), ReadOptions(dialect=dialect, time_zone="UTC"), limit=None, now=NOW).rejects[0].detail or ""
    )
    assert said.endswith("%d/%m/%Y %H:%M:%S or %m/%d/%Y %H:%M:%S")
    dialect.write_text(dialect.read_text().replace('"clock"', '"clock", format = "%m/%d/%Y %H:%M:%S"'))
    unzoned = inspect(str(path), ReadOptions(dialect=dialect), limit=None, now=NOW).rejects
    assert all("--time-zone says which zone is meant" in (reject.detail or "") for reject in unzoned)


@FEW
@given(
    st.lists(
        st.tuples(strategies.numbers(), strategies.numbers(), strategies.numbers(), strategies.times()), min_size=30
    )
)
def test_product_and_oracle_read_the_same_numbers_and_times(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("values") / "calls.json"
    names = ("duration_ms", "request_bytes", "response_bytes", "timestamp")
    path.write_text("".join(json_line(**dict(zip(names, row, strict=True))) for row in rows))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    found = {call.line_number: [call.called_at, *(getattr(call, name) for name in READ)] for call in inspection.calls}
    context = Context(now=NOW, lake_time_zone=LAKE_TIME_ZONE)
    fates = read_file("json", path.read_bytes(), context)
    expected = {
        number: [fate["called_at"], *(fate[name] for name in READ)]
        for number, fate in enumerate(fates, start=1)
        if isinstance(fate, dict)
    }
    assert found == expected


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as one:
        yield one


@FEW
@given(st.lists(strategies.numbers() | st.text(max_size=20), min_size=100))
def test_what_is_read_as_a_number_is_no_less_than_none_and_never_fails(
    connection: duckdb.DuckDBPyConnection, texts: list[str]
) -> None:
    connection.register("texts", pa.table({"text": texts}))
    rows = connection.execute(
        "select milliseconds(text, 1), possible_duration(milliseconds(text, 1)), size_in_bytes(text), shown_value(text) from texts"
    ).fetchall()
    connection.unregister("texts")
    for _, duration, size, shown in rows:
        assert duration is None or 0 <= duration <= 1e9
        assert size is None or 0 <= size <= 1e15
        assert len(shown) <= 60
