"""The lake on disk: lakes of other versions, and staged and decided rows."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetFile

from ingest import Lake, LakeError, maintain, unload
from ingest.arrow import in_milliseconds
from ingest.lake.ledger_row import LedgerRow
from ingest.lake.stream_ends import StreamEnd, declare_stream_end
from tests.ingest.lakes import BAD, SCHEMAS, broken, calls, lines, load, loads, numbers, rejects
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from ingest.lake.data_file import StagedFile


@pytest.mark.parametrize("number", [7, 9])
def test_a_lake_of_another_format_is_refused_with_what_to_do_and_stays_as_it_was(tmp_path: Path, number: int) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 700) + BAD)
    load(lake, path)
    (lake / "lake.json").write_text(f'{{"format": {number}, "time_zone": "UTC"}}', encoding="utf-8")
    before = sorted(lake.rglob("*"))
    path.write_bytes(lines(0, 700) + BAD + lines(1))
    said = f"the lake has format {number}, this version of koppelzicht reads 8; use the version that wrote it, or load the logs"
    with pytest.raises(LakeError, match=said):
        load(lake, path)
    with pytest.raises(LakeError, match=said):
        maintain(lake, now=NOW)
    with pytest.raises(LakeError, match=said):
        Lake(lake).roll_forward()
    with pytest.raises(LakeError, match=said):
        Lake(lake).snapshot()
    assert sorted(lake.rglob("*")) == before


@pytest.mark.parametrize(
    "settings", ['{"format": 8}', '{"format": 8, "time_zone": null}', '{"format": 8, "time_zone": "Mars"}']
)
def test_a_lake_that_does_not_say_its_time_zone_is_refused_and_stays_as_it_was(tmp_path: Path, settings: str) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0))
    load(lake, path)
    (lake / "lake.json").write_text(settings, encoding="utf-8")
    before = sorted(lake.rglob("*"))
    for use in (Lake(lake).snapshot, Lake(lake).create, lambda: maintain(lake, now=NOW)):
        with pytest.raises(LakeError, match=r"lake\.json: the lake's time zone is .*such as Europe/Amsterdam"):
            use()
    assert sorted(lake.rglob("*")) == before


@pytest.mark.parametrize("name", ["a\tb", "a\nb", "a%25b", "a%20b", "\x1b[31m"])
def test_a_name_that_delta_takes_for_another_is_refused_before_anything_is_made(tmp_path: Path, name: str) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0))
    for use in (
        lambda: load(tmp_path / name, path),
        lambda: maintain(tmp_path / name, now=NOW),
        Lake(tmp_path / name).snapshot,
    ):
        with pytest.raises(LakeError, match="a lake cannot have this name"):
            use()
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["a[1]", "100%", "a%zz", "a b", "l#1", "it's", "café", "a+b"])
def test_a_lake_may_have_any_other_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0) + BAD)
    load(tmp_path / name, path)
    maintain(tmp_path / name, now=NOW)
    assert numbers(tmp_path / name) == [0]
    assert broken(tmp_path / name) == {}


# -- rows that leave


def test_what_an_unload_keeps_of_a_shared_file_is_as_it_was_written(tmp_path: Path) -> None:
    path, other_path = tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(lines(0, 700) + BAD)
    other_path.write_bytes(lines(1) + BAD + BAD)
    lake = tmp_path / "lake"
    load(lake, path, other_path)
    kept = [call for call in calls(lake) if call["request_id"] != "1"]
    unload(lake, str(other_path), now=NOW)
    assert calls(lake) == kept
    assert [number for number, _, _ in rejects(lake)] == [3]
    for table, files in (("calls", Lake(lake).snapshot().calls), ("rejects", Lake(lake).snapshot().rejects)):
        (file,) = files
        with ParquetFile(file if isinstance(file, Path) else file.path) as parquet:
            # Times of calls are in milliseconds, as they were; DuckDB gives microseconds.
            assert parquet.schema_arrow.equals(in_milliseconds(SCHEMAS[table]) if table == "calls" else SCHEMAS[table])
    (bounds,) = Lake(lake).snapshot().calls
    assert (bounds.rows, bounds.min_day, bounds.max_day) == (2, dt.date(2026, 9, 30), dt.date(2026, 10, 1))
    assert (bounds.min_partner, bounds.max_partner, bounds.min_customer) == (4321, 4321, "1234")
    assert broken(lake) == {}


def test_a_file_without_rows_that_leave_is_not_rewritten(tmp_path: Path) -> None:
    path, other_path = tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(lines(0) + BAD)
    other_path.write_bytes(lines(1) + BAD)
    lake = tmp_path / "lake"
    load(lake, path)
    before = Lake(lake).snapshot()
    load(lake, other_path)
    unload(lake, str(other_path), now=NOW)
    after = Lake(lake).snapshot()
    assert (after.calls, after.rejects) == (before.calls, before.rejects)


# -- staged and decided


def _staged(lake: Path) -> tuple[LedgerRow, list[StagedFile]]:
    """A load of one call that is staged and not decided."""
    call: dict[str, Any] = calls(lake)[0] | {"load_id": "b" * 16}
    rows = pa.Table.from_pylist([call], schema=SCHEMAS["calls"])
    row = LedgerRow(
        load_id="b" * 16,
        source="x",
        stream=call["stream"],
        log_format="json",
        loaded_at=NOW,
        version="0",
        lines=1,
        calls=1,
    )
    return row, Lake(lake).stage("b" * 16, rows, SCHEMAS["rejects"].empty_table())


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0))
    load(tmp_path / "lake", path)
    return tmp_path / "lake"


def test_what_was_staged_and_is_gone_cannot_be_decided(lake: Path) -> None:
    row, staged = _staged(lake)
    (lake / "calls" / staged[0].path).unlink()
    table, ledger = Lake(lake).ledger()
    with pytest.raises(LakeError, match="staged, but gone before it was decided"):
        Lake(lake).decide(table, ledger, [row], staged)
    assert broken(lake) == {}
    assert len(loads(lake)) == 1


def test_what_was_staged_long_ago_is_told_that_it_is_wanted_before_it_is_decided(lake: Path) -> None:
    row, staged = _staged(lake)
    path = lake / "calls" / staged[0].path
    os.utime(path, (0, 0))
    store = Lake(lake)
    table, ledger = store.ledger()
    assert store.decide(table, ledger, [row], staged)
    assert path.stat().st_mtime > 0
    store.roll_forward()
    assert numbers(lake) == [0, 0]


def test_the_ledger_read_on_is_the_ledger_read_anew(lake: Path) -> None:
    store = Lake(lake)
    for number in range(3):
        table, ledger = store.ledger()
        row = LedgerRow(load_id=f"{number:016}", source="x", stream="x", log_format="json", loaded_at=NOW, version="0")
        unloading = LedgerRow(
            load_id=f"{number + 10:016}", source="", stream="", log_format="", loaded_at=NOW, version="0",
            kind="unload", unloaded=(ledger.rows[-1].load_id,),
        )  # fmt: skip
        assert store.decide(table, ledger, [row, unloading])
        assert store.ledger()[1] == Lake(lake).ledger()[1]
    _, ledger = store.ledger()
    assert [(row.decision, row.kind) for row in ledger.rows] == [
        (1, "load"), (2, "unload"), (2, "load"), (3, "unload"), (3, "load"), (4, "unload"), (4, "load"),
    ]  # fmt: skip
    assert ledger.after(2) == ledger.rows[3:]
    assert ledger.until(2).rows == ledger.rows[:3]
    assert [row.load_id for row in ledger.loads()] == ["0" * 15 + "2"]


def test_a_table_is_opened_again_as_soon_as_somebody_commits_to_it(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1))
    load(lake, path)
    store = Lake(lake)
    before = store.open("calls")
    assert store.open("calls") is before
    path.write_bytes(lines(0, 1, 2))
    load(lake, path)
    after = store.open("calls")
    assert (before.version() + 1, len(before.file_uris()) + 1) == (after.version(), len(after.file_uris()))
    assert store.open("calls") is after


def test_a_table_whose_last_commit_became_another_file_is_not_taken_for_the_same(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1))
    load(lake, path)
    store = Lake(lake)
    before = store.open("calls")
    commit = lake / "calls" / "_delta_log" / f"{before.version():020}.json"
    content = commit.read_bytes()
    commit.unlink()
    commit.with_suffix(".new").write_bytes(content.replace(b'"size":', b'"size": '))
    commit.with_suffix(".new").rename(commit)
    assert store.open("calls") is not before


def test_rejects_of_before_are_read_without_changing_those_of_now(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0) + BAD)
    load(lake, path)
    store = Lake(lake)
    now = store.open("rejects")
    before = store.open_before("rejects", now)
    assert (before.version(), len(before.file_uris())) == (now.version() - 1, len(now.file_uris()) - 1)
    assert store.open("rejects").version() == now.version()


def test_a_snapshot_is_taken_again_when_anything_in_it_has_changed(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1) + BAD)
    load(lake, path)
    store = Lake(lake)
    first = store.snapshot()
    assert store.snapshot().loads is first.loads  # nothing was read again
    declare_stream_end(lake, StreamEnd(stream="access", ended_on=dt.date(2026, 10, 2)))
    assert [end.stream for end in store.snapshot().stream_ends] == ["access"]
    path.write_bytes(lines(0, 1) + BAD + lines(2))
    load(lake, path)
    assert store.snapshot() == Lake(lake).snapshot() != first
    unload(lake, loads(lake)[0]["load_id"], now=NOW)
    assert store.snapshot() == Lake(lake).snapshot()
    assert (store.snapshot().calls, store.snapshot().rejects) == ((), ())


@pytest.mark.parametrize("name", ["calls", "rejects"])
def test_a_file_that_is_lost_after_a_snapshot_is_named_by_the_next(tmp_path: Path, name: str) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1) + BAD)
    load(lake, path)
    store = Lake(lake)
    store.snapshot()
    (file,) = (lake / name).glob("*.parquet")
    file.unlink()
    with pytest.raises(LakeError, match=file.name):
        store.snapshot()
    assert store.snapshot(may_be_damaged=True) == Lake(lake).snapshot(may_be_damaged=True)
