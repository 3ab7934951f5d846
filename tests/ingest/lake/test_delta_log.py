"""The log of a table is readable for other readers of Delta, and an entry is removed only after a checkpoint has certainly replaced it."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from pyarrow.parquet import ParquetFile

from ingest import Lake, LakeError, maintain
from ingest.lake import checkpoints, delta_log, log_damage
from ingest.lake.checkpoints import KEPT_AGE, last_checkpoint, removed_since, shorten, write_checkpoint
from ingest.lake.delta_log import append, has_transaction_after
from ingest.lake.durable import sync_file, write_once
from ingest.lake.ledger_row import own_decision
from ingest.lake.leftovers import leftovers, unheld
from ingest.lake.log_damage import damages, mend
from ingest.lake.log_files import checkpoint_of, commit_of, entries, version_of
from tests.ingest.lakes import BAD, broken, lines, load, numbers
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

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
    """Write one of the calls."""
    Lake(lake).checkpoint("calls", commits=1)
    return checkpoint_of(lake / "calls", last_checkpoint(lake / "calls"))


def _two_checkpoints(lake: Path) -> tuple[Path, Path]:
    """Write two of the calls, with a commit in between."""
    older = _checkpoint(lake)
    _commit(lake, 1)
    return older, _checkpoint(lake)


def _commit(lake: Path, times: int) -> None:
    store = Lake(lake)
    for _ in range(times):
        assert store.commit("calls", store.open("calls"), gone=(), new=(), reaches=None)


def test_another_reader_finds_what_was_committed_and_when(lake: Path) -> None:
    table = DeltaTable((lake / "calls").as_uri())
    assert table.version() == 5
    assert table.transaction_version("ledger") == 5
    assert [commit["operation"] for commit in table.history()] == ["WRITE"] * 5 + ["CREATE TABLE"]
    assert table.to_pyarrow_dataset().count_rows() == 5


def test_entries_go_when_a_checkpoint_has_stood_in_their_place_for_long_and_is_not_the_last(lake: Path) -> None:
    Lake(lake).checkpoint("calls", commits=6)
    assert last_checkpoint(lake / "calls") == 0
    Lake(lake).checkpoint("calls", commits=5)
    assert last_checkpoint(lake / "calls") == 5
    everything = _log(lake)
    Lake(lake).shorten("calls", before=_LATE)
    assert _log(lake) == everything
    _two_checkpoints(lake)
    everything = _log(lake)
    Lake(lake).shorten("calls", before=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10))
    assert _log(lake) == everything
    Lake(lake).shorten("calls", before=_LATE)
    kept = {f"{version:020}.{kind}" for version in (5, 6) for kind in ("json", "checkpoint.parquet")}
    assert _log(lake) == {*kept, "_last_checkpoint"}
    assert numbers(lake) == list(range(5))
    assert broken(lake) == {}


def test_a_lake_that_is_followed_for_long_keeps_the_entries_since_the_checkpoint_before_the_last(lake: Path) -> None:
    log = lake / "calls" / "_delta_log"
    _commit(lake, 95)
    assert last_checkpoint(lake / "calls") == 100
    _commit(lake, 100)
    assert f"{0:020}.json" in _log(lake), "the checkpoint has not stood for an hour"
    os.utime(checkpoint_of(lake / "calls", 100), (0, 0))
    os.utime(checkpoint_of(lake / "calls", 200), (0, 0))
    _commit(lake, 100)
    assert {version_of(path) for path in entries(log)} == set(range(200, 301))
    assert broken(lake) == {}
    assert numbers(lake) == list(range(5))


def test_whoever_is_killed_while_entries_are_removed_leaves_a_lake_that_is_whole(lake: Path) -> None:
    _two_checkpoints(lake)
    everything = _log(lake)
    for removed in range(1, 6):
        assert shorten(lake / "calls", before=_LATE, most=1) == 1
        assert len(_log(lake)) == len(everything) - removed
        assert broken(lake) == {}
        assert numbers(lake) == list(range(5))
    assert shorten(lake / "calls", before=_LATE, most=1) == 0


@pytest.mark.parametrize("content", ["", "half", "one bit"])
def test_a_checkpoint_that_is_not_what_was_written_replaces_nothing_and_is_named(lake: Path, content: str) -> None:
    path, _ = _two_checkpoints(lake)
    before, everything = path.read_bytes(), _log(lake)
    damaged = {"": b"", "half": before[: len(before) // 2], "one bit": bytes([before[0], before[1] ^ 1, *before[2:]])}
    path.write_bytes(damaged[content])
    assert shorten(lake / "calls", before=_LATE) == 0
    assert _log(lake) == everything
    path.write_bytes(before)
    assert broken(lake) == {}
    (rejects_log := lake / "rejects" / "_delta_log").joinpath(f"{2:020}.checkpoint.parquet").write_bytes(b"")
    assert broken(lake) == {
        "logs_are_whole": f"{rejects_log / f'{2:020}.checkpoint.parquet'}: cannot be read: Parquet file size is 0 bytes"
    }


@pytest.mark.parametrize("which", [0, 1])
def test_a_checkpoint_that_is_damaged_after_the_old_entries_are_gone_is_no_loss(lake: Path, which: int) -> None:
    path = _two_checkpoints(lake)[which]
    assert shorten(lake / "calls", before=_LATE) == 5
    path.write_bytes(path.read_bytes()[:-100])
    assert [(found, is_no_loss) for found, _, is_no_loss in damages(lake / "calls")] == [(path, True)]
    assert mend(lake / "calls") == [path]
    assert numbers(lake) == list(range(5))
    assert broken(lake) == {}


@pytest.mark.parametrize("content", [None, b"", b'{"version":', b'{"version":1,"size":4}'])
def test_the_lake_goes_on_without_the_note_of_its_checkpoints(lake: Path, content: bytes | None) -> None:
    _two_checkpoints(lake)
    assert shorten(lake / "calls", before=_LATE) == 5
    note = lake / "calls" / "_delta_log" / "_last_checkpoint"
    note.unlink()
    if content is not None:
        note.write_bytes(content)
    assert numbers(lake) == list(range(5))
    assert shorten(lake / "calls", before=_LATE) == 0
    _commit(lake, 1)
    assert last_checkpoint(lake / "calls") == 0
    _two_checkpoints(lake)
    assert shorten(lake / "calls", before=_LATE) == 4
    assert min(_log(lake)) == f"{7:020}.checkpoint.parquet"
    assert numbers(lake) == list(range(5))
    assert broken(lake) == {}


def test_a_checkpoint_of_another_engine_is_not_relied_on(lake: Path) -> None:
    DeltaTable((lake / "calls").as_uri()).create_checkpoint()
    assert last_checkpoint(lake / "calls") == 0
    _commit(lake, 1)
    DeltaTable((lake / "calls").as_uri()).create_checkpoint()
    assert shorten(lake / "calls", before=_LATE) == 0
    _checkpoint(lake)  # it is read back, and says the same
    assert last_checkpoint(lake / "calls") == 6
    _commit(lake, 1)
    _checkpoint(lake)
    assert shorten(lake / "calls", before=_LATE) == 7, "the checkpoint of version 5 is one of them"
    assert broken(lake) == {}


def test_commits_and_a_checkpoint_of_another_engine_do_not_make_it_the_table_of_another_lake(lake: Path) -> None:
    entry = {"commitInfo": {"timestamp": 1, "operation": "SET TBLPROPERTIES"}}
    commit_of(lake / "calls", 6).write_text(json.dumps(entry) + "\n", encoding="utf-8")
    assert numbers(lake) == list(range(5))
    DeltaTable((lake / "calls").as_uri()).create_checkpoint()
    assert numbers(lake) == list(range(5))


# -- commits that come late


def test_a_commit_whose_number_has_come_and_gone_is_not_written(lake: Path) -> None:
    store = Lake(lake)
    late = store.open("calls")
    _commit(lake, 2)
    _two_checkpoints(lake)
    assert shorten(lake / "calls", before=_LATE) > 0
    assert not commit_of(lake / "calls", 6).exists(), "the number after the one that was read is free"
    assert not append(lake / "calls", 6, gone=(), new=(), is_change=False, reaches={})
    assert not commit_of(lake / "calls", 6).exists()
    assert store.commit("calls", late, gone=(), new=(), reaches=None)
    assert Lake(lake).open("calls").version() == 9


def test_a_decision_that_was_prepared_before_the_log_was_shortened_is_refused(lake: Path, tmp_path: Path) -> None:
    store = Lake(lake)
    table, ledger = store.ledger()
    for number in (5, 6, 7):
        (tmp_path / "more.log").write_bytes(lines(number))
        load(lake, tmp_path / "more.log")
        Lake(lake).checkpoint("loads", commits=1)
    Lake(lake).shorten("loads", before=_LATE)
    assert not commit_of(lake / "loads", table.version() + 1).exists()
    assert not store.decide(table, ledger, [own_decision("unload", now=NOW, unloaded=[])])
    assert numbers(lake) == list(range(8))
    assert broken(lake) == {}


def test_a_commit_during_which_the_log_was_shortened_is_not_relied_on(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the machine had slept for an hour between two steps of it."""

    def slept(path: Path, content: str) -> bool:
        monkeypatch.undo()
        _commit(lake, 2)
        _two_checkpoints(lake)
        assert shorten(lake / "calls", before=_LATE) > 0
        return write_once(path, content)

    monkeypatch.setattr(delta_log, "write_once", slept)
    with pytest.raises(LakeError, match="commit 6 could not be written: the table's log was shortened meanwhile"):
        _commit(lake, 1)
    assert numbers(lake) == list(range(5))
    assert broken(lake) == {}


