"""What a line means does not depend on its neighbours: a block of lines is read by one statement, which knows the names that all use."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, inspect
from ingest.engine.connection import connect_shared
from ingest.formats.csv_rows.format import Csv
from ingest.formats.json_lines.format import JsonLines
from tests.ingest import worked
from tests.ingest.formats.raw_fields import raw_fields
from tests.oracle.oracle import Context, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

SOME = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CALL = {
    "timestamp": "2026-10-01T07:00:00Z",
    "method": "GET",
    "url": "https://4321.rest.afas.online/ProfitRestServices/metainfo",
    "status": 200,
}
IDS = st.sampled_from(["1234_5678", "1234_5679", "1234-5678", "", " ", "-"])
ONE_VALUE = IDS | st.sampled_from([None, True, False, 7, {}, {"a": "b"}, {"value": "1234_5678"}, {"value": None}])
VALUES: st.SearchStrategy[Any] = ONE_VALUE | st.lists(ONE_VALUE | st.just([]), max_size=3)
ID_NAMES = st.sampled_from(["IntegrationId", "integrationid", "INTEGRATIONID"])
OTHER_NAMES = st.sampled_from(["User-Agent", "user-agent", "Authorization", "authorization", "X-Request-Id", "Accept"])
HEADERS = st.dictionaries(ID_NAMES | OTHER_NAMES, VALUES, max_size=5)
OWN_SHAPES: st.SearchStrategy[Any] = HEADERS | st.just([]) | st.none()
"""How our own dialect may write headers, as the contract says."""
OTHER_SHAPES: st.SearchStrategy[Any] = (
    HEADERS.map(lambda headers: [list(pair) for pair in headers.items()])
    | HEADERS.map(json.dumps)
    | HEADERS.map(lambda headers: {"request": headers})
    | HEADERS.map(lambda headers: {"request": headers, **headers})
    | st.sampled_from(["", "no headers", 7, {"X-Other": {"a": "b"}}])
)
"""How others write them, and what is none."""
FIELDS = st.fixed_dictionaries(
    {}, optional={"integration_id": VALUES, "user_agent": IDS, "request_id": IDS} | {"IntegrationID": VALUES}
)


def records(shapes: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Calls that differ in their headers, and in the fields that stand for a header."""
    with_headers = st.fixed_dictionaries({}, optional={"headers": shapes})
    return st.builds(lambda headers, fields: CALL | headers | fields, with_headers, FIELDS)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_shared() as connection:
        yield connection


@SOME
@given(st.lists(records(OWN_SHAPES | OTHER_SHAPES), min_size=2, max_size=8))
def test_a_line_of_json_means_the_same_whatever_its_neighbours_look_like(
    engine: duckdb.DuckDBPyConnection, given_records: list[dict[str, Any]]
) -> None:
    lines = [json.dumps(record) for record in given_records]
    together = raw_fields(engine, JsonLines(), *lines)
    alone = [raw_fields(engine, JsonLines(), line)[0] | {"line_number": number} for number, line in enumerate(lines, 1)]
    assert worked.different_fates(together, alone) == []


SENT = {"headers": {"IntegrationId": "1234_5678"}}


@pytest.mark.parametrize(
    ("line", "neighbour", "id_text", "is_repeated"),
    [
        # an empty header wins over the field, also beside a line that spells the header otherwise
        ({"headers": {"IntegrationId": ""}, "integration_id": "1234_5678"}, {"headers": {"integrationid": "1"}}, "", False),
        ({"headers": {"IntegrationId": []}, "integration_id": "1234_5678"}, SENT, "1234_5678", False),
        ({"headers": {"IntegrationId": [None]}, "integration_id": ["", "1234_5678"]}, SENT, ", 1234_5678", True),
        ({"headers": {"integrationid": ["1_2"], "INTEGRATIONID": "1_3"}}, SENT, "1_2, 1_3", True),
        ({"headers": {"integrationid": "1_2", "INTEGRATIONID": []}}, SENT, "1_2", False),
        # a header that is an object is no kind of headers, also beside headers that are a list
        (
            {"headers": {"IntegrationId": "1234_5678", "Accept": {"a": "b"}}},
            {"headers": [["IntegrationId", "1"]]},
            "1234_5678",
            False,
        ),
    ],
)  # fmt: skip
def test_the_header_of_a_line_is_its_own(
    engine: duckdb.DuckDBPyConnection,
    line: dict[str, Any],
    neighbour: dict[str, Any],
    id_text: str,
    is_repeated: bool,  # noqa: FBT001
) -> None:
    for records in ([line], [line, neighbour]):
        [found, *_] = raw_fields(engine, JsonLines(), *(json.dumps(CALL | record) for record in records))
        assert (found["id_text"], found["id_repeated"], found["id_logged"]) == (id_text, is_repeated, True)


COLUMNS = (*CALL, "integration_id", "user_agent", "headers")


@SOME
@given(st.lists(records(HEADERS | OTHER_SHAPES), min_size=2, max_size=8))
def test_a_row_of_csv_means_the_same_whatever_its_neighbours_look_like(
    engine: duckdb.DuckDBPyConnection, given_records: list[dict[str, Any]]
) -> None:
    header, *rows = [
        _row([value if isinstance(value, str) or value is None else json.dumps(value) for value in values])
        for values in (COLUMNS, *([record.get(column) for column in COLUMNS] for record in given_records))
    ]
    together = raw_fields(engine, Csv(), header, *rows)
    alone = [raw_fields(engine, Csv(), header, row)[0] | {"line_number": number} for number, row in enumerate(rows, 2)]
    assert worked.different_fates(together, alone) == []


def _row(values: Sequence[str | None]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()


@SOME
@given(st.lists(records(OWN_SHAPES), min_size=20, max_size=40))
def test_product_and_oracle_read_the_same_headers_under_every_spelling(
    tmp_path_factory: pytest.TempPathFactory, given_records: list[dict[str, Any]]
) -> None:
    named = [{key: value for key, value in record.items() if key != "IntegrationID"} for record in given_records]
    path = tmp_path_factory.mktemp("headers") / "log"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in named))
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    found = inspect(str(path), ReadOptions(stream="test"), limit=None, now=worked.NOW)
    assert not found.rejects
    expected = read_file("json", path.read_bytes(), context)
    calls = [call.model_dump(exclude={"load_id"}) for call in found.calls]
    assert worked.different_fates(calls, [call for call in expected if isinstance(call, dict)]) == []
