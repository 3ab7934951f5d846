"""JSON as programs write it: headers in several shapes, and keys that stand in an object twice."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from ingest import ReadOptions, inspect
from tests.ingest import lakes, worked

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import Inspection

FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ID = "1234_5678"
RECORD = {
    "timestamp": "2026-10-01T07:00:00Z",
    "method": "GET",
    "url": "https://4321.rest.afas.online/ProfitRestServices/metainfo",
    "status": 200,
}


def looked_at(path: Path, *lines: object, **options: Any) -> Inspection:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)


SHAPES: dict[str, Any] = {
    "an object": {"IntegrationId": ID, "Accept": "*/*"},
    "an object of lists": {"IntegrationId": [ID], "Accept": ["*/*"]},
    "an object of objects": {"IntegrationId": {"value": ID}, "Accept": {"value": "*/*"}},
    "an object of lists of objects": {"IntegrationId": [{"key": "IntegrationId", "value": ID}], "Accept": []},
    "an object of values": {"IntegrationId": {"values": [ID]}, "Accept": {"values": ["a", "b"]}},
    "names and values": [{"name": "IntegrationId", "value": ID}, {"name": "Accept", "value": "*/*"}],
    "names and values, upper case": [{"Name": "INTEGRATIONID", "Value": ID}, {"Name": "Accept", "Value": "*/*"}],
    "keys and values": [{"key": "integrationid", "value": ID}, {"key": "Accept", "value": ["a", "b"]}],
    "names and lists of values": [{"name": "IntegrationId", "values": [ID]}, {"name": "Accept", "values": []}],
    "pairs": [["Accept", "*/*"], ["IntegrationId", ID]],
    "an object each": [{"IntegrationId": ID}, {"Accept": "*/*"}],
    "texts as they were sent": ["Accept: a:b", f"IntegrationId: {ID}"],
}
IN_TEXTS = {f"{name}, as a JSON text": json.dumps(shape) for name, shape in SHAPES.items()}


@pytest.mark.parametrize("headers", (SHAPES | IN_TEXTS).values(), ids=(SHAPES | IN_TEXTS).keys())
def test_headers_are_read_in_every_shape(tmp_path: Path, headers: object) -> None:
    none = {name: shape for name, shape in SHAPES.items() if name in {"an object", "pairs"}}
    found = looked_at(
        tmp_path / "log",
        RECORD | {"headers": headers},
        *(json.dumps(RECORD | {"headers": shape}).replace("IntegrationId", "Other") for shape in none.values()),
        RECORD | {"headers": []},
    )
    said = [(call.integration, call.id_status, call.token_form) for call in found.calls]
    sent_none = (None, "missing", "none")
    assert said == [(ID, "valid", "none"), sent_none, sent_none, sent_none]
    assert found.warnings == ()


@pytest.mark.parametrize("headers", [*SHAPES.values(), json.dumps(SHAPES["an object"])], ids=[*SHAPES, "a text"])
def test_headers_in_parquet_are_read_in_every_shape_it_has(tmp_path: Path, headers: object) -> None:
    if headers in (SHAPES["keys and values"], SHAPES["an object each"]):
        headers = [{"key": "integrationid", "value": ID}]  # a column has one type
    path = tmp_path / "log.parquet"
    parquet.write_table(pa.Table.from_pylist([RECORD | {"headers": headers}]), path)
    found = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    assert ([call.integration for call in found.calls], found.warnings) == ([ID], ())


def test_a_header_that_comes_twice_is_repeated_in_every_shape(tmp_path: Path) -> None:
    other = "1234_5679"
    shapes: list[object] = [
        [{"name": "IntegrationId", "value": ID}, {"name": "IntegrationId", "value": other}],
        [["IntegrationId", ID], ["integrationid", other]],
        [f"IntegrationId: {ID}", f"IntegrationId: {other}"],
    ]
    found = looked_at(tmp_path / "log", *(RECORD | {"headers": headers} for headers in shapes))
    assert [call.id_defect for call in found.calls] == ["repeated"] * len(shapes)


UNREAD: dict[str, object] = {
    "a text that is no JSON": f"{{'IntegrationId': '{ID}'}}",
    "a number": 7,
    "a list of texts": ["IntegrationId", ID],
    "a list with something else in it": [{"name": "IntegrationId", "value": ID}, 7],
    "a list without names": [{"a": 1, "b": 2}],
    "more than anybody sends": [[str(number), "x"] for number in range(2000)],
}


@pytest.mark.parametrize("headers", UNREAD.values(), ids=UNREAD.keys())
def test_headers_in_another_shape_are_warned_of_once_and_say_nothing(tmp_path: Path, headers: object) -> None:
    path = tmp_path / "log"
    found = looked_at(
        path, RECORD | {"headers": headers}, RECORD | {"headers": SHAPES["pairs"]}, RECORD | {"headers": headers}
    )
    assert [call.id_status for call in found.calls] == ["not_logged", "valid", "not_logged"]
    said = "headers is in a shape that is not read in 2 lines, so nobody knows which headers were sent there; expected an object,"
    [warning] = found.warnings
    assert said in warning
    other = tmp_path / "other"
    other.write_text(json.dumps(RECORD | {"headers": SHAPES["an object"]}) + "\n")
    assert lakes.load(tmp_path / "lake", other, path).warnings == (warning,)


# -- keys that stand in an object twice ----------------------------------------------------------------------------------


def pairs_text(pairs: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in pairs) + "}"


@FEW
@given(st.randoms(use_true_random=False))
def test_a_key_may_stand_twice_where_it_says_the_same_and_else_it_is_named(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    lines = []
    expected: list[str | None] = []
    for _ in range(10):
        headers = [("IntegrationId", json.dumps(ID)), ("Accept", '"*/*"'), ("X-Two", '["a", "b"]')]
        record = [(key, json.dumps(value)) for key, value in RECORD.items()] + [("duration_ms", "12.5")]
        inside = chance.choice([True, False])
        chosen = headers if inside else record
        key, value = chance.choice(chosen)
        is_same = chance.choice([True, False])
        other = value.replace(" ", "") if is_same else '"another"'
        for _ in range(chance.randint(1, 2)):
            chosen.insert(chance.randint(0, len(chosen)), (key, other))
        record.insert(chance.randint(0, len(record)), ("headers", pairs_text(headers)))
        lines.append(pairs_text(record))
        expected.append(None if is_same else f"the key {key} stands in an object twice, with different values")
    found = looked_at(
        tmp_path_factory.mktemp("log") / "log", pairs_text([(k, json.dumps(v)) for k, v in RECORD.items()]), *lines
    )
    said: dict[int, str | None] = {call.line_number: None for call in found.calls}
    said |= {reject.line_number: reject.detail for reject in found.rejects}
    assert [said[number] for number in range(2, 12)] == expected
    assert {reject.reason for reject in found.rejects} <= {"duplicate_key"}
    assert {call.integration for call in found.calls if call.line_number > 1} <= {ID}


NESTED = {
    "an object that holds the fields": '"http":{"request":{"method":"GET"},"response":{"status_code":200}}',
    "an object in it": '"http":{"request":{"method":"GET"},"request":{"method":"PUT"},"response":{"status_code":200}}',
    "a field in that": '"http":{"request":{"method":"GET","method":"PUT"},"response":{"status_code":200}}',
}


@pytest.mark.parametrize(("name", "inner"), NESTED.items(), ids=NESTED.keys())
def test_at_any_depth_a_key_with_two_values_is_named(tmp_path: Path, name: str, inner: str) -> None:
    url = '"url":{"domain":"4321.rest.afas.online","path":"/ProfitRestServices/metainfo"}'
    good = f'{{"@timestamp":"2026-10-01T07:00:00Z",{NESTED["an object that holds the fields"]},{url}}}'
    bad = (
        f'{{"@timestamp":"2026-10-01T07:00:00Z","http":{{}},{inner},{url}}}'
        if name.startswith("an object that")
        else (f'{{"@timestamp":"2026-10-01T07:00:00Z",{inner},{url}}}')
    )
    found = looked_at(tmp_path / "log", good, bad, good[:-1] + f",{url}}}")
    assert [call.line_number for call in found.calls] == [1, 3]
    key = {"an object that holds the fields": "http", "an object in it": "request", "a field in that": "method"}[name]
    assert [reject.detail for reject in found.rejects] == [
        f"the key {key} stands in an object twice, with different values"
    ]


def test_a_key_that_is_named_is_no_secret(tmp_path: Path) -> None:
    line = json.dumps(RECORD)
    found = looked_at(tmp_path / "log", line, f'{line[:-1]}, "jan@example.nl": 1, "jan@example.nl": 2}}')
    assert [reject.detail for reject in found.rejects] == [
        "the key redacted stands in an object twice, with different values"
    ]
