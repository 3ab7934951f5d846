"""The loads of a log that grew become one, and the answers stay the same."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from analytics.warehouse.warehouse import Warehouse
from ingest import Lake, LakeError, ReadOptions, back_up, maintain, repair, restore, retry_rejects, unload, verify
from ingest.lake import merging
from ingest.lake.followers import Follower
from ingest.load.loader import Loader
from ingest.load.memory import Memory
from ingest.read.folder import list_sources
from tests.ingest.lake.growing import HOST, LATER, content_of, grow, ledger_rows, load_at
from tests.ingest.lakes import BAD, broken, line, lines, loads, numbers, rows, stored, texts
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from deltalake import DeltaTable

    from ingest.lake.data_file import AnyTable


def _said(lake: Path) -> list[tuple[str, int, int, int, int, int, int]]:
    """Of each load that holds its source, where it begins and ends, and its lines, calls, rejects and ignored lines."""
    return [
        (
            row["source"].rpartition("/")[2],
            *(row[name] for name in ("start_byte", "end_byte", "lines", "calls", "rejects", "ignored")),
        )
        for row in loads(lake)
    ]


def test_of_a_log_that_grew_the_ledger_keeps_one_load_a_day(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    first, second, third = lines(0, 1) + BAD, lines(2), lines(3, 4)
    for day in range(3):
        grow(lake, log, first, second, third, now=NOW + dt.timedelta(days=day))
    size = len(first + second + third)
    before = content_of(lake)

    report = maintain(lake, now=NOW + dt.timedelta(days=3))

    assert report.loads_merged == 4
    assert _said(lake) == [
        ("access.log", 0, size, 6, 5, 1, 0),
        ("access.log", size, 2 * size, 6, 5, 1, 0),
        ("access.log", 2 * size, 2 * size + len(first), 3, 2, 1, 0),
        ("access.log", 2 * size + len(first), 3 * size - len(third), 1, 1, 0, 0),
        ("access.log", 3 * size - len(third), 3 * size, 2, 2, 0, 0),
    ]
    assert [row.kind for row in ledger_rows(lake)] == [*["load"] * 5, "merge"]
    assert {row["load_id"] for row in stored(lake, "calls")} == {row.load_id for row in ledger_rows(lake)[:-1]}
    assert content_of(lake) == before
    assert broken(lake) == {}
    assert maintain(lake, now=NOW + dt.timedelta(days=3)).loads_merged == 0
    assert maintain(lake, now=NOW + dt.timedelta(days=9)).loads_merged == 2
    assert [row.kind for row in ledger_rows(lake)] == [*["load"] * 3, "merge"]
    assert content_of(lake) == before
    assert broken(lake) == {}


def test_loads_stay_apart_where_more_than_their_number_would_change(tmp_path: Path) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    untimed, timed = BAD * 3, line(50, status="OK") * 3
    names = {name: logs / f"{name}.log" for name in ("whole", "renamed", "forked", "unread", "rejected", "days")}
    grow(lake, names["whole"], lines(0), lines(1))
    grow(lake, names["renamed"], lines(10), lines(11))
    renamed = names["renamed"].rename(logs / "renamed.1")
    grow(lake, renamed, lines(12))
    grow(lake, names["forked"], lines(20, 21), lines(22))
    (logs / "fork.log").write_bytes(lines(20, 21, 23))
    load_at(lake, logs / "fork.log")
    grow(lake, names["unread"], lines(30), untimed, lines(31))
    grow(lake, names["rejected"], lines(40), timed, lines(41))
    grow(lake, names["days"], line(60), line(60 + 90_000, request_id="61"), line(60 + 90_001, request_id="62"))
    before = content_of(lake)

    report = maintain(lake, now=LATER)

    assert Counter(name for name, *_ in _said(lake)) == {
        "whole.log": 1,
        "renamed.log": 1,
        "renamed.1": 1,
        "forked.log": 2,
        "fork.log": 1,
        "unread.log": 3,
        "rejected.log": 1,
        "days.log": 2,
    }
    assert report.loads_merged == 1 + 1 + 2 + 1
    assert content_of(lake) == before
    assert broken(lake) == {}


def test_which_hours_are_missing_is_judged_as_before(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    hours = [lines(*range(3600 * hour, 3600 * hour + 5)) for hour in range(8)]
    unread = [b"" if hour not in {2, 5} else line(3600 * hour + 9) + BAD * 12 for hour in range(8)]
    torn = [BAD if hour == 3 else b"" for hour in range(8)]
    for parts in zip(hours, unread, torn, strict=True):
        grow(lake, log, *(part for part in parts if part))

    def judged() -> tuple[object, ...]:
        with Warehouse.open(lake) as warehouse:
            untimed = "select loads.last_call::date, count(*) from rejects join loads using (load_id) group by all order by all"
            found = warehouse.query(untimed).rows(), warehouse.metric("completeness").rows()
            return (*found, warehouse.query_file("completeness/streams_lives").rows())

    before = judged()
    assert "rejected" in str(before)
    # Of eleven loads the one before midnight and the three with lines that have no time stay apart, and so do those between.
    assert maintain(lake, now=LATER).loads_merged == 3
    assert judged() == before
    assert broken(lake) == {}


def _stopped(step: str) -> type[Lake]:
    """A lake whose process was killed after this step of a merge."""

    class Stopped(Lake):
        def decide(self, table: Any, ledger: Any, rows: Any, staged: Any = ()) -> bool:
            is_decided = super().decide(table, ledger, rows, staged)
            if step == "decided":
                raise KeyboardInterrupt
            return is_decided

        def _follow(self, rows: Any, name: Any) -> None:
            super()._follow(rows, name)
            if step == name:
                raise KeyboardInterrupt

    return Stopped


@pytest.mark.parametrize("step", ["decided", "rejects", "calls"])
def test_a_merge_that_was_cut_off_is_read_as_one_and_goes_on(tmp_path: Path, step: str) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    grow(lake, log, lines(0, 1) + BAD, lines(2), BAD + lines(3))
    retry_rejects(lake, [str(log)], ReadOptions(), now=NOW)
    maintain(lake, now=NOW + dt.timedelta(days=1), keep_calls=1, as_of=dt.date(2026, 10, 3))
    before, size = content_of(lake), log.stat().st_size

    with contextlib.suppress(KeyboardInterrupt):
        merging.merge_loads(_stopped(step)(lake), now=LATER)

    assert content_of(lake) == before
    assert len(loads(lake)) == (1 if step == "calls" else 3)
    assert broken(lake) == {}
    assert back_up(lake, tmp_path / "copy").version == 5
    for path in (lake, tmp_path / "copy"):
        assert [one.status for one in load_at(path, log, now=LATER).sources] == ["unchanged"]
        assert _said(path) == [("access.log", 0, size, 6, 4, 2, 0)]
        assert content_of(path) == before
        assert broken(path) == {}
        assert maintain(path, now=LATER).loads_merged == 0
        assert [row.kind for row in ledger_rows(path)] == ["load", "retention", "merge"]
        assert content_of(path) == before
        assert broken(path) == {}


def test_a_reader_that_began_before_the_ledger_was_written_as_one_sees_one_state(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    grow(lake, log, lines(0, 1) + BAD, lines(2), BAD + lines(3))
    before = content_of(lake)

    class Slow(Lake):
        is_late = False

        def open(self, name: AnyTable) -> DeltaTable:
            if name == "loads" and not self.is_late:
                self.is_late = True
                assert maintain(lake, now=LATER).loads_merged == 2
            return super().open(name)

    snapshot = Slow(lake).snapshot()
    load_ids = set(snapshot.loads["load_id"].to_pylist())
    assert {row["load_id"] for row in rows(file.path for file in snapshot.calls)} == load_ids
    assert {row["load_id"] for row in rows(snapshot.rejects)} == load_ids
    assert content_of(lake) == before


@pytest.mark.parametrize("is_written", [True, False])
def test_who_planned_before_loads_became_one_looks_again(tmp_path: Path, *, is_written: bool) -> None:
    lake, log, other = tmp_path / "lake", tmp_path / "access.log", tmp_path / "other.log"
    grow(lake, log, lines(0), lines(1))
    log.write_bytes(lines(0, 1, 2))
    other.write_bytes(lines(7))

    class Slow(Lake):
        is_late = False

        def decide(self, *arguments: Any) -> bool:
            if not self.is_late:
                self.is_late = True
                if is_written:
                    maintain(lake, now=LATER)
                else:
                    merging.merge_loads(Lake(lake), now=LATER)
            return super().decide(*arguments)

    with contextlib.closing(Loader(Slow(lake), ReadOptions())) as loader:
        report = loader.load(list_sources([str(log), str(other)], lake=lake), now=NOW)
    assert [(one.status, one.calls) for one in report.sources] == [("loaded", 1), ("loaded", 1)]
    assert numbers(lake) == [0, 1, 2, 7]
    assert broken(lake) == {}


def test_a_follower_does_not_read_a_log_again_whose_loads_have_become_one(tmp_path: Path) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    log = logs / "access.log"
    read: list[str] = []

    class Counting(Follower):
        def advance(self, source: str, bytes_read: int, lines: int) -> None:  # noqa: ARG002
            read.extend([source] if bytes_read else [])

    follower = Counting(lake, [str(logs)], every=1, clock=lambda: NOW)
    with contextlib.closing(Loader(Lake(lake), ReadOptions(), memory=Memory(), progress=follower)) as loader:
        Lake(lake).create()
        for number in range(3):
            with log.open("ab") as file:
                file.write(lines(number))
            loader.load(list_sources([str(logs)], lake=lake, are_folders=True), now=NOW)
            Lake(lake).roll_forward()
        assert maintain(lake, now=LATER).loads_merged == 2
        read.clear()
        loader.load(list_sources([str(logs)], lake=lake, are_folders=True), now=LATER)
        assert read == []
    assert numbers(lake) == [0, 1, 2]


def test_what_was_removed_and_read_again_of_a_part_is_so_of_the_whole(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    old, late = line(-90_000 * 5, request_id="1"), line(-90_000 * 5, request_id="2")
    without_host = line(9).replace(f"https://{HOST}".encode(), b"")
    grow(lake, log, old + lines(3), without_host + lines(4))
    maintain(lake, now=NOW, keep_calls=3, keep_sums=3, as_of=dt.date(2026, 10, 1))
    retry_rejects(lake, [str(log)], ReadOptions(host=HOST), now=NOW)
    grow(lake, log, late)  # of a day of which calls were removed before
    before = content_of(lake)
    assert before[2]["removed", "calls"] == 1

    assert maintain(lake, now=LATER).loads_merged == 1

    assert numbers(lake) == [2, 3, 4, 9]
    assert content_of(lake) == before
    assert broken(lake) == {}
    report = unload(lake, str(log), now=LATER)
    assert (report.loads, report.calls, report.rejects) == (2, 4, 0)
    assert numbers(lake) == []
    assert broken(lake) == {}


def test_texts_that_were_removed_of_parts_are_removed_of_the_whole_and_those_that_came_later_still_leave(
    tmp_path: Path,
) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    grow(lake, log, lines(1) + BAD, lines(2), lines(3, 4) + BAD)
    # By a clock that is ahead: what comes on the same day is part of the same load in the end.
    assert maintain(lake, now=NOW, keep_rejects=1, as_of=LATER.date()).texts_removed == 2
    grow(lake, log, BAD + lines(5, 6))
    some = [(2, False, False), (6, False, False), (7, True, True)]
    assert (texts(lake), broken(lake)) == (some, {})

    assert maintain(lake, now=LATER).loads_merged == 3

    assert (texts(lake), broken(lake)) == (some, {})
    assert maintain(lake, now=LATER, keep_rejects=1).texts_removed == 3
    none = [(number, False, False) for number, _, _ in some]
    assert (texts(lake), broken(lake)) == (none, {})
    assert maintain(lake, now=LATER, keep_rejects=1).texts_removed == 0
    (again,) = retry_rejects(lake, [str(log)], ReadOptions(), now=LATER).sources
    assert (again.status, again.lines, again.rejects) == ("unchanged", 3, 3)
    assert texts(lake) == none
    report = unload(lake, str(log), now=LATER)
    assert (report.loads, report.calls, report.rejects) == (1, 6, 3)
    assert broken(lake) == {}


def test_damage_is_found_before_loads_become_one_and_brought_back_afterwards(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    grow(lake, log, lines(0), lines(1), BAD)
    second = ledger_rows(lake)[1].load_id  # its rows are rewritten, those of the first stay where they are
    files = [file.path for file in Lake(lake).snapshot().calls]
    (path,) = (file for file in files if {row["load_id"] for row in rows([file])} == {second})
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + bytes([whole[20] ^ 4]) + whole[21:])
    with pytest.raises(LakeError, match=path.name):
        merging.merge_loads(Lake(lake), now=LATER)
    assert [row.kind for row in ledger_rows(lake)] == ["load"] * 3
    path.write_bytes(whole)

    assert maintain(lake, now=LATER).loads_merged == 1
    (path,) = (file.path for file in Lake(lake).snapshot().calls)
    path.unlink()
    repaired = repair(lake, now=LATER, is_wanted=True)
    assert [one.calls for one in repaired.loads] == [2, 0]
    load_at(lake, log, now=LATER)
    assert numbers(lake) == [0, 1]
    back_up(lake, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "restored")
    assert content_of(tmp_path / "restored") == content_of(lake)
    assert verify(tmp_path / "restored").ok
