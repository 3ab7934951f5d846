"""`verify` proves every invariant: each is broken here in a lake that was sound, and named."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction
from pyarrow import parquet

from ingest import Lake, maintain, unload, verify
from ingest.lake.ledger_row import LedgerRow, Retried
from tests.ingest.lakes import (
    BAD,
    SCHEMAS,
    broken,
    calls,
    leftovers,
    lines,
    load,
    loads,
    rows,
    sealed_anew,
    store,
    stored,
)
from tests.ingest.worked import NOW
from tests.oracle.privacy import addresses_in, citizen_service_numbers_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row: TypeAlias = dict[str, Any]

UNKNOWN = "f" * 16


@dataclass(frozen=True)
class _Given:
    """A lake with three loads: `first` and `grown` of one file, and `other`."""

    lake: Path
    first: str
    grown: str
    other: str
    log: str


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> _Given:
    folder = tmp_path_factory.mktemp("sound")
    path, other_path = folder / "access.log", folder / "other.log"
    path.write_bytes(lines(0, 1) + BAD)
    load(folder / "lake", path)
    path.write_bytes(lines(0, 1) + BAD + lines(2))
    load(folder / "lake", path)
    other_path.write_bytes(lines(10) + BAD)
    load(folder / "lake", other_path)
    first, grown, other = (row["load_id"] for row in loads(folder / "lake"))
    return _Given(folder / "lake", first, grown, other, str(path))


@pytest.fixture
def given(sound: _Given, tmp_path: Path) -> _Given:
    lake = tmp_path / "lake"
    shutil.copytree(sound.lake, lake)
    return _Given(lake, sound.first, sound.grown, sound.other, sound.log)


def test_a_sound_lake_has_nothing_broken(given: _Given) -> None:
    verification = verify(given.lake)
    assert [check for check in verification.checks if not check.ok] == []
    assert verification.ok


# -- rows


@dataclass(frozen=True)
class _Case:
    """What is done to the rows of a table, which check notices, and what it says."""

    check: str
    table: str
    change: Callable[[list[Row], _Given], object]
    said: str


def _where(rows: list[Row], load_id: str, line_number: int = 1) -> Row:
    (row,) = [row for row in rows if (row["load_id"], row["line_number"]) == (load_id, line_number)]
    return row


def _load(**columns: object) -> Callable[[list[Row], _Given], object]:
    return lambda rows, given: next(row for row in rows if row["load_id"] == given.grown).update(columns)


CASES = [
    _Case(
        "calls_are_all_there",
        "calls",
        lambda rows, given: rows.remove(_where(rows, given.first)),
        "load {first} ({log}): the ledger says 2 calls, the table has 1",
    ),
    _Case(
        "calls_are_all_there",
        "calls",
        lambda rows, given: _where(rows, given.grown, 4).update(load_id=UNKNOWN),
        "load {grown} ({log}): the ledger says 1 calls, the table has 0; "
        "load ffffffffffffffff: the ledger says 0 calls, the table has 1",
    ),
    _Case(
        "rejects_are_all_there",
        "rejects",
        lambda rows, given: rows.remove(_where(rows, given.first, 3)),
        "load {first} ({log}): the ledger says 1 rejects, the table has 0",
    ),
    _Case(
        "rejects_are_all_there",
        "rejects",
        lambda rows, given: rows.append(_where(rows, given.first, 3) | {"load_id": UNKNOWN}),
        "load ffffffffffffffff: the table has 1 rejects of it, the ledger does not know it",
    ),
    _Case(
        "no_line_counts_twice",
        "calls",
        lambda rows, given: rows.append(_where(rows, given.first)),
        "load {first}, line 1: 2 times",
    ),
    _Case(
        "no_line_counts_twice",
        "rejects",
        lambda rows, given: _where(rows, given.first, 3).update(line_number=2),
        "load {first}, line 2: 2 times",
    ),
    _Case(
        "rows_carry_the_stream_of_their_load",
        "calls",
        lambda rows, given: _where(rows, given.first).update(stream="elsewhere"),
        "load {first} ({log}): is of stream {stream}, but has rows of elsewhere",
    ),
    _Case(
        "rows_carry_the_stream_of_their_load",
        "rejects",
        lambda rows, given: _where(rows, given.first, 3).update(stream="elsewhere"),
        "load {first} ({log}): is of stream {stream}, but has rows of elsewhere",
    ),
    _Case(
        "every_line_has_one_fate",
        "loads",
        _load(lines=7),
        "load {grown} ({log}): 7 lines, but 1 calls + 0 rejects + 0 ignored",
    ),
    _Case(
        "bytes_add_up",
        "loads",
        _load(start_byte=5),
        "load {grown} ({log}): begins at byte 5, the load before it ({first}) ends at {first_end}",
    ),
    _Case(
        "bytes_add_up",
        "loads",
        _load(parent=None, start_byte=5),
        "load {grown} ({log}): begins at byte 5, where no load ends",
    ),
    _Case(
        "bytes_add_up",
        "loads",
        _load(end_byte=5),
        "load {grown} ({log}): begins at byte {first_end} and ends at 5",
    ),
    _Case(
        "no_content_is_loaded_twice",
        "loads",
        lambda rows, given: [
            row.update(end_byte=9, content_sha256="00") for row in rows if row["load_id"] != given.other
        ],
        "loads {both} end at the same place of the same content",
    ),
    _Case(
        "loads_say_when",
        "loads",
        _load(first_call=dt.datetime(2026, 10, 2, tzinfo=dt.UTC)),
        "load {grown} ({log}): its calls are of 2026-09-30 21:50:02+00 to 2026-09-30 21:50:02+00, "
        "the ledger says 2026-10-02 00:00:00+00 to 2026-09-30 21:50:02+00",
    ),
    _Case("ledger_is_in_order", "loads", _load(decision=9), "load {grown}: is decision 9, the one before it is 3"),
    _Case(
        "ledger_is_in_order",
        "loads",
        lambda rows, given: rows.append(next(row for row in rows if row["load_id"] == given.other)),
        "load {other} ({other_log}): is in the ledger twice",
    ),
    _Case(
        "parents_come_first",
        "loads",
        _load(parent=UNKNOWN),
        "load {grown} ({log}): grew from load ffffffffffffffff, which does not hold",
    ),
    _Case(
        "parents_come_first",
        "loads",
        lambda rows, _: [row.update(decision=3 - row["decision"]) for row in rows if row["decision"] < 3],
        "load {grown} ({log}): grew from load {first}, which comes after it",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}: {case.said}")
def test_what_is_broken_is_named(given: _Given, case: _Case) -> None:
    before = {row["load_id"]: row for row in loads(given.lake)}
    found = stored(given.lake, case.table)
    case.change(found, given)
    store(given.lake, case.table, found)
    said = case.said.format(
        **vars(given),
        stream=before[given.first]["stream"],
        other_log=before[given.other]["source"],
        first_end=before[given.first]["end_byte"],
        both=", ".join(sorted([given.first, given.grown])),
    )
    assert said in broken(given.lake).get(case.check, "holds")


BROKEN_CALLS: list[tuple[Row, str]] = [
    ({"day": dt.date(2026, 9, 29)}, "day 2026-09-29 is not called_at's"),
    ({"customer": None}, "a column is empty that must not be"),
    ({"product": "other"}, "product other is not known"),
    ({"protocol": "grpc"}, "protocol grpc is not known"),
    ({"environment": "live"}, "environment live is not known"),
    ({"product": "sb", "customer": "beers/enyoi", "environment": "test"}, "environment test is not known"),
    ({"operation": "patch"}, "operation patch is not known"),
    ({"token_form": "jwt"}, "token_form jwt is not known"),
    ({"id_status": "good"}, "id_status good is not known"),
    ({"id_defect": "ugly"}, "id_defect ugly is not known"),
    ({"status": 999}, "status 999 is none"),
    ({"method": "get"}, "method is none"),
    ({"request_bytes": -1}, "a size or duration is negative"),
    ({"partner": 4322}, "integration and its parts differ"),
    ({"integration_id": "4321_2"}, "integration and its parts differ"),
    ({"id_status": "missing", "integration_id": None}, "attributed without a valid id"),
    ({"id_defect": "too_short"}, "id_status, id_defect and integration_id differ"),
    ({"own": True}, "own is wrong"),
    ({"outcome": "timeout"}, "outcome does not follow from status"),
    ({"user_agent": "App/1 (me@example.nl)"}, "user_agent does not fit its pattern"),
    ({"user_agent": "x" * 257}, "user_agent does not fit its pattern"),
    ({"user_agent": "App PHRva2VuPjx2"}, "user_agent does not fit its pattern"),
    ({"connector": "Kn Subject"}, "connector does not fit its pattern"),
    ({"connector": "123456789"}, "connector does not fit its pattern"),
    ({"request_id": "a b"}, "request_id does not fit its pattern"),
    ({"api_version": "Bearer"}, "api_version does not fit its pattern"),
    ({"body_integration_id": "4321"}, "body_integration_id does not fit its pattern"),
    ({"endpoint": "connectors?filter"}, "endpoint does not fit its pattern"),
    ({"filter_fields": ["Name", "a@b"]}, "filter_fields does not fit its pattern"),
    ({"customer": "1234 Jansen"}, "customer does not fit its pattern"),
]
BROKEN_REJECTS: list[tuple[Row, str]] = [
    ({"reason": "odd"}, "its reason is not known"),
    ({"byte_offset": -1}, "source, line_number or byte_offset is missing or negative"),
    ({"called_at": dt.datetime(1999, 12, 31, tzinfo=dt.UTC)}, "called_at is impossible"),
    ({"integration": "4321_1 Jansen"}, "integration is no valid id"),
    ({"sample": "{Jansen"}, "sample does not fit its pattern"),
    ({"sample": "GET 203.0.113.9 200"}, "sample does not fit its pattern"),
    ({"sample": "2001:db8:0:0:0:0:0:9"}, "sample does not fit its pattern"),
    ({"sample": "200 123.456.782"}, "sample does not fit its pattern"),
    ({"sample": "{" * 201}, "sample does not fit its pattern"),
    ({"detail": "of 123456789"}, "detail does not fit its pattern"),
]


@pytest.mark.parametrize(("table", "changes"), [("calls", BROKEN_CALLS), ("rejects", BROKEN_REJECTS)])
def test_each_row_that_breaks_the_contract_is_named(
    given: _Given, monkeypatch: pytest.MonkeyPatch, table: str, changes: list[tuple[Row, str]]
) -> None:
    monkeypatch.setattr("ingest.lake.verification._FEW", 100)
    found = stored(given.lake, table)
    (row,) = [row for row in found if row["load_id"] == given.other]
    made = [row | {"line_number": 100 + number} | change for number, (change, _) in enumerate(changes)]
    store(given.lake, table, [*found, *made])
    texts = broken(given.lake)
    said = [
        text
        for check in ("calls_keep_the_contract", "rejects_keep_the_contract", "free_text_fits_its_pattern")
        for text in texts.get(check, "").split("; ")
        if text
    ]
    expected = [f"load {given.other}, line {100 + number}: {defect}" for number, (_, defect) in enumerate(changes)]
    assert sorted(said) == sorted(expected)


def test_the_first_of_many_are_named_and_the_rest_counted(given: _Given) -> None:
    found = stored(given.lake, "calls")
    store(
        given.lake, "calls", [row | {"line_number": number, "own": True} for row in found for number in range(10, 13)]
    )
    said = broken(given.lake)["calls_keep_the_contract"]
    assert said.count("own is wrong") == 5
    assert said.endswith("; and 7 more")


# -- decisions


def _decide(lake: Path, **columns: Any) -> None:
    """Decide something, whether it is right or not."""
    store = Lake(lake)
    table, ledger = store.ledger()
    row = LedgerRow(source="x", stream="x", log_format="json", loaded_at=NOW, version="0", **columns)
    assert store.decide(table, ledger, [row])


def test_an_unload_of_what_does_not_hold_is_named(given: _Given) -> None:
    _decide(given.lake, load_id="a" * 16, kind="unload", unloaded=(UNKNOWN,))
    said = broken(given.lake)
    assert said == {
        "decisions_fit_their_loads": f"unload {'a' * 16}: names load {UNKNOWN}, which does not hold at that point"
    }


def test_a_table_that_is_ahead_of_the_ledger_is_named(given: _Given) -> None:
    table = DeltaTable((given.lake / "rejects").as_uri())
    properties = CommitProperties(app_transactions=[Transaction("ledger", 9)])
    table.create_write_transaction([], "append", table.schema(), commit_properties=properties)
    said = f"{given.lake / 'rejects'}: carries version 9, the last decision is 3"
    assert broken(given.lake)["ledger_is_in_order"] == said


def test_rejects_of_what_was_taken_back_are_named(given: _Given) -> None:
    (row,) = [row for row in stored(given.lake, "rejects") if row["load_id"] == given.other]
    unload(given.lake, given.other, now=NOW)
    store(given.lake, "rejects", [*stored(given.lake, "rejects"), row])
    assert broken(given.lake) == {
        "rejects_are_all_there": f"load {given.other}: the table has 1 rejects of it, the ledger has taken it back"
    }


def test_calls_that_outlive_their_retention_are_named(given: _Given) -> None:
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


def test_texts_of_rejects_that_outlive_their_retention_are_named(given: _Given) -> None:
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


def test_a_retention_of_more_than_there_was_is_named(given: _Given) -> None:
    maintain(given.lake, now=NOW + dt.timedelta(days=60), keep_calls=30, keep_rejects=30)
    found = stored(given.lake, "loads")
    for row in found:
        if row["kind"] == "retention":
            row["removed"] = json.dumps(
                {"before": "2026-01-01", "calls": {}, "rejects": {given.other: 2, given.first: 1}, "texts": []}
            )
    store(given.lake, "loads", found)
    found_broken = broken(given.lake)
    assert "0 calls and 2 rejects were removed from 1 and 1" in found_broken["decisions_fit_their_loads"]
    assert "1 rejects, 2 of them removed since, the table has 0" in found_broken["rejects_are_all_there"]


def test_a_retry_of_more_than_there_was_is_named(given: _Given) -> None:
    retried = {given.other: Retried(calls=1, ignored=1), UNKNOWN: Retried()}
    _decide(given.lake, load_id="a" * 16, kind="retry", retried=retried)
    said = broken(given.lake)["decisions_fit_their_loads"]
    assert f"retry {'a' * 16}: names load {UNKNOWN}, which does not hold at that point" in said
    assert "0 calls and 0 rejects were removed from 2 and -1 (1 calls and 1 ignored lines were rejects)" in said


def test_calls_of_a_retry_that_are_not_there_are_named(given: _Given) -> None:
    _decide(given.lake, load_id="a" * 16, kind="retry", retried={given.other: Retried(calls=1)})
    assert broken(given.lake) == {}
    Lake(given.lake).roll_forward()
    found = broken(given.lake)
    assert found["calls_are_all_there"].endswith("the ledger says 2 calls, the table has 1")
    assert "every_line_has_one_fate" not in found


# -- files


def _file_of(given: _Given, load_id: str) -> Path:
    (path,) = [file.path for file in Lake(given.lake).snapshot().calls if rows([file.path])[0]["load_id"] == load_id]
    return path


def test_a_data_file_that_is_gone_is_named_with_what_was_in_it(given: _Given) -> None:
    path = _file_of(given, given.grown)
    path.unlink()
    found = broken(given.lake)
    assert found["data_files_are_there"] == str(path)
    assert found["calls_are_all_there"] == (
        f"load {given.grown} ({given.log}): the ledger says 1 calls, the table has 0"
    )


def test_a_data_file_that_is_cut_off_is_named(given: _Given) -> None:
    path = _file_of(given, given.grown)
    path.write_bytes(path.read_bytes()[:-100])
    assert broken(given.lake)["data_files_are_whole"].startswith(f"{path}: cannot be read: ")


def test_a_data_file_with_other_rows_is_named(given: _Given) -> None:
    path = _file_of(given, given.grown)
    before = path.stat().st_size
    parquet.write_table(parquet.ParquetFile(path).read().slice(1), path)
    assert broken(given.lake)["data_files_are_whole"] == (
        f"{path}: has 0 rows and {path.stat().st_size:,} bytes, its table says 1 and {before:,}"
    )


def test_rows_outside_the_bounds_that_readers_skip_by_are_named(given: _Given) -> None:
    path = _file_of(given, given.grown)
    for commit in (given.lake / "calls" / "_delta_log").glob("*.json"):
        text = commit.read_text(encoding="utf-8")
        if path.name in text:
            commit.write_text(sealed_anew(text.replace("4321", "4322")), encoding="utf-8")
    assert broken(given.lake) == {"bounds_hold": f"{path}: holds partner 4321 to 4321, its table says 4322 to 4322"}


@pytest.mark.parametrize("size", [None, 3])
def test_a_decided_file_that_is_gone_or_cut_off_before_it_is_rolled_forward_is_named(
    given: _Given, size: int | None
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


def test_leftovers_are_told_and_are_no_failure(given: _Given) -> None:
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
