"""`verify` proves the decisions of the ledger, and that their data files are there."""

from __future__ import annotations

import datetime as dt
import json
import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction
from pyarrow import parquet

from ingest import Lake, maintain, unload, verify
from ingest.lake.ledger_row import LedgerRow, Retried
from tests.ingest.lakes import SCHEMAS, broken, calls, leftovers, lines, load, rows, sealed_anew, store, stored
from tests.ingest.worked import NOW
from tests.oracle.privacy import addresses_in, citizen_service_numbers_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.lake.sound import Given


UNKNOWN = "f" * 16


# -- decisions


def _decide(lake: Path, **columns: Any) -> None:
    """Decide something, whether it is right or not."""
    store = Lake(lake)
    table, ledger = store.ledger()
    row = LedgerRow(source="x", stream="x", log_format="json", loaded_at=NOW, version="0", **columns)
    assert store.decide(table, ledger, [row])


def test_an_unload_of_what_does_not_hold_is_named(given: Given) -> None:
    _decide(given.lake, load_id="a" * 16, kind="unload", unloaded=(UNKNOWN,))
    said = broken(given.lake)
    assert said == {
        "decisions_fit_their_loads": f"unload {'a' * 16}: names load {UNKNOWN}, which does not hold at that point"
    }


def test_a_table_that_is_ahead_of_the_ledger_is_named(given: Given) -> None:
    table = DeltaTable((given.lake / "rejects").as_uri())
    properties = CommitProperties(app_transactions=[Transaction("ledger", 9)])
    table.create_write_transaction([], "append", table.schema(), commit_properties=properties)
    said = f"{given.lake / 'rejects'}: carries version 9, the last decision is 3"
    assert broken(given.lake)["ledger_is_in_order"] == said


def test_rejects_of_what_was_taken_back_are_named(given: Given) -> None:
    (row,) = [row for row in stored(given.lake, "rejects") if row["load_id"] == given.other]
    unload(given.lake, given.other, now=NOW)
    store(given.lake, "rejects", [*stored(given.lake, "rejects"), row])
    assert broken(given.lake) == {
        "rejects_are_all_there": f"load {given.other}: the table has 1 rejects of it, the ledger has taken it back"
    }


def test_calls_that_outlive_their_retention_are_named(given: Given) -> None:
    kept = stored(given.lake, "calls")
    old = NOW + dt.timedelta(days=60)
    assert maintain(given.lake, now=old, keep_calls=30).calls_removed == 4
    assert broken(given.lake) == {}
    store(given.lake, "calls", [row for row in kept if row["load_id"] == given.other])
    found = broken(given.lake)
    assert found["nothing_outlives_its_retention"] == (
        f"load {given.other}: 1 calls of days before 2026-11-30, which were to be removed"
    )
    assert found["calls_are_all_there"].endswith("the ledger says 1 calls, 1 of them removed since, the table has 1")


def test_texts_of_rejects_that_outlive_their_retention_are_named(given: Given) -> None:
    kept = stored(given.lake, "rejects")
    assert maintain(given.lake, now=NOW + dt.timedelta(days=60), keep_rejects=30).texts_removed == 2
    assert broken(given.lake) == {}
    gone = stored(given.lake, "rejects")
    store(
        given.lake,
        "rejects",
        [old if old["load_id"] == given.other else new for old, new in zip(kept, gone, strict=True)],
    )
    assert broken(given.lake)["nothing_outlives_its_retention"] == (
        f"load {given.other}: 1 rejects with a detail or a sample, which were to be removed"
    )


def test_a_retention_of_more_than_there_was_is_named(given: Given) -> None:
    maintain(given.lake, now=NOW + dt.timedelta(days=60), keep_calls=30, keep_sums=30, keep_rejects=30)
    found = stored(given.lake, "loads")
    for row in found:
        if row["kind"] == "retention":
            row["removed"] = json.dumps(
                json.loads(row["removed"])
                | {"before": "2026-01-01", "calls": {}, "rejects": {given.other: 2, given.first: 1}, "texts": []}
            )
    store(given.lake, "loads", found)
    found_broken = broken(given.lake)
    assert "0 calls and 2 rejects were removed from 1 and 1" in found_broken["decisions_fit_their_loads"]
    assert "1 rejects, 2 of them removed since, the table has 0" in found_broken["rejects_are_all_there"]


def test_a_retry_of_more_than_there_was_is_named(given: Given) -> None:
    retried = {given.other: Retried(calls=1, ignored=1), UNKNOWN: Retried()}
    _decide(given.lake, load_id="a" * 16, kind="retry", retried=retried)
    said = broken(given.lake)["decisions_fit_their_loads"]
    assert f"retry {'a' * 16}: names load {UNKNOWN}, which does not hold at that point" in said
    assert "0 calls and 0 rejects were removed from 2 and -1 (1 calls and 1 ignored lines were rejects)" in said


def test_calls_of_a_retry_that_are_not_there_are_named(given: Given) -> None:
    _decide(given.lake, load_id="a" * 16, kind="retry", retried={given.other: Retried(calls=1)})
    assert broken(given.lake) == {}
    Lake(given.lake).roll_forward()
    found = broken(given.lake)
    assert found["calls_are_all_there"].endswith("the ledger says 2 calls, the table has 1")
    assert "every_line_has_one_fate" not in found


# -- files


def _file_of(given: Given, load_id: str) -> Path:
    (path,) = [file.path for file in Lake(given.lake).snapshot().calls if rows([file.path])[0]["load_id"] == load_id]
    return path


