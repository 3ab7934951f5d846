"""JSON as programs write it: headers in several shapes, and keys that stand in an object twice."""

from __future__ import annotations

import csv
import io
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
    from collections.abc import Sequence
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
    said = "headers has a shape that is not read in 2 lines, so nobody knows which headers were sent there; expected an object,"
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


# -- headers in a column of a table --------------------------------------------------------------------------------------


def table(*rows: tuple[dict[str, Any], object], delimiter: str = ",", names: Sequence[str] = ("headers",)) -> bytes:
    """A table of these records, whose last columns hold this text (or each of these)."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*RECORD, *names])
    for record, said in rows:
        writer.writerow([*record.values(), *(said if isinstance(said, tuple) else (said,))])
    return text.getvalue().encode()


def looked_at_table(path: Path, content: bytes, **options: Any) -> Inspection:
    path.write_bytes(content)
    return inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)


def said_of(found: Inspection, *, above: int = 0) -> list[tuple[object, ...]]:
    """What its calls say; a table has a line above the first of them."""
    return [
        (call.line_number - above, call.integration, call.id_status, call.id_defect, call.token_form, call.user_agent)
        for call in found.calls
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_headers_in_a_column_are_read_in_every_shape(tmp_path: Path, delimiter: str) -> None:
    shapes = list(SHAPES.values())
    texts = [
        *map(json.dumps, shapes),
        json.dumps(SHAPES["pairs"]).replace("IntegrationId", "Other"),
        "{}",
        "[]",
        "null",
        "",
    ]
    found = looked_at_table(tmp_path / "calls.csv", table(*((RECORD, text) for text in texts), delimiter=delimiter))
    said = [(call.integration, call.id_status, call.token_form) for call in found.calls]
    sent_none, nobody_knows = (None, "missing", "none"), (None, "not_logged", "not_logged")
    assert said == [(ID, "valid", "none")] * len(shapes) + [sent_none] * 3 + [nobody_knows] * 2
    assert found.unread_columns == ()


HEADER_NAMES = st.sampled_from(
    ["IntegrationId", "integrationid", "INTEGRATIONID", "Authorization", "User-Agent", "Accept"]
)
HEADER_VALUES = st.sampled_from([ID, "1234_5679", "Bearer x", "Acme/1.0", " ", 'a"b;c,d\te', None, 7])
SENT = st.one_of(
    st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=4).map(json.dumps),
    st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=4).map(json.dumps),
    st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES.map(json.dumps)), max_size=4).map(pairs_text),
    st.sampled_from(["7", '"x"', "[7]", "x", '{"a":', "[[[[1]]]]"]),
)


@FEW
@given(st.lists(SENT, min_size=30, max_size=30))
def test_headers_in_a_column_say_what_they_say_in_json(
    tmp_path_factory: pytest.TempPathFactory, sent: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    expected = looked_at(folder / "calls.json", *(RECORD | {"headers": text} for text in ["{}", *sent]))
    found = looked_at_table(folder / "calls.csv", table(*((RECORD, text) for text in ["{}", *sent])))
    assert said_of(found, above=1) == said_of(expected)
    rejected = [(reject.line_number - 1, reject.reason, reject.detail) for reject in found.rejects]
    assert rejected == [(reject.line_number, reject.reason, reject.detail) for reject in expected.rejects]
    assert [warning.partition(": ")[2] for warning in found.warnings] == [
        warning.partition(": ")[2] for warning in expected.warnings
    ]


def test_a_table_with_headers_that_grows_is_the_same_and_counts_what_is_not_read(tmp_path: Path) -> None:
    texts = ["nonsense", "{}", json.dumps(SHAPES["pairs"]), "7", json.dumps(SHAPES["an object"]), "x"]
    content = table(*((RECORD, text) for text in texts))
    lines = content.splitlines(keepends=True)
    path, lake = tmp_path / "calls.csv", tmp_path / "lake"
    for end in (2, 3, 5, 7):
        path.write_bytes(b"".join(lines[:end]))
        said = lakes.load(lake, path).warnings
    assert [text.partition(", so nobody")[0] for text in said] == [
        f"{path}: headers has a shape that is not read in 3 lines"
    ]
    calls = sorted(lakes.calls(lake), key=lambda call: call["line_number"])
    statuses = [call["id_status"] for call in calls]
    assert statuses == ["not_logged", "missing", "valid", "not_logged", "valid", "not_logged"]
    assert lakes.broken(lake) == {}


def test_a_dialect_says_which_column_holds_headers_and_the_warning_how(tmp_path: Path) -> None:
    content = table((RECORD, ('{"h.IntegrationId": "1234_5678"}', "")), names=("request_headers", "note"))
    [_, warning] = looked_at_table(tmp_path / "calls.csv", content).warnings
    assert "request_headers (could be headers)" in warning
    assert 'headers = "NAME"' in warning
    dialect = tmp_path / "acme.toml"
    dialect.write_text(
        'name = "acme"\nlike = "koppelzicht_csv"\nheaders = { at = "Request_Headers", prefix = "h." }\n',
        encoding="utf-8",
    )
    found = looked_at_table(tmp_path / "calls.csv", content, dialect=str(dialect))
    assert [call.integration for call in found.calls] == [ID]
    assert found.warnings == ()


def test_the_host_among_headers_in_a_column_is_the_host_and_no_other_row_depends_on_it(tmp_path: Path) -> None:
    path = RECORD | {"url": "/ProfitRestServices/metainfo"}
    sent = {"Host": "7654321.rest.afas.online", "IntegrationId": ID}
    rows = [
        (path, (json.dumps(sent), "4321.rest.afas.online")),
        (path, (json.dumps(sent | {"Host": "internal"}), "4321.rest.afas.online")),
        (path, ("{}", "4321.rest.afas.online")),
        (path, (json.dumps({"Referer": "https://7654321.rest.afas.online/x"}), "")),
        (path, (json.dumps({"X-Site": "https://7654321.rest.afas.online/x"}), "")),
    ]
    for chosen in (rows, rows[1:], rows[2:]):
        content = table(*chosen, names=("headers", "edge"))
        found = looked_at_table(tmp_path / "calls.csv", content, host="5432.rest.afas.online")
        first = len(rows) - len(chosen)
        assert [call.customer for call in found.calls] == ["7654321", "4321", "4321", "5432"][first:]
        assert [(reject.line_number, reject.reason) for reject in found.rejects] == [(len(chosen) + 1, "no_customer")]
