"""`maintain`: fewer files with the same rows, and no leftovers."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, LakeError
from ingest.lake.compaction import FileSizes
from ingest.lake.leftovers import remove, unheld
from tests.ingest.lake.maintained import DAY, file_counts, loaded_lake, maintain, sorted_calls
from tests.ingest.lakes import BAD, broken, fate, line, lines, load, load_one, loads, numbers, rejects, rows
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path


# -- compaction


def test_many_small_files_become_few_with_the_same_rows(tmp_path: Path) -> None:
    odd = line(
        7, url="https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject?filterfieldids=Name,Code&take=5"
    )
    lake = loaded_lake(tmp_path, lines(0, 1) + BAD, odd + BAD * 2, line(3, duration_ms=0.1, status=500), lines(4))
    before = sorted_calls(lake), rejects(lake), loads(lake)
    report = maintain(lake, now=NOW)
    assert [(table.table, table.files_before, table.files_after) for table in report.tables] == [
        ("calls", 4, 1),
        ("rejects", 2, 1),
        ("loads", 4, 1),
    ]
    assert all(table.bytes_before > table.bytes_after > 0 for table in report.tables)
    assert (report.calls_removed, report.rejects_removed, report.postponed) == (0, 0, ())
    assert file_counts(lake) == (1, 1, 1)
    assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}


def test_compacted_files_cover_few_days_and_are_read_by_their_bounds(tmp_path: Path) -> None:
    # Six loads, each with five calls of one day and five of the third day from there: every day has ten.
    days = [lines(range(DAY * day, DAY * day + 5)) for day in range(6)]
    lake = loaded_lake(tmp_path, *(days[day] + days[(day + 3) % 6].replace(b"1234", b"5678") for day in range(6)))
    maintain(lake, now=NOW, sizes=FileSizes(file_rows=20, small_rows=15))
    files = sorted(Lake(lake).snapshot().calls, key=lambda file: str(file.min_day))
    first = dt.date(2026, 9, 30)
    assert [(file.rows, file.min_day, file.max_day) for file in files] == [
        (20, first + dt.timedelta(days=day), first + dt.timedelta(days=day + 1)) for day in (0, 2, 4)
    ]
    assert {(file.min_partner, file.max_partner, file.min_customer, file.max_customer) for file in files} == {
        (4321, 4321, "1234", "5678")
    }
    order = [(call["day"], call["customer"], call["called_at"]) for call in rows([files[0].path])]
    assert order == sorted(order)
    assert broken(lake) == {}


def test_what_is_compacted_is_left_alone(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(lines(range(start, start + 300, 60)) for start in range(0, 1500, 300)))
    maintain(lake, now=NOW)
    before = Lake(lake).snapshot().calls
    report = maintain(lake, now=NOW)
    assert Lake(lake).snapshot().calls == before
    assert [(table.files_before, table.files_after) for table in report.tables] == [(2, 2), (0, 0), (1, 1)]


def test_loads_go_on_after_the_ledger_was_compacted(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0), lines(1), lines(2))
    store = Lake(lake)
    _, before = store.ledger()
    maintain(lake, now=NOW)
    assert store.ledger()[1] == before
    assert Lake(lake).ledger()[1] == before
    (tmp_path / "2.log").write_bytes(lines(2, 3))
    assert fate(load_one(lake, tmp_path / "2.log")) == ("loaded", 1, 0, 0, 0)
    assert store.ledger()[1] == Lake(lake).ledger()[1]
    assert store.ledger()[1].version == 4
    assert broken(lake) == {}


def test_a_checkpoint_is_written_after_many_commits(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(lines(number) for number in range(10)))
    assert list(lake.glob("*/_delta_log/*.checkpoint.parquet")) == []
    maintain(lake, now=NOW)
    assert {path.parts[-3] for path in lake.glob("*/_delta_log/*.checkpoint.parquet")} == {"calls", "rejects", "loads"}
    assert numbers(lake) == list(range(10))
    assert broken(lake) == {}


def test_an_empty_lake_is_maintained(tmp_path: Path) -> None:
    Lake(tmp_path / "lake").create()
    report = maintain(tmp_path / "lake", now=NOW, keep_calls=1, keep_rejects=1)
    assert [(table.files_before, table.files_after) for table in report.tables] == [(0, 0)] * 3


def test_where_there_is_no_lake_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake here"):
        maintain(tmp_path / "lake", now=NOW)
    assert not (tmp_path / "lake").exists()


# -- leftovers


def _at(path: Path, **after: float) -> dt.datetime:
    """A time so long after the file was written."""
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) + dt.timedelta(**after)


def _below(lake: Path) -> set[str]:
    return {
        str(path.relative_to(lake)) for path in lake.rglob("*") if path.is_file() and "_delta_log" not in path.parts
    }


def test_what_was_staged_and_never_decided_goes_after_a_day(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0))
    before = _below(lake)
    left = [
        lake / "calls" / "00000000000000aa-0.parquet",
        lake / "rejects" / "00000000000000aa-0.parquet",
        lake / "loads" / "part-00001-00000000.snappy.parquet",
        lake / ".0123456789abcdef.tmp",
        lake / "calls" / "_delta_log" / "_commit_00000000.json.tmp",
    ]
    for path in left:
        path.write_bytes(b"x" * 10)
    report = maintain(lake, now=_at(left[-1], hours=23))
    assert (report.leftovers_removed, report.leftover_bytes) == (0, 0)
    report = maintain(lake, now=_at(left[-1], hours=25))
    assert (report.leftovers_removed, report.leftover_bytes) == (5, 50)
    assert _below(lake) == before
    assert not left[-1].exists()
    assert numbers(lake) == [0]


def test_nothing_else_is_removed(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0))
    others = [
        lake / "notes.txt",
        lake / "calls" / "notes.txt",
        lake / "calls" / ".hidden.parquet",
        lake / "exports" / "calls.parquet",
        lake / "registry" / "x.tmp",
    ]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (lake / "calls" / "linked.parquet").symlink_to(others[0])
    before = _below(lake)
    assert maintain(lake, now=_at(others[-1], days=400)).leftovers_removed == 0
    assert _below(lake) == before


def test_a_file_that_was_compacted_is_kept_for_readers_for_a_week(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0), lines(1))
    for path in (lake / "calls").glob("*.parquet"):
        os.utime(path, (0, 0))  # old files, so that only their removal is recent
    reader = Lake(lake).snapshot()
    maintain(lake, now=NOW)
    (new,) = (file.path for file in Lake(lake).snapshot().calls)
    assert maintain(lake, now=_at(new, days=6, hours=23)).leftovers_removed == 0
    assert sorted(int(call["request_id"]) for call in rows(file.path for file in reader.calls)) == [0, 1]
    report = maintain(lake, now=_at(new, days=7, hours=1))
    assert report.leftovers_removed == 4  # two files of calls, two of the ledger
    assert list((lake / "calls").glob("*.parquet")) == [new]
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}


def test_what_is_decided_and_waits_is_no_leftover(tmp_path: Path) -> None:
    lake, path = loaded_lake(tmp_path, lines(0)), tmp_path / "1.log"
    path.write_bytes(lines(1) + BAD)
    with other_process(_load, lake, path, step="decided") as other:
        other.wait()
        other.kill()
    for table in ("calls", "rejects"):
        for file in (lake / table).glob("*.parquet"):
            os.utime(file, (0, 0))
    assert [file.path.parent.name for file in unheld(Lake(lake))] == []
    assert maintain(lake, now=NOW).rolled_forward == 1
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}


def test_a_file_that_somebody_touched_meanwhile_stays(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0))
    path = lake / "calls" / "00000000000000aa-0.parquet"
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    found = unheld(Lake(lake))
    os.utime(path)
    assert remove(found) == []
    assert path.exists()


def _load(lake: Path, *sources: Path) -> None:
    load(lake, *sources)
