"""The log of a table: what other readers of Delta make of it, and that nothing goes whose place was not taken for sure."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable

from ingest import Lake, maintain
from ingest.lake.delta_log import KEPT_AGE, damages, expire, last_checkpoint, write_checkpoint
from ingest.lake.leftovers import unheld
from tests.ingest.lakes import BAD, broken, lines, load, numbers
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

_LATE = dt.datetime.now(dt.UTC) + KEPT_AGE + dt.timedelta(days=10)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of five loads."""
    folder = tmp_path_factory.mktemp("given")
    for number in range(5):
        (folder / f"{number}.log").write_bytes(lines(number) + BAD)
        load(folder / "lake", folder / f"{number}.log")
    return folder / "lake"


@pytest.fixture
def lake(given: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(given, tmp_path / "lake")


def _log(lake: Path) -> set[str]:
    return {path.name for path in (lake / "calls" / "_delta_log").iterdir()}


def _checkpoint(lake: Path) -> Path:
    Lake(lake).checkpoint("calls", commits=1)
    (path,) = (lake / "calls" / "_delta_log").glob("*.checkpoint.parquet")
    return path


def test_another_reader_finds_what_was_committed_and_when(lake: Path) -> None:
    table = DeltaTable((lake / "calls").as_uri())
    assert table.version() == 5
    assert table.transaction_version("ledger") == 5
    assert [commit["operation"] for commit in table.history()] == ["WRITE"] * 5 + ["CREATE TABLE"]
    assert table.to_pyarrow_dataset().count_rows() == 5


def test_entries_go_when_a_checkpoint_stands_in_their_place_and_not_before_their_time(lake: Path) -> None:
    Lake(lake).checkpoint("calls", commits=6)
    assert last_checkpoint(lake / "calls") == 0
    Lake(lake).checkpoint("calls", commits=5)
    assert last_checkpoint(lake / "calls") == 5
    everything = _log(lake)
    Lake(lake).expire("calls", before=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10))
    assert _log(lake) == everything
    Lake(lake).expire("calls", before=_LATE)
    assert _log(lake) == {f"{5:020}.json", f"{5:020}.checkpoint.parquet", "_last_checkpoint"}
    assert numbers(lake) == list(range(5))
    assert broken(lake) == {}


@pytest.mark.parametrize("content", ["", "half", "one bit"])
def test_a_checkpoint_that_is_not_what_was_written_replaces_nothing_and_is_named(lake: Path, content: str) -> None:
    path = _checkpoint(lake)
    before, everything = path.read_bytes(), _log(lake)
    damaged = {"": b"", "half": before[: len(before) // 2], "one bit": bytes([before[0], before[1] ^ 1, *before[2:]])}
    path.write_bytes(damaged[content])
    assert expire(lake / "calls", before=_LATE) == 0
    assert _log(lake) == everything
    path.write_bytes(before)
    assert broken(lake) == {}
    (rejects_log := lake / "rejects" / "_delta_log").joinpath(f"{2:020}.checkpoint.parquet").write_bytes(b"")
    assert broken(lake) == {
        "logs_are_whole": f"{rejects_log / f'{2:020}.checkpoint.parquet'}: cannot be read: Parquet file size is 0 bytes"
    }


def test_a_checkpoint_of_another_engine_is_not_relied_on(lake: Path) -> None:
    DeltaTable((lake / "calls").as_uri()).create_checkpoint()
    assert last_checkpoint(lake / "calls") == 0
    assert expire(lake / "calls", before=_LATE) == 0
    Lake(lake).checkpoint("calls", commits=1)  # it is read back, and says the same
    assert last_checkpoint(lake / "calls") == 5
    assert expire(lake / "calls", before=_LATE) == 5


def test_a_checkpoint_that_says_something_else_is_not_published(lake: Path) -> None:
    older = DeltaTable((lake / "calls").as_uri(), version=4)
    older.create_checkpoint()
    log = lake / "calls" / "_delta_log"
    (log / f"{4:020}.checkpoint.parquet").rename(log / f"{5:020}.checkpoint.parquet")
    (log / "_last_checkpoint").unlink()
    before = _log(lake)
    table = DeltaTable((lake / "rejects").as_uri())
    with pytest.raises(OSError, match="differs from the table when it is read back"):
        write_checkpoint(lake / "calls", table)
    assert _log(lake) == before


def test_the_hash_of_the_last_checkpoint_is_kept_with_it(lake: Path) -> None:
    path = _checkpoint(lake)
    about = json.loads((path.parent / "_last_checkpoint").read_text(encoding="utf-8"))
    assert about["version"] == 5
    assert about["sizeInBytes"] == path.stat().st_size
    path.unlink()
    assert list(damages(lake / "calls")) == [(path, "is missing", True)]


def test_what_was_written_aside_by_somebody_who_was_killed_is_a_leftover(lake: Path) -> None:
    aside = lake / ".0123456789abcdef.tmp" / "_delta_log"
    aside.mkdir(parents=True)
    (aside / f"{0:020}.json").write_bytes(b"12345")
    assert [(file.path, file.size) for file in unheld(Lake(lake))] == [(aside.parent, 5)]
    os.utime(aside.parent, (0, 0))
    report = maintain(lake, now=NOW)
    assert (report.leftovers_removed, report.leftover_bytes) == (1, 5)
    assert not aside.parent.exists()
