"""Sums of calls: they say what calls say, and stand for calls that are there; whatever becomes of them, no call counts twice or never."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest
from analytics.errors import AnalyticsError
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import Lake, status, unload
from ingest.arrow import arrow_schema
from ingest.lake.data_file import DataFile, write_file
from ingest.lake.sums.adding_up import connect
from ingest.lake.sums.building import add_sums
from ingest.lake.sums.files import BUILT_FROM, Cover, SumFile, cover, name_of, sum_files
from ingest.lake.sums.kinds import KINDS
from tests.ingest.lake.maintained import LATER, SMALL_FILES, loaded_lake
from tests.ingest.lakes import BAD, broken, calls, line, lines, load, loads
from tests.ingest.lakes import rows as rows_of
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW
from tests.oracle.durations import bucket_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest import MaintenanceReport
    from ingest.lake.compaction import FileSizes
    from ingest.lake.sums.kinds import Kind, SumName
    from tests.ingest.other_process import Step

SUMMED = dataclasses.replace(SMALL_FILES, summed_rows=1, unsummed_rows=1)
"""Any lake has sums, and any load adds some."""

DAY = 86_400


def maintain(
    lake: Path,
    *,
    now: dt.datetime = NOW,
    sizes: FileSizes = SUMMED,
    sums: Literal["build", "rebuild", "drop"] = "build",
) -> MaintenanceReport:
    return ingest.maintain(lake, now=now, sizes=sizes, sums=sums)


def varied(*numbers: int) -> bytes:
    """Lines of several customers, integrations, connectors, outcomes and days, with and without a duration."""
    made = b""
    for number in numbers:
        customer, connector = 1234 + number % 3, ("KnSubject", "knsubject", "Profit_Debtor")[number % 3]
        more: dict[str, Any] = {
            "url": f"https://{customer}.rest.afas.online/ProfitRestServices/connectors/{connector}?skip={number}",
            "headers": [
                {"IntegrationId": f"{customer}_1"},
                {"IntegrationId": "4321_1"},
                {"IntegrationId": "4321-1"},
                {},
            ][number % 4],
            "status": (200, 200, 401, 503, 500)[number % 5],
        }
        if number % 4:
            more["duration_ms"] = 700.5 + 100 * (number % 7)
        made += line(number * DAY // 3, **more)
    return made


# -- by whom each call is counted


def covered(lake: Path, kind: Kind) -> Cover:
    snapshot = Lake(lake).snapshot()
    return cover(snapshot.calls, snapshot.sums.files(kind))


def stored(files: Cover) -> list[dict[str, Any]]:
    """The rows of the sums that stand for calls."""
    return rows_of([one.path for one in files.sums])


def counted(lake: Path) -> dict[str, int]:
    """How many calls each kind of sums counts, together with the calls that are in none."""
    counts: dict[str, int] = {}
    for kind in KINDS.values():
        if kind.name != "customer_months":
            found = covered(lake, kind)
            rows = sum(file.rows for file in found.calls)
            counts[kind.name] = rows + sum(row["calls"] for row in stored(found))
    return counts


def assert_each_call_counts_once(lake: Path) -> None:
    expected = len(calls(lake))
    assert counted(lake) == dict.fromkeys(counted(lake), expected)
    assert broken(lake) == {}


def as_counted_in_python(rows: Sequence[Mapping[str, Any]], kind: Kind) -> set[tuple[Any, ...]]:
    """The sums of calls, by plain Python."""
    grouped = defaultdict(list)
    for row in rows:
        says = dict(row) | {
            "month": row["day"].replace(day=1),
            "hour": row["called_at"].replace(minute=0, second=0, microsecond=0),
            "unnamed_customer": None if row["integration"] else row["customer"],
            "malformed_id": None if row["integration"] else row["integration_id"],
            "body_integration_id": None if row["integration"] else row["body_integration_id"],
            "duration_bucket": None if row["duration_ms"] is None else bucket_of(row["duration_ms"]),
        }
        grouped[tuple(says[column.name] for column in kind.keys)].append(row)
    return {(*key, *_measured(together, kind)) for key, together in grouped.items()}


def _measured(rows: Sequence[Mapping[str, Any]], kind: Kind) -> list[Any]:
    served = [row["called_at"] for row in rows if row["status"] < 400 and row["operation"] != "auth"]
    took = [row["duration_ms"] for row in rows if row["duration_ms"] is not None]
    says = {
        "calls": len(rows),
        "errors": sum(row["status"] >= 400 for row in rows),
        "served": len(served),
        "first_call": min(row["called_at"] for row in rows),
        "last_call": max(row["called_at"] for row in rows),
        "last_served": max(served, default=None),
        "timed_calls": len(took),
        "duration_micros": round(1000 * sum(took)) if took else None,
        "slow_calls": sum(milliseconds > 1000 for milliseconds in took),
        "request_bytes": None,
        "response_bytes": None,
        "days": sum({1 << (row["day"].day - 1) for row in rows}),
    }
    return [says[one.column.name] for one in kind.measures]


# -- what they say


@pytest.mark.parametrize("name", KINDS)
def test_sums_say_what_plain_python_counts(tmp_path: Path, name: Any) -> None:
    lake = loaded_lake(tmp_path, varied(*range(40)) + BAD, varied(*range(100, 130)))
    maintain(lake)
    maintain(lake, sizes=dataclasses.replace(SUMMED, small_rows=1000, file_rows=1000))
    found = covered(lake, KINDS[name])
    assert found.calls == ()
    rows = [tuple(row.values()) for row in stored(found)]
    expected = as_counted_in_python(calls(lake), KINDS[name])
    assert len(expected) > 5
    assert sorted(rows, key=repr) == sorted(expected, key=repr)


def test_a_lake_with_few_calls_has_none_unless_they_are_asked_for(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(range(9)))
    few = dataclasses.replace(SUMMED, summed_rows=10)
    assert maintain(lake, sizes=few).sums == ()
    assert {one.table for one in maintain(lake, sizes=few, sums="rebuild").sums} == {
        kind.table for kind in KINDS.values()
    }
    assert all(one.rows for one in maintain(lake, sizes=few).sums)
    assert all(one.files == 0 for one in maintain(lake, sizes=few, sums="drop").sums)
    assert all(one.files == 0 for one in maintain(lake, sizes=few).sums)
    assert_each_call_counts_once(lake)


# -- which of them stand for calls


def _file(name: int, rows: int = 1) -> DataFile:
    path = Path(f"calls/0-{name:032x}.parquet")
    return DataFile(path, rows, None, None, None, None, None, None)


def _sums(name: int, *parts: int) -> SumFile:
    return SumFile(_file(name), frozenset(f"{part:032x}" for part in parts))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 9), max_size=12),
    st.lists(st.sets(st.integers(0, 11), min_size=1), max_size=8),
)
def test_whatever_sums_there_are_each_data_file_is_read_once(files: list[int], parts: list[set[int]]) -> None:
    sums = [_sums(number, *part) for number, part in enumerate(parts)]
    there = [_file(name) for name in files]
    found = cover(there, sums)
    read = [name_of(file) for file in found.calls] + [name for one in found.sums for name in one.built_from]
    assert sorted(map(str, read)) == sorted(str(name_of(file)) for file in there)


def test_the_largest_sums_are_read_and_those_of_a_file_that_is_gone_are_not() -> None:
    files = [_file(1), _file(2), _file(3)]
    whole, part, gone = _sums(7, 1, 2), _sums(8, 1), _sums(9, 3, 4)
    assert cover(files, [part, whole, gone]) == Cover((whole,), (files[2],))


def test_late_lines_are_read_as_calls_until_they_are_added_up(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(range(20)))
    maintain(lake)
    (tmp_path / "late.log").write_bytes(lines(range(5, 8)))
    load(lake, tmp_path / "late.log", stream="late")
    daily = KINDS["daily_calls"]
    assert [file.rows for file in covered(lake, daily).calls] == [3]
    assert_each_call_counts_once(lake)
    assert status(lake, now=NOW).unsummed != ()
    add_sums(Lake(lake), SUMMED)
    assert len(covered(lake, daily).sums) == 2
    assert covered(lake, daily).calls == ()
    assert status(lake, now=NOW).unsummed == ()
    assert_each_call_counts_once(lake)


def test_a_load_adds_sums_where_the_lake_has_some_and_enough_is_new(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(range(20)))

    def load_more(first: int) -> int:
        path = tmp_path / f"{first}.log"
        path.write_bytes(lines(range(first, first + 3)))
        ingest.ingest(
            lake, [str(path)], ingest.ReadOptions(), now=NOW, sizes=dataclasses.replace(SUMMED, unsummed_rows=4)
        )
        return len(covered(lake, KINDS["stream_hours"]).calls)

    assert load_more(100) == 2
    maintain(lake)
    assert load_more(200) == 1
    assert load_more(300) == 0
    assert_each_call_counts_once(lake)


def test_large_files_of_a_month_are_added_to_its_sums(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(range(20)))
    maintain(lake)
    [before] = sum_files(Lake(lake), daily := KINDS["daily_calls"])
    (tmp_path / "more.log").write_bytes(lines(range(100, 120)))
    load(lake, tmp_path / "more.log")
    maintain(lake)
    [after] = sum_files(Lake(lake), daily)
    assert before.built_from < after.built_from
    assert_each_call_counts_once(lake)
    maintain(lake)
    assert sum_files(Lake(lake), daily) == (after,)


def test_sums_of_calls_that_were_taken_back_stand_for_nothing(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(range(20)), lines(range(100, 103)))
    maintain(lake)
    unload(lake, loads(lake)[0]["load_id"], now=NOW)
    assert len(calls(lake)) == 3
    assert_each_call_counts_once(lake)
    maintain(lake)
    assert all(len(sum_files(Lake(lake), kind)) == 1 for kind in KINDS.values())
    assert_each_call_counts_once(lake)


# -- whoever is killed, and whoever is at work


@pytest.fixture(scope="module")
def unsummed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = loaded_lake(tmp_path_factory.mktemp("unsummed"), varied(*range(30)), lines(1, 2))
    ingest.maintain(lake, now=NOW, sizes=SMALL_FILES)
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


# -- damaged


@pytest.fixture
def summed(unsummed: Path, tmp_path: Path) -> Path:
    lake = shutil.copytree(unsummed, tmp_path / "lake")
    maintain(lake)
    return lake


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


def test_files_that_sums_no_longer_need_are_removed_when_readers_are_done(summed: Path) -> None:
    old = {one.path for kind in KINDS.values() for one in sum_files(Lake(summed), kind)}
    maintain(summed, sums="rebuild")
    assert all(path.exists() for path in old)
    maintain(summed, now=dt.datetime.now(dt.UTC) + dt.timedelta(days=9))
    assert not any(path.exists() for path in old)
    assert_each_call_counts_once(summed)
