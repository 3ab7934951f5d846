"""Loads of a log that grew become one, and nothing else in the lake can tell."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.warehouse.warehouse import Warehouse
from ingest import (
    Lake,
    LakeError,
    ReadOptions,
    back_up,
    ingest,
    maintain,
    repair,
    restore,
    retry_rejects,
    unload,
    verify,
)
from ingest.lake import merging
from ingest.lake.followers import Follower
from ingest.load.loader import Loader
from ingest.load.memory import Memory
from ingest.position import END_BYTES
from ingest.read.folder import list_sources
from tests.ingest.lakes import BAD, broken, calls, line, lines, loads, numbers, rows, stored, texts
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deltalake import DeltaTable

    from ingest import IngestReport
    from ingest.lake.data_file import TableName
    from ingest.lake.ledger_row import LedgerRow

LATER = NOW + dt.timedelta(days=3)
HOST = "1234.rest.afas.online"


def _load(lake: Path, *paths: Path, now: dt.datetime = NOW, **options: Any) -> IngestReport:
    return ingest(lake, [str(path) for path in paths], ReadOptions(), now=now, **options)


def _grow(lake: Path, log: Path, *parts: bytes, now: dt.datetime = NOW) -> None:
    """The log grows part by part, and each is a load."""
    for part in parts:
        with log.open("ab") as file:
            file.write(part)
        _load(lake, log, now=now)


def _ledger(lake: Path) -> tuple[LedgerRow, ...]:
    return Lake(lake).ledger()[1].rows


def _said(lake: Path) -> list[tuple[str, int, int, int, int, int, int]]:
    """Of each load that holds its source, where it begins and ends, and its lines, calls, rejects and ignored lines."""
    return [
        (
            row["source"].rpartition("/")[2],
            *(row[name] for name in ("start_byte", "end_byte", "lines", "calls", "rejects", "ignored")),
        )
        for row in loads(lake)
    ]


def _content(lake: Path) -> tuple[Counter[tuple[object, ...]], Counter[tuple[object, ...]], Counter[tuple[str, str]]]:
    """All that readers see of calls, rejects and loads, whatever load a line came with."""
    snapshot = Lake(lake).snapshot()
    held = set(snapshot.loads["load_id"].to_pylist())

    def seen(found: list[dict[str, Any]]) -> Counter[tuple[object, ...]]:
        assert {row["load_id"] for row in found} <= held
        return Counter(tuple(str(value) for name, value in row.items() if name != "load_id") for row in found)

    sums: Counter[tuple[str, str]] = Counter()
    for row in snapshot.loads.to_pylist():
        for name in ("lines", "calls", "rejects", "ignored"):
            sums[row["source"], name] += row[name]
    for load_id, counts in snapshot.removed.items():
        assert load_id in held
        sums["removed", "calls"] += counts[0]
        sums["removed", "rejects"] += counts[1]
    return seen(calls(lake)), seen(rows(snapshot.rejects)), sums


def test_of_a_log_that_grew_the_ledger_keeps_one_load_a_day(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    first, second, third = lines(0, 1) + BAD, lines(2), lines(3, 4)
    for day in range(3):
        _grow(lake, log, first, second, third, now=NOW + dt.timedelta(days=day))
    size = len(first + second + third)
    before = _content(lake)

    report = maintain(lake, now=NOW + dt.timedelta(days=3))

    assert report.loads_merged == 4
    assert _said(lake) == [
        ("access.log", 0, size, 6, 5, 1, 0),
        ("access.log", size, 2 * size, 6, 5, 1, 0),
        ("access.log", 2 * size, 2 * size + len(first), 3, 2, 1, 0),
        ("access.log", 2 * size + len(first), 3 * size - len(third), 1, 1, 0, 0),
        ("access.log", 3 * size - len(third), 3 * size, 2, 2, 0, 0),
    ]
    assert [row.kind for row in _ledger(lake)] == [*["load"] * 5, "merge"]
    assert {row["load_id"] for row in stored(lake, "calls")} == {row.load_id for row in _ledger(lake)[:-1]}
    assert _content(lake) == before
    assert broken(lake) == {}
    assert maintain(lake, now=NOW + dt.timedelta(days=3)).loads_merged == 0
    assert maintain(lake, now=NOW + dt.timedelta(days=9)).loads_merged == 2
    assert [row.kind for row in _ledger(lake)] == [*["load"] * 3, "merge"]
    assert _content(lake) == before
    assert broken(lake) == {}


def test_loads_stay_apart_where_more_than_their_number_would_change(tmp_path: Path) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    untimed, timed = BAD * 3, line(50, status="OK") * 3
    names = {name: logs / f"{name}.log" for name in ("whole", "renamed", "forked", "unread", "rejected", "days")}
    _grow(lake, names["whole"], lines(0), lines(1))
    _grow(lake, names["renamed"], lines(10), lines(11))
    renamed = names["renamed"].rename(logs / "renamed.1")
    _grow(lake, renamed, lines(12))
    _grow(lake, names["forked"], lines(20, 21), lines(22))
    (logs / "fork.log").write_bytes(lines(20, 21, 23))
    _load(lake, logs / "fork.log")
    _grow(lake, names["unread"], lines(30), untimed, lines(31))
    _grow(lake, names["rejected"], lines(40), timed, lines(41))
    _grow(lake, names["days"], line(60), line(60 + 90_000, request_id="61"), line(60 + 90_001, request_id="62"))
    before = _content(lake)

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
    assert _content(lake) == before
    assert broken(lake) == {}


def test_which_hours_are_missing_is_judged_as_before(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    hours = [lines(*range(3600 * hour, 3600 * hour + 5)) for hour in range(8)]
    unread = [b"" if hour not in {2, 5} else line(3600 * hour + 9) + BAD * 12 for hour in range(8)]
    torn = [BAD if hour == 3 else b"" for hour in range(8)]
    for parts in zip(hours, unread, torn, strict=True):
        _grow(lake, log, *(part for part in parts if part))

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
    """A lake whose process is killed behind this step of a merge."""

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
    _grow(lake, log, lines(0, 1) + BAD, lines(2), BAD + lines(3))
    retry_rejects(lake, [str(log)], ReadOptions(), now=NOW)
    maintain(lake, now=NOW + dt.timedelta(days=1), keep_calls=1, as_of=dt.date(2026, 10, 3))
    before, size = _content(lake), log.stat().st_size

    with contextlib.suppress(KeyboardInterrupt):
        merging.merge_loads(_stopped(step)(lake), now=LATER)

    assert _content(lake) == before
    assert len(loads(lake)) == (1 if step == "calls" else 3)
    assert broken(lake) == {}
    assert back_up(lake, tmp_path / "copy").version == 5
    for path in (lake, tmp_path / "copy"):
        assert [one.status for one in _load(path, log, now=LATER).sources] == ["unchanged"]
        assert _said(path) == [("access.log", 0, size, 6, 4, 2, 0)]
        assert _content(path) == before
        assert broken(path) == {}
        assert maintain(path, now=LATER).loads_merged == 0
        assert [row.kind for row in _ledger(path)] == ["load", "retention", "merge"]
        assert _content(path) == before
        assert broken(path) == {}


def test_a_reader_that_began_before_the_ledger_was_written_as_one_sees_one_state(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    _grow(lake, log, lines(0, 1) + BAD, lines(2), BAD + lines(3))
    before = _content(lake)

    class Slow(Lake):
        is_late = False

        def open(self, name: TableName) -> DeltaTable:
            if name == "loads" and not self.is_late:
                self.is_late = True
                assert maintain(lake, now=LATER).loads_merged == 2
            return super().open(name)

    snapshot = Slow(lake).snapshot()
    load_ids = set(snapshot.loads["load_id"].to_pylist())
    assert {row["load_id"] for row in rows(file.path for file in snapshot.calls)} == load_ids
    assert {row["load_id"] for row in rows(snapshot.rejects)} == load_ids
    assert _content(lake) == before


@pytest.mark.parametrize("is_written", [True, False])
def test_who_planned_before_loads_became_one_looks_again(tmp_path: Path, *, is_written: bool) -> None:
    lake, log, other = tmp_path / "lake", tmp_path / "access.log", tmp_path / "other.log"
    _grow(lake, log, lines(0), lines(1))
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
    _grow(lake, log, old + lines(3), without_host + lines(4))
    maintain(lake, now=NOW, keep_calls=3, as_of=dt.date(2026, 10, 1))
    retry_rejects(lake, [str(log)], ReadOptions(host=HOST), now=NOW)
    _grow(lake, log, late)  # of a day of which calls were removed before
    before = _content(lake)
    assert before[2]["removed", "calls"] == 1

    assert maintain(lake, now=LATER).loads_merged == 1

    assert numbers(lake) == [2, 3, 4, 9]
    assert _content(lake) == before
    assert broken(lake) == {}
    report = unload(lake, str(log), now=LATER)
    assert (report.loads, report.calls, report.rejects) == (2, 4, 0)
    assert numbers(lake) == []
    assert broken(lake) == {}


def test_texts_that_were_removed_of_parts_are_removed_of_the_whole_and_those_that_came_later_still_leave(
    tmp_path: Path,
) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    _grow(lake, log, lines(1) + BAD, lines(2), lines(3, 4) + BAD)
    # By a clock that is ahead: what comes on the same day is part of the same load in the end.
    assert maintain(lake, now=NOW, keep_rejects=1, as_of=LATER.date()).texts_removed == 2
    _grow(lake, log, BAD + lines(5, 6))
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
    _grow(lake, log, lines(0), lines(1), BAD)
    second = _ledger(lake)[1].load_id  # its rows are rewritten, those of the first stay where they are
    files = [file.path for file in Lake(lake).snapshot().calls]
    (path,) = (file for file in files if {row["load_id"] for row in rows([file])} == {second})
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + bytes([whole[20] ^ 4]) + whole[21:])
    with pytest.raises(LakeError, match=path.name):
        merging.merge_loads(Lake(lake), now=LATER)
    assert [row.kind for row in _ledger(lake)] == ["load"] * 3
    path.write_bytes(whole)

    assert maintain(lake, now=LATER).loads_merged == 1
    (path,) = (file.path for file in Lake(lake).snapshot().calls)
    path.unlink()
    repaired = repair(lake, now=LATER, is_wanted=True)
    assert [one.calls for one in repaired.loads] == [2, 0]
    _load(lake, log, now=LATER)
    assert numbers(lake) == [0, 1]
    back_up(lake, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "restored")
    assert _content(tmp_path / "restored") == _content(lake)
    assert verify(tmp_path / "restored").ok


COPIES: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda content: content,
    "packed": gzip.compress,
    "still written": lambda content: content + lines(99)[:-20],
    "behind NULs": lambda content: b"\0" * 5000 + content,
    "UTF-16": lambda content: content.decode().encode("utf-16"),
}
"""Each way in which a copy of a log may lie beside it."""


@pytest.mark.parametrize("is_written", [True, False])
def test_a_copy_that_ends_where_a_part_did_stays_known(tmp_path: Path, *, is_written: bool) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    parts = [[lines(0), BAD + lines(1), lines(2, 3)], [lines(6), lines(7)]]
    for night, added in enumerate(parts):
        _grow(lake, logs / "access.log", *added, now=NOW + dt.timedelta(days=night))
    whole = (logs / "access.log").read_bytes()
    before = _content(lake)
    assert merging.merge_loads(Lake(lake), now=LATER + dt.timedelta(days=1))[0] == 3
    if is_written:
        assert merging.write_merged(Lake(lake))
    for number, end in enumerate(itertools.accumulate(map(len, itertools.chain(*parts)))):
        for name, copied in COPIES.items():
            (logs / f"{name}-{number}").write_bytes(copied(whole[:end]))

    assert Counter(one.status for one in _load(lake, logs, now=LATER).sources) == {"unchanged": 1 + 5 * len(COPIES)}
    assert _content(lake) == before
    assert broken(lake) == {}


def test_what_ends_elsewhere_inside_of_a_merged_load_or_goes_on_there_is_not_guessed_at(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    first, second, third = lines(0, 1), lines(2, 3), lines(4, 5)
    _grow(lake, log, first, second, third)
    maintain(lake, now=LATER)
    others = {
        "between": first + lines(2),
        "further": first + second + lines(4),
        "parts": first + lines(9),
        "changed": first + second.replace(b"GET", b"PUT"),
    }
    for name, content in others.items():
        path = tmp_path / name
        path.write_bytes(content)
        (report,) = _load(lake, path, now=LATER).sources
        assert report.status == "failed", name
        assert f"begins like {log}" in str(report.error)
        assert "--overlap skip" in str(report.error)
    assert numbers(lake) == [0, 1, 2, 3, 4, 5]


def test_of_a_copy_that_ends_where_a_part_did_no_line_is_read_again(tmp_path: Path) -> None:
    lake, log, copy = tmp_path / "lake", tmp_path / "access.log", tmp_path / "copy.log"
    without_host = line(9).replace(f"https://{HOST}".encode(), b"")
    _grow(lake, log, lines(0) + without_host, lines(1) + BAD)
    copy.write_bytes(lines(0) + without_host)
    maintain(lake, now=LATER)
    options = ReadOptions(host=HOST)
    (failed,) = retry_rejects(lake, [str(copy)], options, now=LATER).sources
    assert failed.status == "failed"
    assert f"{copy}: is only the beginning of {log} (load " in str(failed.error)
    (done,) = retry_rejects(lake, [str(log)], options, now=LATER).sources
    assert (done.status, done.calls, done.rejects) == ("retried", 1, 1)
    assert _load(lake, copy, now=LATER).sources[0].status == "unchanged"
    assert broken(lake) == {}


def test_a_copy_that_replaces_its_log_takes_the_place_of_the_whole(tmp_path: Path) -> None:
    lake, log, copy = tmp_path / "lake", tmp_path / "access.log", tmp_path / "copy.log"
    _grow(lake, log, lines(0), lines(1), lines(2))
    maintain(lake, now=LATER)
    copy.write_bytes(lines(0, 1))
    assert [one.status for one in _load(lake, copy, replace=True).sources] == ["loaded"]
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}


def test_of_the_ends_of_parts_the_ledger_keeps_the_youngest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    names = [logs / f"{number}.log" for number in range(3)]
    for day, log in enumerate(names):
        start = 10 * day
        _grow(lake, log, lines(start), lines(start + 1), lines(start + 2), now=NOW + dt.timedelta(days=day))
    monkeypatch.setattr(merging, "MOST_INNER_ENDS", 5)
    maintain(lake, now=LATER + dt.timedelta(days=3))
    for log in names:
        log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    statuses = [one.status for one in _load(lake, logs, now=LATER).sources]
    assert statuses == ["failed", "unchanged", "unchanged"]
    assert [len(row.inner_ends) // END_BYTES for row in _ledger(lake)[:-1]] == [0, 2, 2]


EVENTS = [
    "append",
    "append",
    "append",
    "rotate",
    "compress",
    "copy",
    "earlier",
    "refill",
    "replace",
    "unload",
    "retry",
    "age",
]


class _Twins:
    """The same logs in two lakes: in one of them loads become one after every event."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "logs"
        self.folder.mkdir()
        self.lakes = folder / "merged", folder / "plain"
        self.count = 0
        self.merges = 0
        self.versions: list[bytes] = []
        self.log = self._new_name()
        self.append(2)
        self.both(lambda lake: _load(lake, self.folder))

    def both(self, do: Callable[[Path], IngestReport]) -> None:
        """Do this with both lakes, which tell the same."""
        merged, plain = (
            [
                (one.source, one.status, one.lines, one.calls, one.rejects, one.ignored, one.left)
                for one in do(lake).sources
            ]
            for lake in self.lakes
        )
        assert merged == plain

    def append(self, count: int) -> None:
        with self.log.open("ab") as file:
            for _ in range(count):
                self.count += 1
                file.write(line(self.count))
                if self.count % 4 == 0:
                    file.write(line(self.count, request_id=f"{self.count}0").replace(f"https://{HOST}".encode(), b""))
        self.versions.append(self.log.read_bytes())

    def happen(self, event: str, number: int) -> None:
        """One of EVENTS, then a look of both at all logs, and the loads of one become one."""
        if event in {"append", "rotate", "compress", "refill"}:
            self._write(event, number)
        else:
            self._ask(event, number)
        self.both(lambda lake: _load(lake, self.folder))
        self.merges += merging.merge_loads(Lake(self.lakes[0]), now=LATER)[0]
        if number % 2:
            assert merging.write_merged(Lake(self.lakes[0]))
        assert _content(self.lakes[0]) == _content(self.lakes[1])

    def _write(self, event: str, number: int) -> None:
        match event:
            case "append":
                self.append(1 + number % 3)
            case "refill":
                self.log.write_bytes(b"")
                self.append(2)
            case "rotate":
                self.log.rename(self.log.with_name(f"{self.log.name}.1"))
            case "compress":
                self.log.with_name(f"{self.log.name}.gz").write_bytes(gzip.compress(self.log.read_bytes()))
                self.log.unlink()
        if event in {"rotate", "compress"}:
            self.log = self._new_name()
            self.append(2)

    def _ask(self, event: str, number: int) -> None:
        match event:
            case "copy":  # of a log as it is; what becomes of one that its log has outgrown is asked below
                copy = self.folder / "copy.log"
                copy.write_bytes(self.log.read_bytes())
                self.both(lambda lake: _load(lake, self.folder))
                copy.unlink()
            case "earlier":
                content = self.versions[number % len(self.versions)]
                self._deliver_an_earlier_version(content, is_packed=number % 3 == 0)
            case "replace":
                self.both(lambda lake: _load(lake, self.log, replace=True))
            case "unload":
                for lake in self.lakes:
                    with contextlib.suppress(LakeError):  # nothing was loaded from it
                        unload(lake, str(self.log), now=NOW)
            case "retry":
                options = ReadOptions(host=HOST)
                merged, plain = (retry_rejects(lake, [str(self.folder)], options, now=NOW) for lake in self.lakes)
                assert merged == plain
            case "age":
                for lake in self.lakes:
                    maintain(lake, now=NOW, keep_calls=1, as_of=dt.date(2026, 10, 2))

    def _deliver_an_earlier_version(self, content: bytes, *, is_packed: bool) -> None:
        path = self.folder / "earlier.log"
        path.write_bytes(gzip.compress(content) if is_packed else content)
        self.both(lambda lake: _load(lake, path))
        path.unlink()

    def _new_name(self) -> Path:
        return self.folder / f"access-{self.count}.log"


@settings(max_examples=scaled(2, 40), deadline=None, derandomize=True, database=None)
@given(
    events=st.lists(
        st.tuples(st.sampled_from(EVENTS), st.integers(0, 20)), min_size=scaled(4, 12), max_size=scaled(5, 25)
    )
)
def test_whatever_happens_a_lake_whose_loads_became_one_holds_the_same(
    events: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    twins = _Twins(tmp_path_factory.mktemp("twins"))
    for event, number in [("append", 0), *events, ("append", 1), ("append", 3)]:
        twins.happen(event, number)
    assert twins.merges
    assert len(_ledger(twins.lakes[0])) < len(_ledger(twins.lakes[1]))
    assert [broken(lake) for lake in twins.lakes] == [{}, {}]
