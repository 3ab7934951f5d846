"""HAR and Parquet: one document instead of lines, known as a whole."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from ingest import ReadOptions, SourceError, inspect
from ingest.formats.documents import document_blocks, document_format
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.load import loader
from ingest.read.source import open_source
from tests.ingest import lakes
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.read.reader import Reader

URL = "https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject"
HAR_ENTRY = {
    "startedDateTime": "2026-10-01T12:00:00Z",
    "request": {"method": "GET", "url": URL, "headers": []},
    "response": {"status": 200, "headers": []},
}


def _table(rows: int, **columns: Any) -> pa.Table:
    begin = dt.datetime(2026, 10, 1, 12, 0, 0, 500_000, dt.UTC)
    times = [begin + dt.timedelta(seconds=number) for number in range(rows)]
    given: dict[str, Any] = {
        "timestamp": pa.array(times, pa.timestamp("us", "UTC")),
        "method": ["GET"] * rows,
        "url": [URL] * rows,
        "status": [200] * rows,
        "integration_id": ["4321_1"] * rows,
        "request_id": [str(number) for number in range(rows)],
    }
    return pa.table(given | columns)


def _har(entries: list[object], **log: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, **log, "entries": entries}}).encode()


def _cut(
    path: Path, kind: str | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[str | None, list[tuple[int, Any]]]:
    """The kind of this document, and its entries with their places."""
    with contextlib.closing(open_source(str(path), limits=limits)) as reader:
        found = document_format(reader, kind)
        assert found is not None
        entries = []
        for block in document_blocks(found, reader, reader):
            assert block.places is not None
            lines = bytes(block.data).split(b"\n")[:-1]
            entries += [(place, json.loads(line)) for place, line in zip(block.places.tolist(), lines, strict=True)]
        return found, entries


# -- Parquet


def test_a_row_of_parquet_is_a_call(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    write_table(_table(2, duration_ms=[12.5, float("nan")], unknown=["x", "y"]), path)
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert (inspection.log_format, inspection.lines, inspection.rejects) == ("parquet", 2, [])
    assert [
        (
            call.called_at.isoformat(),
            call.integration,
            call.customer,
            call.connector,
            call.duration_ms,
            call.line_number,
        )
        for call in inspection.calls
    ] == [
        ("2026-10-01T12:00:00.500000+00:00", "4321_1", "1234", "KnSubject", 12.5, 1),
        ("2026-10-01T12:00:01.500000+00:00", "4321_1", "1234", "KnSubject", None, 2),
    ]


def test_headers_of_parquet_may_be_a_map_and_names_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    headers = pa.array(
        [[("INTEGRATIONID", "4321_2"), ("Authorization", "Bearer x")]], pa.map_(pa.string(), pa.string())
    )
    table = _table(1, headers=headers).drop_columns(["integration_id"])
    write_table(table.rename_columns([name.upper() for name in table.column_names]), path)
    [call] = inspect(str(path), ReadOptions(), limit=None, now=NOW).calls
    assert (call.integration, call.token_form) == ("4321_2", "bearer")


def test_a_bad_row_of_parquet_spoils_itself_alone(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "calls.parquet"
    write_table(_table(3, status=[200, 99, None]), path)
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 1, 2, 0, 0)
    # What stands for the offset of a line is the number of rows before it.
    assert lakes.rejects(lake) == [(2, 1, "bad_status"), (3, 2, "bad_status")]
    assert lakes.broken(lake) == {}


def test_numbers_of_parquet_may_be_floating_point_ones(tmp_path: Path) -> None:
    # As data frames write whole numbers of which some are missing.
    lake, path = tmp_path / "lake", tmp_path / "calls.parquet"
    write_table(_table(3, status=[200.0, None, 404.0], duration_ms=[12.0, None, 1.5]), path)
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 2, 1, 0, 0)
    assert [(call["status"], call["duration_ms"]) for call in lakes.calls(lake)] == [(200, 12.0), (404, 1.5)]


def test_times_of_parquet_without_a_zone_need_one(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    write_table(_table(1, timestamp=pa.array([1_782_907_200_000], pa.timestamp("ms"))), path)
    [reject] = inspect(str(path), ReadOptions(), limit=None, now=NOW).rejects
    assert reject.reason == "bad_time"
    [call] = inspect(str(path), ReadOptions(time_zone="Europe/Amsterdam"), limit=None, now=NOW).calls
    assert call.called_at == dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)


def test_a_document_is_known_by_its_whole_content(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "calls.parquet"
    write_table(_table(3), path)
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 3, 0, 0, 0)
    path.rename(tmp_path / "again.parquet")
    assert lakes.fate(lakes.load_one(lake, tmp_path / "again.parquet")) == ("unchanged", 0, 0, 0, 0)
    assert lakes.fate(lakes.load_one(lake, tmp_path / "again.parquet", replace=True)) == ("loaded", 3, 0, 0, 0)
    # A file with more rows is another document, not a grown one.
    write_table(_table(4), path)
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 4, 0, 0, 0)
    assert lakes.numbers(lake) == [0, 0, 1, 1, 2, 2, 3]
    assert lakes.broken(lake) == {}


def _renamed(other: Path, path: Path) -> None:
    other.replace(path)


def _rewritten(other: Path, path: Path) -> None:
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("become", [_renamed, _rewritten])
@pytest.mark.parametrize("kind", ["har", "parquet"])
def test_a_document_that_becomes_another_after_it_was_hashed_is_not_loaded_as_the_first(
    kind: str, become: Callable[[Path, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, path, other = tmp_path / "lake", tmp_path / f"calls.{kind}", tmp_path / "other"
    for rows, place in ((1, path), (2, other)):
        if kind == "parquet":
            write_table(_table(rows), place)
        else:
            place.write_bytes(_har([HAR_ENTRY] * rows))

    def opened_once_more(name: str, *, limits: Limits) -> Reader:
        if other.exists():
            become(other, path)
            other.unlink(missing_ok=True)
        return open_source(name, limits=limits)

    with monkeypatch.context() as patched:
        patched.setattr(loader, "open_source", opened_once_more)
        report = lakes.load_one(lake, path)
    assert (
        report.error == f"{path}: changed while it was being read; nothing new of it was loaded; run the command again"
    )
    assert lakes.calls(lake) == []
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 2, 0, 0, 0)
    assert lakes.broken(lake) == {}


def test_parquet_without_ids_warns_loudly(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    write_table(_table(1).drop_columns(["integration_id"]), path)
    report = lakes.load(tmp_path / "lake", path)
    assert report.warnings == (
        f"{path}: no column is called integration_id or headers: nobody can tell who called (id_status not_logged)",
    )


def test_parquet_of_something_else_is_skipped_in_a_folder_and_fails_when_named(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "other.parquet"
    path.parent.mkdir()
    write_table(pa.table({"a": [1]}), path)
    report = lakes.load(tmp_path / "lake", path.parent)
    assert report.sources == ()
    assert "lacks the columns method, status, timestamp, url" in report.warnings[0]
    assert lakes.load_one(tmp_path / "lake", path).status == "failed"


@pytest.mark.parametrize("keep", [8, 300, -1])
def test_a_parquet_file_that_is_cut_off_fails_whole(tmp_path: Path, keep: int) -> None:
    lake, path = tmp_path / "lake", tmp_path / "calls.parquet"
    write_table(_table(1000), path, row_group_size=100)
    path.write_bytes(path.read_bytes()[:keep])
    report = lakes.load_one(lake, path)
    assert lakes.fate(report) == ("failed", 0, 0, 0, 0)
    assert "the Parquet file cannot be read" in (report.error or "")
    assert lakes.calls(lake) == []


def test_a_parquet_file_that_is_damaged_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    lake, good, bad = tmp_path / "lake", tmp_path / "a.json", tmp_path / "b.parquet"
    good.write_bytes(lakes.lines(1, 2))
    write_table(_table(1000), bad, row_group_size=100, compression="zstd")
    content = bytearray(bad.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
    bad.write_bytes(content)
    report = lakes.load(lake, good, bad, limits=Limits(row_count=50, together_bytes=1))
    assert [fate[0] for fate in lakes.fates(report)] == ["loaded", "failed"]
    assert lakes.numbers(lake) == [1, 2]
    assert lakes.broken(lake) == {}


def test_a_document_cannot_come_through_a_pipe_or_under_another_format(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    write_table(_table(1), path)
    with pytest.raises(SourceError, match="is parquet, not csv; leave out --log-format csv"):
        inspect(str(path), ReadOptions(log_format="csv"), limit=None, now=NOW)
    path.write_bytes(lakes.line(1))
    with pytest.raises(SourceError, match="is no document, not har"):
        inspect(str(path), ReadOptions(log_format="har"), limit=None, now=NOW)


# -- HAR


def test_har_is_cut_into_its_entries(tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    entries: list[object] = [{"a": 1, "text": '}],{"\\'}, {"b": ["é", {}]}, {"c": 3}]
    content = _har(entries, pages=[{"title": '"entries": ['}])
    path.write_bytes(content)
    kind, found = _cut(path)
    assert kind == "har"
    assert [entry for _, entry in found] == entries
    assert [content[place : place + 4] for place, _ in found] == [b'{"a"', b'{"b"', b'{"c"']


def test_har_in_many_lines_is_a_line_for_each_entry(tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    entries = [{"a": [1, {"b": 2}]}, {"é": "ü"}]
    content = json.dumps({"log": {"entries": entries, "pages": []}}, indent=2, ensure_ascii=False).replace("\n", "\r\n")
    path.write_bytes(content.encode())
    _, found = _cut(path)
    assert [entry for _, entry in found] == entries
    assert [content.encode()[place] for place, _ in found] == [ord("{")] * 2


def test_har_is_cut_alike_however_it_arrives(tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    entries = [{"text": "é" * length, "number": length} for length in range(40)]
    path.write_bytes(json.dumps({"log": {"entries": entries}}, ensure_ascii=False).encode())
    whole = _cut(path)
    for chunk in (1, 2, 3, 7, 64):
        assert _cut(path, limits=Limits(chunk_bytes=chunk, block_bytes=100)) == whole


def test_an_empty_har_has_no_calls(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "session.har"
    path.write_bytes(_har([]))
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 0, 0, 0, 0)
    assert lakes.fate(lakes.load_one(lake, path)) == ("unchanged", 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        (b'[{"a": 1}', "it ends before its entries do"),
        (b'[{"a": 1}, {"b": ', "an entry is not valid JSON"),
        (b'[{"a": 1}, {b: 2}]}}', "an entry is not valid JSON"),
        (b"[" + b"[" * 100_000, "an entry nests objects and lists too deeply"),
    ],
)
def test_a_har_that_is_no_sound_json_fails_whole(tmp_path: Path, entries: bytes, what: str) -> None:
    lake, path = tmp_path / "lake", tmp_path / "session.har"
    path.write_bytes(b'{"log": {"entries": ' + entries)
    report = lakes.load_one(lake, path)
    assert lakes.fate(report) == ("failed", 0, 0, 0, 0)
    assert what in (report.error or "")


def test_a_line_of_json_with_a_log_in_it_is_no_har(tmp_path: Path) -> None:
    path = tmp_path / "ecs.json"
    path.write_bytes(lakes.line(1, log={"level": "info"}))
    with contextlib.closing(open_source(str(path))) as reader:
        assert document_format(reader, None) is None


def test_an_entry_of_har_is_a_call(tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    headers = [{"name": "integrationid", "value": "12345_678900"}, {"name": "Authorization", "value": "Bearer x"}]
    request = {"method": "POST", "url": URL, "headers": headers, "bodySize": 12}
    response = {"status": 201, "bodySize": -1, "content": {"size": 345}, "headers": []}
    entry = {"startedDateTime": "2026-10-01T14:00:00.250+02:00", "time": 87.5, "request": request, "response": response}
    path.write_bytes(_har([entry, entry | {"request": request | {"url": "https://cdn.example/app.js"}}]))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert (inspection.log_format, inspection.dialect, inspection.lines) == ("har", None, 2)
    [call] = inspection.calls
    assert (call.called_at.isoformat(), call.integration, call.customer, call.connector, call.operation) == (
        "2026-10-01T12:00:00.250000+00:00",
        "12345_678900",
        "1234",
        "KnSubject",
        "insert",
    )
    assert (call.status, call.duration_ms, call.request_bytes, call.token_form) == (201, 87.5, 12, "bearer")
    assert [reject.reason for reject in inspection.rejects] == ["unknown_host"]
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 1, 1, 0, 0)
    assert lakes.broken(lake) == {}
