"""Sums of calls say what the calls say, and the files that are read for a question hold each call once."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet import read_schema

import ingest
from ingest import Lake, status, unload
from ingest.lake.data_file import DataFile
from ingest.lake.sums.building import add_sums
from ingest.lake.sums.files import Cover, SumFile, cover, name_of, sum_files
from ingest.lake.sums.kinds import KINDS
from tests.ingest.lake.maintained import loaded_lake
from tests.ingest.lake.summed import SUMMED, assert_each_call_counts_once, covered, maintain, stored, varied
from tests.ingest.lakes import BAD, broken, calls, line, lines, load, loads
from tests.ingest.lakes import rows as rows_of
from tests.ingest.worked import NOW
from tests.oracle.durations import bucket_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.lake.sums.kinds import Kind


def as_counted_in_python(rows: Sequence[Mapping[str, Any]], kind: Kind) -> set[tuple[Any, ...]]:
    """The sums of calls, by plain Python."""
    grouped = defaultdict(list)
    for row in rows:
        if kind.name == "error_hours" and row["status"] < 400:
            continue
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


@pytest.mark.parametrize(("fraction", "unit"), [(0.25, "ms"), (0.2501, "us")])
def test_times_in_sums_are_kept_in_milliseconds_where_none_has_a_fraction_of_one(
    tmp_path: Path, fraction: float, unit: str
) -> None:
    lake = loaded_lake(tmp_path, varied(*range(12)))
    maintain(lake)
    assert _units(lake) == {"ms"}
    log = tmp_path / "more.json"
    log.write_bytes(line(20, timestamp=1_790_805_020 + fraction))
    load(lake, log)
    maintain(lake)
    assert _units(lake) == {"ms", unit}, "the hours of stream_hours are whole"
    rows = {tuple(row.values()) for row in stored(covered(lake, KINDS["customer_days"]))}
    assert rows == as_counted_in_python(calls(lake), KINDS["customer_days"])
    assert broken(lake) == {}


def _units(lake: Path) -> set[str]:
    """The units of the times in all sums."""
    files = [one for kind in KINDS.values() for one in covered(lake, kind).sums]
    fields = [field for one in files for field in read_schema(one.path)]
    return {field.type.unit for field in fields if pa.types.is_timestamp(field.type)}


@pytest.mark.parametrize("name", KINDS)
def test_the_rows_of_a_file_of_sums_are_in_the_order_of_their_kind(tmp_path: Path, name: Any) -> None:
    kind = KINDS[name]
    assert set(kind.keys) <= set(kind.order)
    assert len(set(kind.order)) == len(kind.order)
    lake = loaded_lake(tmp_path, varied(*range(40)))
    maintain(lake)
    for one in covered(lake, kind).sums:
        rows = [[row[column.name] for column in kind.order] for row in rows_of([one.path])]
        assert rows == sorted(rows, key=lambda row: [(value is None, value) for value in row])


def test_a_lake_with_few_calls_has_none_unless_they_are_asked_for(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, varied(*range(9)))
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
