"""Sums of calls: no call is lost or counted twice when a builder is killed, when others work at the same time, or when a file is damaged."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

import ingest
from analytics.errors import AnalyticsError
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import Lake, status, unload
from ingest.arrow import arrow_schema
from ingest.lake.data_file import write_file
from ingest.lake.sums.adding_up import connect
from ingest.lake.sums.files import BUILT_FROM, sum_files
from ingest.lake.sums.kinds import KINDS
from tests.ingest.lake.maintained import LATER, SMALL_FILES, loaded_lake
from tests.ingest.lake.summed import assert_each_call_counts_once, counted, covered, maintain, varied
from tests.ingest.lakes import broken, calls, lines, loads
from tests.ingest.lakes import rows as rows_of
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from ingest.lake.sums.kinds import SumName
    from tests.ingest.other_process import Step

# -- a builder is killed, or others work and read at the same time


@pytest.fixture(scope="module")
def unsummed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = loaded_lake(tmp_path_factory.mktemp("unsummed"), varied(*range(30)), lines(1, 2))
    ingest.maintain(lake, now=NOW, sizes=SMALL_FILES)
    return lake


@pytest.fixture
def summed(unsummed: Path, tmp_path: Path) -> Path:
    lake = shutil.copytree(unsummed, tmp_path / "lake")
    maintain(lake)
    return lake


def _maintain_in_process(lake: Path) -> None:
    maintain(lake, now=LATER)


@pytest.mark.parametrize("step", ["sums written", "sums replaced"])
@pytest.mark.parametrize("time", [1, 3])
def test_who_is_killed_while_building_loses_nothing_and_doubles_nothing(
    unsummed: Path, tmp_path: Path, step: Step, time: int
) -> None:
    lake = shutil.copytree(unsummed, tmp_path / "lake")
    with other_process(_maintain_in_process, lake, step=step, time=time) as other:
        other.wait()
        other.kill()
    assert_each_call_counts_once(lake)
    maintain(lake)
    assert all(covered(lake, kind).calls == () for kind in KINDS.values())
    assert_each_call_counts_once(lake)


@pytest.mark.parametrize("step", ["sums written", "sums replaced"])
def test_of_two_who_build_at_once_nothing_is_twice(unsummed: Path, tmp_path: Path, step: Step) -> None:
    lake = shutil.copytree(unsummed, tmp_path / "lake")
    with other_process(_maintain_in_process, lake, step=step, time=2) as other:
        other.wait()
        maintain(lake)
        assert_each_call_counts_once(lake)
        maintain(lake, sums="rebuild")
        other.go_on()
        other.answer()
    assert_each_call_counts_once(lake)


def test_what_is_taken_back_while_sums_are_built_is_not_counted(unsummed: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(unsummed, tmp_path / "lake")
    with other_process(_maintain_in_process, lake, step="sums written") as other:
        other.wait()
        unload(lake, loads(lake)[0]["load_id"], now=NOW)
        other.go_on()
        other.answer()
    assert_each_call_counts_once(lake)


def test_files_that_sums_no_longer_need_are_removed_when_readers_are_done(summed: Path) -> None:
    old = {one.path for kind in KINDS.values() for one in sum_files(Lake(summed), kind)}
    maintain(summed, sums="rebuild")
    assert all(path.exists() for path in old)
    maintain(summed, now=dt.datetime.now(dt.UTC) + dt.timedelta(days=9))
    assert not any(path.exists() for path in old)
    assert_each_call_counts_once(summed)


# -- damaged


def test_a_damaged_file_of_sums_is_named_and_built_again(summed: Path) -> None:
    [one, *_] = sum_files(Lake(summed), KINDS["customer_days"])
    content = bytearray(one.path.read_bytes())
    content[len(content) // 3] ^= 1
    one.path.write_bytes(content)
    assert list(broken(summed)) == ["sums_are_right"]
    assert "koppelzicht maintain --sums rebuild" in broken(summed)["sums_are_right"]
    maintain(summed, sums="rebuild")
    assert_each_call_counts_once(summed)


def test_sums_that_say_something_else_than_calls_are_named(summed: Path) -> None:
    store, kind = Lake(summed), KINDS["stream_hours"]
    [one, *_] = sum_files(store, kind)
    changed = [row | {"calls": row["calls"] + 1} for row in rows_of([one.path])]
    schema = arrow_schema(kind.columns)
    new = write_file(
        store.path / kind.table,
        "wrong",
        schema,
        [pa.Table.from_pylist(changed, schema=schema)],
        says={BUILT_FROM: " ".join(one.built_from)},
    )
    assert store.replace(kind.table, store.open(kind.table), [one.file], [new])
    assert list(broken(summed)) == ["sums_are_right"]
    maintain(summed, sums="rebuild")
    assert_each_call_counts_once(summed)


@pytest.mark.parametrize("what", ["a file of sums", "the table's log"])
def test_sums_that_cannot_be_read_are_answered_from_calls(summed: Path, what: str) -> None:
    store, kind = Lake(summed), KINDS["daily_calls"]
    if what == "a file of sums":
        for one in sum_files(store, kind):
            one.path.unlink()
    else:
        for path in (store.path / kind.table / "_delta_log").glob("*.json"):
            path.write_bytes(b"")
    assert covered(summed, kind).sums == ()
    assert counted(summed)["daily_calls"] == len(calls(summed))
    assert list(broken(summed)) == ["sums_are_right"]
    maintain(summed, sums="rebuild")
    assert covered(summed, kind).calls == ()
    assert_each_call_counts_once(summed)


@pytest.mark.parametrize("name", ["stream_hours", "daily_calls"])
def test_status_and_questions_name_a_damaged_file_of_sums(summed: Path, name: SumName) -> None:
    for one in sum_files(Lake(summed), KINDS[name]):
        content = one.path.read_bytes()
        one.path.write_bytes(content[:4] + bytes(len(content) // 3) + content[4 + len(content) // 3 :])
    if name == "stream_hours":
        with pytest.raises(ingest.LakeError, match=r"stream_hours/.*maintain --sums rebuild"):
            status(summed, now=NOW)
    else:
        with (
            Warehouse.open(summed) as warehouse,
            pytest.raises(AnalyticsError, match=r"daily_calls/.*maintain --sums rebuild"),
        ):
            warehouse.metric("error_rates", Scope(environment="all"))


def test_sums_that_cannot_be_spilled_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ingest.LakeError, match="calls cannot be added up here"), connect(tmp_path / "nowhere"):
        pass