def test_a_data_file_that_is_gone_is_named_with_what_was_in_it(given: Given) -> None:
    path = _file_of(given, given.grown)
    path.unlink()
    found = broken(given.lake)
    assert found["data_files_are_there"] == str(path)
    assert found["calls_are_all_there"] == (
        f"load {given.grown} ({given.log}): the ledger says 1 calls, the table has 0"
    )


def test_a_data_file_that_is_cut_off_is_named(given: Given) -> None:
    path = _file_of(given, given.grown)
    path.write_bytes(path.read_bytes()[:-100])
    assert broken(given.lake)["data_files_are_whole"].startswith(f"{path}: cannot be read: ")


def test_a_data_file_with_other_rows_is_named(given: Given) -> None:
    path = _file_of(given, given.grown)
    before = path.stat().st_size
    parquet.write_table(parquet.ParquetFile(path).read().slice(1), path)
    assert broken(given.lake)["data_files_are_whole"] == (
        f"{path}: has 0 rows and {path.stat().st_size:,} bytes, its table says 1 and {before:,}"
    )


def test_rows_outside_the_bounds_that_readers_skip_by_are_named(given: Given) -> None:
    path = _file_of(given, given.grown)
    for commit in (given.lake / "calls" / "_delta_log").glob("*.json"):
        text = commit.read_text(encoding="utf-8")
        if path.name in text:
            commit.write_text(sealed_anew(text.replace("4321", "4322")), encoding="utf-8")
    assert broken(given.lake) == {"bounds_hold": f"{path}: holds partner 4321 to 4321, its table says 4322 to 4322"}


@pytest.mark.parametrize("size", [None, 3])
def test_a_decided_file_that_is_gone_or_cut_off_before_it_is_rolled_forward_is_named(
    given: Given, size: int | None
) -> None:
    lake = Lake(given.lake)
    (staged,) = lake.stage(
        "b" * 16, pa.Table.from_pylist(calls(given.lake)[:1], schema=SCHEMAS["calls"]), SCHEMAS["rejects"].empty_table()
    )
    table, ledger = lake.ledger()
    row = LedgerRow(
        load_id="b" * 16, source="x", stream="x", log_format="json", loaded_at=NOW, version="0", lines=1, calls=1
    )
    assert lake.decide(table, ledger, [row], [staged])
    assert broken(given.lake) == {}
    path = given.lake / "calls" / staged.path
    if size is None:
        path.unlink()
        said = "is missing"
    else:
        path.write_bytes(b"PAR")
        said = f"has 3 bytes, {staged.size:,} were written"
    assert broken(given.lake) == {"decided_loads_are_visible": f"load {row.load_id} (x): decided, but {path} {said}"}


def test_leftovers_are_told_and_are_no_failure(given: Given) -> None:
    (given.lake / "calls" / "0000000000000000-0.parquet").write_bytes(b"12345")
    assert leftovers(given.lake) == {"0000000000000000-0.parquet"}
    verification = verify(given.lake)
    (check,) = [check for check in verification.checks if check.name == "leftovers"]
    assert verification.ok
    assert check.detail.startswith("no table holds 1 files (5 bytes)")


def test_a_sample_may_be_cut_off_anywhere(tmp_path: Path) -> None:
    """Behind the name of a field it is kept as it will be judged again: without its colon it is a value like any other."""
    path = tmp_path / "access.log"
    bad = b'{"method": "G", "status": 200, '
    path.write_bytes(lines(0) + b"".join(bad + b" " * blanks + b'"response_bytes": 1}\n' for blanks in range(140, 180)))
    load(tmp_path / "lake", path)
    samples = [row["sample"] for row in stored(tmp_path / "lake", "rejects")]
    assert any(sample.endswith('"response_bytes":') and len(sample) == 200 for sample in samples)
    assert any(sample.endswith(' "•"') for sample in samples)
    assert broken(tmp_path / "lake") == {}


def test_the_nanoseconds_of_a_rejected_line_are_no_number_of_a_person(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0) + b'{"timestamp": "2026-10-01T07:00:00.605055015Z", "method": "1", "status": 200}\n')
    load(tmp_path / "lake", path)
    [sample] = [row["sample"] for row in stored(tmp_path / "lake", "rejects")]
    assert '"2026-10-01T07:00:00.•"' in sample
    assert broken(tmp_path / "lake") == {}


_PIECES = [
    *("2026-10-01", "2026-10-0", "01/Oct/2026", "Oct  1 ", "10/1/2026", "T", "Z", " +0200", "09:00:00", "12:34"),
    *("HTTP/", "HTTP/1.", "123456782", "123456", "78", "2", ".", ",", ":", "-", "_", "/", " ", "1107_301201"),
]


def test_whatever_runs_together_in_rejected_lines_the_lake_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    bad = "".join(f"x {''.join(pieces)}\n" for pieces in product(_PIECES, repeat=3))
    path.write_bytes(lines(0) + bad.encode())
    load(tmp_path / "lake", path)
    samples = [row["sample"] for row in stored(tmp_path / "lake", "rejects")]
    assert len(samples) == len(_PIECES) ** 3
    # A valid id may be one by its digits, and stays: it is what a sample is for.
    kept = [re.sub("[1-9][0-9]{3,6}_[1-9][0-9]{0,8}", "id", sample) for sample in samples]
    assert [sample for sample in kept if addresses_in(sample) or citizen_service_numbers_in(sample)] == []
    assert broken(tmp_path / "lake") == {}
