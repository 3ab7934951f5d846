"""Lines that hold several records: each record is a line with its own fate, counted once, however the log grows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ingest import ReadOptions, inspect, retry_rejects
from tests.ingest import worked
from tests.ingest.lakes import broken, calls, fate, load_one, loads, rejects

if TYPE_CHECKING:
    from pathlib import Path

START_NS = 1_790_838_000 * 10**9


def record(number: int, **more: object) -> dict[str, Any]:
    """One request as OTLP has it; the lake keeps its number as the request's id."""
    attributes = {
        "http.request.method": "GET",
        "url.full": "https://4321.rest.afas.online/ProfitRestServices/metainfo",
        "http.response.status_code": 200,
    }
    pairs = [{"key": key, "value": {"stringValue": str(value)}} for key, value in (attributes | more).items()]
    return {"timeUnixNano": str(START_NS + number * 10**9), "traceId": f"{number}", "attributes": pairs}


def batch(*scopes: object) -> bytes:
    """A line as the file exporter of a collector writes it: the records of each scope, each of a resource of its own."""
    return (
        json.dumps(
            {"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": records}]} for records in scopes]}
        ).encode()
        + b"\n"
    )


BAD = record(99, **{"http.response.status_code": 999})


def places(lake: Path) -> list[tuple[int, int]]:
    """Number and line number of every call, sorted."""
    return sorted((int(call["request_id"]), call["line_number"]) for call in calls(lake))


def test_every_record_of_a_batch_is_a_line_also_when_the_log_grows(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "otlp.jsonl"
    first, second = batch([record(1), record(2)], [BAD, record(3)]), batch([record(4), BAD])
    path.write_bytes(first)
    assert fate(load_one(lake, path)) == ("loaded", 3, 1, 0, 0)
    assert fate(load_one(lake, path)) == ("unchanged", 0, 0, 0, 0)
    path.write_bytes(first + second)
    assert fate(load_one(lake, path)) == ("loaded", 1, 1, 0, 0)
    assert places(lake) == [(1, 1), (2, 2), (3, 4), (4, 5)]
    assert rejects(lake) == [(3, 0, "bad_status"), (6, len(first), "bad_status")]
    assert [(row["lines"], row["start_byte"], row["end_byte"]) for row in loads(lake)] == [
        (4, 0, len(first)),
        (2, len(first), len(first + second)),
    ]
    assert broken(lake) == {}


def test_what_is_no_batch_stays_a_line_and_does_not_touch_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "otlp.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + batch([record(1), "a\nb", 7, None, record(2)], [])
        + b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": "\n'
        + b'{"resourceLogs": []}\n\n'
        + b'{"resourceLogs": 5}\r\n'
        + batch([record(3)])
        + json.dumps(record(4)).encode()
    )
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    assert sorted((call.request_id, call.line_number) for call in inspection.calls) == [
        ("1", 1),
        ("2", 5),
        ("3", 10),
        ("4", 11),
    ]
    assert sorted((reject.line_number, reject.reason) for reject in inspection.rejects) == [
        (2, "not_a_record"),
        (3, "not_a_record"),
        (4, "not_a_record"),
        (6, "not_a_record"),
        (7, "bad_time"),
        (9, "bad_time"),
    ]
    assert inspection.lines == 11


def test_a_batch_is_known_by_any_of_its_records(tmp_path: Path) -> None:
    path = tmp_path / "otlp.jsonl"
    path.write_bytes(batch([{"timeUnixNano": "1", "body": {"stringValue": "started"}}], [record(1)]))
    for options in (ReadOptions(), ReadOptions(dialect="opentelemetry")):
        inspection = inspect(str(path), options, limit=None, now=worked.NOW)
        assert (inspection.dialect, [call.line_number for call in inspection.calls]) == ("opentelemetry", [2])


@pytest.mark.parametrize("final", [False, True])
def test_a_batch_without_its_end_waits_for_it_or_is_read_as_it_is(tmp_path: Path, *, final: bool) -> None:
    lake, path = tmp_path / "lake", tmp_path / "otlp.jsonl"
    whole, torn = batch([record(1)]), batch([record(2), record(3)])[:-1]
    path.write_bytes(whole + torn)
    expected = ("loaded", 3, 0, 0, 0) if final else ("loaded", 1, 0, 0, len(torn))
    assert fate(load_one(lake, path, final=final)) == expected
    path.write_bytes(whole + torn + b"\n" + batch([record(4)]))
    load_one(lake, path)
    assert places(lake) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert broken(lake) == {}


def test_the_rejected_records_of_a_batch_are_read_again(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "azure.json"

    def access(number: int, host: str) -> dict[str, Any]:
        properties = {
            "httpMethod": "GET",
            "httpStatus": 200,
            "requestUri": "/ProfitRestServices/metainfo",
            "host": host,
        }
        properties["transactionId"] = str(number)
        time = f"2026-10-01T07:00:0{number}Z"
        return {"timeStamp": time, "category": "ApplicationGatewayAccessLog", "properties": properties}

    known = [access(1, "4321.rest.afas.online"), access(2, ""), access(3, "4321.rest.afas.online"), access(4, "")]
    line = json.dumps({"records": known}).encode() + b"\n"
    path.write_bytes(line * 2)
    assert fate(load_one(lake, path)) == ("loaded", 4, 4, 0, 0)
    options = ReadOptions(host="4321.rest.afas.online")
    [source] = retry_rejects(lake, [str(path)], options, now=worked.NOW).sources
    assert (source.status, source.lines, source.calls) == ("retried", 4, 4)
    assert places(lake) == [(1, 1), (1, 5), (2, 2), (2, 6), (3, 3), (3, 7), (4, 4), (4, 8)]
    assert rejects(lake) == []
    assert broken(lake) == {}


def test_a_batch_that_was_one_line_when_it_was_loaded_is_to_be_loaded_anew(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "otlp.jsonl"
    path.write_bytes(batch([record(1), record(2)]))
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\n[fields]\ntimestamp = "resourceLogs"\nmethod = "resourceLogs"\nurl = "resourceLogs"\nstatus = "resourceLogs"\n'
    )
    assert fate(load_one(lake, path, dialect=str(own))) == ("loaded", 0, 1, 0, 0)
    [source] = retry_rejects(lake, [str(path)], ReadOptions(dialect="opentelemetry"), now=worked.NOW).sources
    assert source.status == "failed"
    assert "'koppelzicht ingest --replace' reloads the source" in str(source.error)
    assert fate(load_one(lake, path, replace=True)) == ("loaded", 2, 0, 0, 0)
    assert broken(lake) == {}