@pytest.mark.parametrize("is_late_at_once", [True, False])
def test_a_checkpoint_that_comes_late_is_not_published(
    lake: Path, monkeypatch: pytest.MonkeyPatch, *, is_late_at_once: bool
) -> None:
    late = DeltaTable((lake / "calls").as_uri())

    def others() -> None:
        _commit(lake, 1)
        _checkpoint(lake)

    def slept(path: Path) -> int:
        monkeypatch.undo()
        others()
        return sync_file(path)

    if is_late_at_once:
        others()
    else:
        monkeypatch.setattr(checkpoints, "sync_file", slept)
    write_checkpoint(lake / "calls", late)
    assert last_checkpoint(lake / "calls") == 6
    assert not checkpoint_of(lake / "calls", 5).exists()


# -- what the checkpoint says in the place of entries


def test_a_removed_data_file_stays_for_a_week_although_the_entry_that_removed_it_is_gone(lake: Path) -> None:
    small = {file.path for file in Lake(lake).snapshot().calls}
    maintain(lake, now=NOW)
    assert not small & {file.path for file in Lake(lake).snapshot().calls}
    for path in small:
        os.utime(path, (0, 0))
    _commit(lake, 1)
    _two_checkpoints(lake)
    shorten(lake / "calls", before=_LATE)
    texts = [path.read_text(encoding="utf-8") for path in (lake / "calls" / "_delta_log").glob("*.json")]
    assert not any('{"remove"' in text for text in texts)
    now = dt.datetime.now(dt.UTC)
    assert removed_since(lake / "calls", now - dt.timedelta(days=1)) == small
    assert removed_since(lake / "calls", now + dt.timedelta(days=1)) == set()
    assert not small & {file.path for file in leftovers(Lake(lake), now=now + dt.timedelta(days=6))}
    assert small <= {file.path for file in leftovers(Lake(lake), now=now + dt.timedelta(days=8))}


