"""The lake as a thing on disk: what it is when another version wrote it, and what is staged and decided in it."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from ingest import Lake, LakeError, maintain
from ingest.ledger import LedgerRow
from tests.ingest.lakes import BAD, SCHEMAS, broken, calls, lines, load, load_one, loads, numbers, rejects, stored
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.ledger import StagedFile


def _of_format_1(lake: Path) -> None:
    """Make of a lake what the first version wrote: the ledger without its column `removed`."""
    ledger, version = stored(lake, "loads"), Lake(lake).ledger()[1].version
    schema = pa.schema([field for field in SCHEMAS["loads"] if field.name != "removed"])
    shutil.rmtree(lake / "loads")
    DeltaTable.create((lake / "loads").as_uri(), schema)
    table = DeltaTable((lake / "loads").as_uri())
    properties = CommitProperties(app_transactions=[Transaction("ledger", version)])
    write_deltalake(table, pa.Table.from_pylist(ledger, schema=schema), mode="append", commit_properties=properties)
    settings = json.loads((lake / "lake.json").read_text(encoding="utf-8"))
    (lake / "lake.json").write_text(json.dumps(settings | {"format": 1}), encoding="utf-8")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 700) + BAD)
    load(lake, path)
    _of_format_1(lake)
    return lake


def _format(lake: Path) -> int:
    return int(json.loads((lake / "lake.json").read_text(encoding="utf-8"))["format"])


def test_a_lake_of_the_first_format_is_read_as_it_is(old: Path) -> None:
    assert numbers(old) == [0, 700]
    assert [row["calls"] for row in loads(old)] == [2]
    assert Lake(old).snapshot().removed == {}
    assert broken(old) == {}
    assert _format(old) == 1


def test_a_lake_of_the_first_format_becomes_one_of_this_when_it_is_written(old: Path) -> None:
    (old.parent / "access.log").write_bytes(lines(0, 700) + BAD + lines(1))
    assert load_one(old, old.parent / "access.log").calls == 1
    assert _format(old) == 2
    assert maintain(old, now=NOW, keep_calls=30).calls_removed == 2
    assert numbers(old) == [700]
    assert len(rejects(old)) == 1
    assert broken(old) == {}


def test_an_upgrade_that_was_cut_off_is_completed(old: Path) -> None:
    Lake(old).roll_forward()
    (old / "lake.json").write_text('{"format": 1, "time_zone": "Europe/Amsterdam"}', encoding="utf-8")
    Lake(old).roll_forward()
    assert _format(old) == 2
    assert broken(old) == {}


def test_a_lake_of_a_later_format_is_refused_with_what_to_do(old: Path) -> None:
    (old / "lake.json").write_text('{"format": 3, "time_zone": "UTC"}', encoding="utf-8")
    with pytest.raises(
        LakeError, match="the lake has format 3, this version of koppelzicht reads up to 2; use the version"
    ):
        maintain(old, now=NOW)


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
    assert [row.decision for row in ledger.rows] == [1, 2, 3, 4, 5, 6, 7]
    assert ledger.after(5) == ledger.rows[5:]
    assert ledger.until(5).rows == ledger.rows[:5]
    assert [row.load_id for row in ledger.loads()] == ["0" * 15 + "2"]
