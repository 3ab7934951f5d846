"""Loads of logs in a dialect: the lake remembers the dialect, and stores what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ingest import Lake, ReadOptions, retry_rejects
from tests.ingest import lakes, worked
from tests.ingest.formats.dialects import ACME, HOST, TARGET, acme, dialect_file
from tests.ingest.lakes import written
from tests.ingest.understand.canaries import Planted, kinds
from tests.ingest.understand.canaries import found_in as found_in_bytes
from tests.ingest.understand.canary_places import places_of
from tests.ingest.worked import PRODUCTS

if TYPE_CHECKING:
    from pathlib import Path


def test_a_log_that_grows_is_read_on_without_the_file_of_its_dialect(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path)
    log = written(tmp_path / "acme.log", acme(1), acme(2))
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, log, dialect=dialect)) == ("loaded", 2, 0, 0, 0)
    dialect.unlink()
    written(log, acme(1), acme(2), acme(3))
    assert lakes.fate(lakes.load_one(lake, log)) == ("loaded", 1, 0, 0, 0)
    assert [(load["log_format"], load["dialect"]) for load in lakes.loads(lake)] == [("json", "acme"), ("json", "acme")]
    assert lakes.load_one(lake, log).status == "unchanged"


def test_two_dialects_of_one_name_are_not_read_as_one(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    other = ACME.replace('"address"', '"place"')
    one, two = (
        written(tmp_path / "a" / "one.log", acme(1)),
        written(tmp_path / "b" / "two.log", acme(2, place=TARGET, address="-")),
    )
    lakes.load(lake, one, dialect=dialect_file(tmp_path / "a"))
    lakes.load(lake, two, dialect=dialect_file(tmp_path / "b", other), host="8765.rest.afas.online")
    written(one, acme(1), acme(3))
    written(two, acme(2, place=TARGET, address="-"), acme(4, place=TARGET, address="-"))
    report = lakes.load(lake, one, two, host="8765.rest.afas.online")
    assert [source.calls for source in report.sources] == [1, 1]
    assert sorted(call["customer"] for call in lakes.calls(lake)) == ["4321", "4321", "8765", "8765"]


def test_no_path_of_a_dialect_widens_what_is_stored(tmp_path: Path) -> None:
    secret = "PHRva2VuPjxkYXRhPjEyMzQ1Njc4OTA8"
    text = (
        ACME
        + 'user_agent = "a"\nrequest_id = "b"\napi_version = "c"\nbody = "d"\nauthorization = "e"\nintegration_id = "f"\n'
    )
    log = written(tmp_path / "log", acme(1, **dict.fromkeys("abcdef", f"AfasToken {secret}")))
    lake = tmp_path / "lake"
    lakes.load(lake, log, dialect=dialect_file(tmp_path, text))
    [call] = lakes.calls(lake)
    assert (call["token_form"], call["integration_id"]) == ("base64", "redacted")
    assert secret not in str(call)
    assert all(secret.encode() not in path.read_bytes() for path in lake.rglob("*") if path.is_file())
    assert Lake(lake).snapshot().calls


def test_what_was_rejected_for_its_names_becomes_calls_with_a_dialect(tmp_path: Path) -> None:
    text = ACME.replace('"when"', '"timestamp"').replace('"verb"', '"method"')
    record = {"timestamp": "2026-10-01T07:00:01Z", "method": "GET", "address": f"https://{HOST}{TARGET}"}
    log = written(tmp_path / "log", record | {"answer": {"code": 200}})
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, log, log_format="json")) == ("loaded", 0, 1, 0, 0)
    report = retry_rejects(lake, [str(log)], ReadOptions(dialect=dialect_file(tmp_path, text)), now=worked.NOW)
    assert [(source.error, source.calls) for source in report.sources] == [(None, 1)]
    assert [call["customer"] for call in lakes.calls(lake)] == ["4321"]


def test_no_secret_of_a_har_entry_is_below_the_lake(tmp_path: Path) -> None:
    document = json.loads((PRODUCTS / "har.log").read_text(encoding="utf-8"))
    entry = document["log"]["entries"][0]
    lines = [
        Planted(place, canary, write(canary.text))
        for serial, (place, write) in enumerate(places_of(json.dumps(entry)), start=90_000)
        for canary in kinds(serial)
        # A size is a number, whatever it is.
        if canary.kind != "citizen service number" or not ("(a number)" in place or place == "response.bodySize")
    ]
    document["log"]["entries"] = [json.loads(line.line) for line in lines]
    path = tmp_path / "log.har"
    path.write_text(json.dumps(document))
    report = lakes.load_one(tmp_path / "lake", path)
    assert (report.status, report.lines) == ("loaded", len(lines))
    kept = [file.read_bytes() for file in sorted((tmp_path / "lake").rglob("*")) if file.is_file()]
    kept += [
        str(rows).encode() for rows in (lakes.calls(tmp_path / "lake"), lakes.stored(tmp_path / "lake", "rejects"))
    ]
    assert found_in_bytes(b"\n".join(kept), lines) == []