def test_nothing_of_a_table_is_cleaned_up_while_a_checkpoint_cannot_tell_what_was_removed(lake: Path) -> None:
    strays = [lake / name / "0123456789abcdef-0.parquet" for name in ("calls", "rejects")]
    for stray in strays:
        stray.write_bytes(b"x")
        os.utime(stray, (0, 0))
    path, _ = _two_checkpoints(lake)
    before = path.read_bytes()
    path.write_bytes(b"")
    assert [file.path for file in leftovers(Lake(lake), now=NOW)] == strays[1:]
    path.write_bytes(before)
    assert [file.path for file in leftovers(Lake(lake), now=NOW)] == strays


def test_a_reader_skips_what_a_checkpoint_says_of_removed_data_files(lake: Path) -> None:
    maintain(lake, now=NOW)
    path = _checkpoint(lake)
    with ParquetFile(path) as parquet:
        groups = [parquet.read_row_group(number) for number in range(parquet.num_row_groups)]
    assert [group["remove"].null_count == len(group) for group in groups] == [True, False]
    assert groups[1]["remove"].null_count == 0
    assert len(groups[1]) == 5
    (path.parent / "_last_checkpoint").unlink()
    for entry in path.parent.glob("*.json"):
        entry.unlink()
    table = DeltaTable((lake / "calls").as_uri())
    assert table.to_pyarrow_dataset().count_rows() == 5
    assert len(table.file_uris()) == 1


@pytest.mark.parametrize("module", [log_damage, checkpoints, delta_log])
def test_who_reads_the_log_while_others_shorten_it_finds_it_whole(
    lake: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> None:
    _two_checkpoints(lake)
    everything = _log(lake)

    def listed(log: Path) -> list[Path]:
        found = entries(log)
        monkeypatch.undo()
        assert shorten(log.parent, before=_LATE) == 5
        return found

    monkeypatch.setattr(module, "entries", listed)
    if module is log_damage:
        assert list(damages(lake / "calls")) == []
    elif module is checkpoints:
        assert removed_since(lake / "calls", NOW) == set()
    else:
        assert not has_transaction_after(lake / "calls", 6, "lake:")
        assert has_transaction_after(lake / "calls", 4, "lake:")
    assert len(_log(lake)) == len(everything) - 5


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
