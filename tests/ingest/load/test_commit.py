"""The commit protocol: if processes die or race, each content is in the lake exactly once, and readers see all of a load or nothing."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, LakeError, unload
from ingest.limits import Limits
from tests.ingest.lakes import BAD, broken, fates, leftovers, line, lines, load, load_one, loads, numbers, rejects, rows
from tests.ingest.other_process import is_told, other_process, tell_parent
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ingest.other_process import Step


def _load(lake: Path, *sources: Path) -> list[tuple[str, int, int, int, int]]:
    return fates(load(lake, *sources))


def _load_anew(lake: Path, source: Path) -> list[tuple[str, int, int, int, int]]:
    return fates(load(lake, source, replace=True))


def _load_in_pieces(lake: Path, source: Path) -> list[tuple[str, int, int, int, int]]:
    """Load in blocks of a few lines, each with a decision of its own."""
    limits = Limits(chunk_bytes=500, block_bytes=500, piece_bytes=500)
    return fates(load(lake, source, limits=limits))


def _unload(lake: Path, target: str) -> tuple[int, int, int]:
    report = unload(lake, target, now=NOW)
    return report.loads, report.calls, report.rejects


# -- killed at each step


@dataclass(frozen=True)
class _Case:
    """A load that is killed: what the file held when it was loaded before, and what it holds now."""

    name: str
    steps: tuple[Step, ...]
    before: bytes
    now: bytes
    work: Callable[[Path, Path], object] = _load
    loads: int = 1


LOADED: tuple[Step, ...] = ("staged", "decided", "rejects", "calls")
TAKEN_BACK: tuple[Step, ...] = ("gone from rejects", "gone from calls")
CASES = [
    _Case("a new file", LOADED, b"", lines(0, 1) + BAD),
    _Case("a grown file", LOADED, lines(0, 1) + BAD, lines(0, 1) + BAD + line(2) + BAD, loads=2),
    _Case("a file that is replaced", LOADED, line(0) + BAD, line(0) + BAD + line(1), work=_load_anew),
]


@pytest.mark.parametrize(
    ("case", "step"), [pytest.param(case, step, id=f"{case.name}, {step}") for case in CASES for step in case.steps]
)
def test_a_load_that_is_killed_is_completed_without_its_source_or_never_was(
    tmp_path: Path, case: _Case, step: Step
) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    if case.before:
        path.write_bytes(case.before)
        load(lake, path)
    path.write_bytes(case.now)
    with other_process(case.work, lake, path, step=step) as other:
        other.wait()
        other.kill()
    path.unlink()
    assert broken(lake) == {}
    assert _fates(lake) == _expected(case.now if step == "calls" else case.before)
    Lake(lake).roll_forward()
    assert _fates(lake) == _expected(case.before if step == "staged" else case.now)
    path.write_bytes(case.now)
    assert load_one(lake, path).status == ("loaded" if step == "staged" else "unchanged")
    assert _fates(lake) == _expected(case.now)
    assert len(loads(lake)) == (case.loads if step != "staged" else 2 if case.before else 1)
    assert broken(lake) == {}


def _fates(lake: Path) -> tuple[list[int], list[int]]:
    return numbers(lake), [number for number, _, _ in rejects(lake)]


def _expected(content: bytes) -> tuple[list[int], list[int]]:
    """The numbers of the good lines and the line numbers of the bad ones."""
    found = content.splitlines(keepends=True)
    bad = [number for number, text in enumerate(found, start=1) if text == BAD]
    return list(range(len(found) - len(bad))), bad


@pytest.mark.parametrize("step", LOADED)
def test_a_long_load_that_is_killed_goes_on_behind_its_last_piece(tmp_path: Path, step: Step) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(12)) + BAD)
    with other_process(_load_in_pieces, lake, path, step=step, time=2) as other:
        other.wait()
        other.kill()
    Lake(lake).roll_forward()
    pieces = loads(lake)
    assert len(pieces) == (1 if step == "staged" else 2)
    assert numbers(lake) == list(range(sum(piece["lines"] for piece in pieces)))
    assert broken(lake) == {}
    report = load_one(lake, path)
    assert (report.lines, report.rejects) == (13 - sum(piece["lines"] for piece in pieces), 1)
    assert _fates(lake) == (list(range(12)), [13])
    assert broken(lake) == {}


@pytest.mark.parametrize("step", ["decided", *TAKEN_BACK])
def test_an_unload_that_is_killed_is_completed(tmp_path: Path, step: Step) -> None:
    lake, path, other_path = tmp_path / "lake", tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(lines(0, 1) + BAD)
    other_path.write_bytes(lines(7) + BAD + BAD)
    load(lake, path, other_path)
    with other_process(_unload, lake, str(path), step=step) as other:
        other.wait()
        other.kill()
    assert broken(lake) == {}
    assert _fates(lake) == (([7], [2, 3]) if step == "gone from calls" else ([0, 1, 7], [2, 3, 3]))
    Lake(lake).roll_forward()
    assert _fates(lake) == ([7], [2, 3])
    assert fates(load(lake, path, other_path)) == [("loaded", 2, 1, 0, 0), ("unchanged", 0, 0, 0, 0)]
    assert _fates(lake) == ([0, 1, 7], [2, 3, 3])
    assert broken(lake) == {}


# -- others are faster


def test_who_finds_the_same_content_loaded_meanwhile_reports_it_unchanged(tmp_path: Path) -> None:
    lake, path, copy = tmp_path / "lake", tmp_path / "access.log", tmp_path / "copy.log"
    path.write_bytes(lines(range(3)))
    copy.write_bytes(lines(range(3)))
    with other_process(_load, lake, path, step="staged") as other:
        other.wait()
        assert load_one(lake, copy).calls == 3
        other.go_on()
        assert other.answer() == [("unchanged", 0, 0, 0, 0)]
    assert numbers(lake) == [0, 1, 2]
    assert leftovers(lake) == set()


def test_who_finds_part_of_the_content_loaded_meanwhile_adds_the_rest(tmp_path: Path) -> None:
    lake, path, part = tmp_path / "lake", tmp_path / "access.log", tmp_path / "part.log"
    path.write_bytes(lines(range(5)))
    part.write_bytes(lines(range(3)))
    with other_process(_load, lake, path, step="staged") as other:
        other.wait()
        load(lake, part)
        other.go_on()
        assert other.answer() == [("loaded", 2, 0, 0, 0)]
    assert numbers(lake) == [0, 1, 2, 3, 4]


def test_who_finds_other_content_loaded_meanwhile_does_not_read_again(tmp_path: Path) -> None:
    lake, path, other_path = tmp_path / "lake", tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(lines(range(3)))
    other_path.write_bytes(lines(7))
    with other_process(_load, lake, path, step="staged") as other:
        other.wait()
        load(lake, other_path)
        path.unlink()
        other.go_on()
        assert other.answer() == [("loaded", 3, 0, 0, 0)]
    assert numbers(lake) == [0, 1, 2, 7]


def test_what_grew_from_a_load_that_is_taken_back_meanwhile_is_loaded_whole(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(3)))
    load(lake, path)
    path.write_bytes(lines(range(5)))
    with other_process(_load, lake, path, step="staged") as other:
        other.wait()
        assert _unload(lake, str(path)) == (1, 3, 0)
        other.go_on()
        assert other.answer() == [("loaded", 5, 0, 0, 0)]
    assert numbers(lake) == [0, 1, 2, 3, 4]
    assert broken(lake) == {}


def test_an_unload_takes_what_grew_meanwhile_with_it(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(3)))
    load(lake, path)
    (before,) = loads(lake)
    with other_process(_unload, lake, before["load_id"], step="staged") as other:
        other.wait()
        path.write_bytes(lines(range(5)))
        load(lake, path)
        other.go_on()
        assert other.answer() == (2, 5, 0)
    assert numbers(lake) == []


def test_a_load_is_replaced_with_what_grew_from_it_meanwhile(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(3)))
    load(lake, path)
    path.write_bytes(lines(range(4)))
    with other_process(_load_anew, lake, path, step="staged") as other:
        other.wait()
        path.write_bytes(lines(range(5)))
        load(lake, path)
        other.go_on()
        assert other.answer() == [("loaded", 5, 0, 0, 0)]
    assert numbers(lake) == [0, 1, 2, 3, 4]
    assert broken(lake) == {}


@pytest.mark.parametrize("step", ["decided", "calls"])
def test_the_rest_of_a_long_load_is_not_read_where_another_process_was_faster(tmp_path: Path, step: Step) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(12)))
    with other_process(_load_in_pieces, lake, path, step=step) as other:
        other.wait()
        rest = load_one(lake, path)
        assert 0 < rest.calls < 12
        other.go_on()
        assert other.answer() == [("loaded", 12 - rest.calls, 0, 0, 0)]
    assert numbers(lake) == list(range(12))
    assert broken(lake) == {}


def test_the_rest_of_a_long_load_is_not_kept_without_its_first_piece(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(12)))
    with other_process(_load_in_pieces, lake, path, step="decided") as other:
        other.wait()
        _unload(lake, str(path))
        other.go_on()
        assert other.answer() == [("loaded", 12, 0, 0, 0)]
    assert numbers(lake) == list(range(12))
    assert broken(lake) == {}


# -- many at once


def _load_until_told(lake: Path, source: Path) -> Counter[str]:
    """Load again and again until the parent says that this is enough, and once more then."""
    total: Counter[str] = Counter()
    is_over = False
    while not is_over:
        is_over = is_told()
        report = load_one(lake, source)
        total.update(lines=report.lines, calls=report.calls, rejects=report.rejects, failed=report.status == "failed")
        tell_parent("loaded")
    return total


@pytest.mark.parametrize("processes", [2, 4])
def test_a_growing_file_is_loaded_once_by_many(tmp_path: Path, processes: int) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.touch()
    content = lines(range(300)) + BAD
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(other_process(_load_until_told, lake, path)) for _ in range(processes)]
        # A part is written whenever somebody has loaded once more; most of them end in the middle of a line.
        parts = [content[start : start + 5001] for start in range(0, len(content), 5001)]
        for number, part in enumerate(parts):
            with path.open("ab") as file:
                file.write(part)
            others[number % processes].hear("loaded")
        for other in others:
            other.go_on()
        loaded = sum((Counter(other.answer()) for other in others), Counter[str]())
    assert loaded == {"lines": 301, "calls": 300, "rejects": 1}
    assert numbers(lake) == list(range(300))
    assert broken(lake) == {}


def test_many_create_one_lake_and_load_each_content_once(tmp_path: Path) -> None:
    lake, shared = tmp_path / "lake", tmp_path / "shared.log"
    shared.write_bytes(lines(range(5)) + BAD)
    own = [tmp_path / f"{number}.log" for number in range(8)]
    for number, path in enumerate(own):
        path.write_bytes(line(100 + number))
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(other_process(_load, lake, shared, path)) for path in own]
        answers = [other.answer() for other in others]
    assert sorted(first for first, _ in answers) == [("loaded", 5, 1, 0, 0)] + [("unchanged", 0, 0, 0, 0)] * 7
    assert [second for _, second in answers] == [("loaded", 1, 0, 0, 0)] * 8
    assert _fates(lake) == ([*range(5), *range(100, 108)], [6])
    assert broken(lake) == {}


def _load_and_unload(lake: Path, source: Path, other_source: Path) -> None:
    for _ in range(4):
        load(lake, source, other_source)
        with contextlib.suppress(LakeError):  # another process has taken it back
            unload(lake, str(source), now=NOW)


def test_a_reader_sees_whole_loads_while_others_load_and_unload(tmp_path: Path) -> None:
    lake, path, other_path = tmp_path / "lake", tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(lines(range(3)) + BAD)
    other_path.write_bytes(lines(9) + BAD * 2)
    Lake(lake).create()
    seen = set()
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(other_process(_load_and_unload, lake, path, other_path)) for _ in range(2)]
        while any(other.is_at_work for other in others):
            snapshot = Lake(lake).snapshot()
            found = Counter(row["load_id"] for row in rows(file.path for file in snapshot.calls))
            quarantined = Counter(row["load_id"] for row in rows(snapshot.rejects))
            for row in snapshot.loads.to_pylist():
                assert found.pop(row["load_id"]) == row["calls"]
                assert quarantined[row["load_id"]] == row["rejects"]
            assert not found
            seen.add(tuple(sorted(snapshot.loads["lines"].to_pylist())))
        assert [other.answer() for other in others] == [None, None]
    assert seen <= {(), (3,), (4,), (3, 4)}
    assert len(seen) > 1
    load(lake, path)
    assert _fates(lake) == ([0, 1, 2, 9], [2, 3, 4])
    assert broken(lake) == {}


def _load_anew_again_and_again(lake: Path, source: Path) -> None:
    for _ in range(5):
        load(lake, source, replace=True)


def test_a_reader_sees_the_old_load_or_the_new_one_while_it_is_replaced(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(range(3)) + BAD)
    load(lake, path)
    seen = set()
    with other_process(_load_anew_again_and_again, lake, path) as other:
        while other.is_at_work:
            snapshot = Lake(lake).snapshot()
            (held,) = snapshot.loads["load_id"].to_pylist()
            assert [row["load_id"] for row in rows(file.path for file in snapshot.calls)] == [held] * 3
            quarantined = [row["line_number"] for row in rows(snapshot.rejects) if row["load_id"] == held]
            assert quarantined == [4]
            seen.add(held)
        assert other.answer() is None
    assert len(seen) > 1
    assert len(loads(lake)) == 1
    assert broken(lake) == {}


@pytest.mark.parametrize("step", ["decided", "rejects"])
def test_what_is_half_replaced_is_read_as_it_was(tmp_path: Path, step: Step) -> None:
    lake, path, other_path = tmp_path / "lake", tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(lines(range(3)) + BAD)
    load(lake, path)
    (before,) = loads(lake)
    with other_process(_load_anew, lake, path, step=step) as other:
        other.wait()
        assert loads(lake) == [before]
        assert _fates(lake) == ([0, 1, 2], [4])
        assert broken(lake) == {}
        other_path.write_bytes(lines(9))
        load(lake, other_path)
        assert _fates(lake) == ([0, 1, 2, 9], [4])
        other.go_on()
        assert other.answer() == [("loaded", 3, 1, 0, 0)]
    assert before not in loads(lake)
    assert broken(lake) == {}
