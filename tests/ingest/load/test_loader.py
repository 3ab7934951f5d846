"""Several sources in one run that have something in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from ingest.limits import Limits
from ingest.understand.understanding import Understanding
from tests.ingest.lakes import BAD, broken, csv_line, fates, line, lines, load, loads, numbers, rejects
from tests.ingest.lakes import CSV_HEADER as HEADER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=[(1, 1), (1, 4), (8 << 20, 2)], ids=["one by one", "at the same time", "together"])
def limits(request: pytest.FixtureRequest) -> Limits:
    together_bytes, workers = request.param
    return Limits(together_bytes=together_bytes, workers=workers)


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_what_goes_on_with_another_source_of_the_run_adds_only_the_rest(
    tmp_path: Path, lake: Path, limits: Limits
) -> None:
    paths = [
        _written(tmp_path, "a.log", HEADER + csv_line(0) + BAD),
        _written(tmp_path, "b.log", lines(100)),
        _written(tmp_path, "c.log", HEADER + csv_line(0) + BAD + csv_line(1) + BAD),
        _written(tmp_path, "d.log", HEADER + csv_line(0) + BAD + csv_line(2)),
    ]
    assert fates(load(lake, *paths, limits=limits)) == [
        ("loaded", 1, 1, 1, 0),
        ("loaded", 1, 0, 0, 0),
        ("loaded", 1, 1, 0, 0),
        ("loaded", 1, 0, 0, 0),
    ]
    assert numbers(lake) == [0, 1, 2, 100]
    assert [number for number, _, _ in rejects(lake)] == [3, 5]
    assert broken(lake) == {}


def test_the_same_content_twice_in_a_run_is_loaded_once(tmp_path: Path, lake: Path, limits: Limits) -> None:
    paths = [_written(tmp_path, name, lines(0, 1)) for name in ("a.log", "b.log")]
    assert fates(load(lake, *paths, limits=limits)) == [("loaded", 2, 0, 0, 0), ("unchanged", 0, 0, 0, 0)]
    assert fates(load(lake, *paths, replace=True, limits=limits)) == [("loaded", 2, 0, 0, 0), ("unchanged", 0, 0, 0, 0)]
    assert numbers(lake) == [0, 1]


def test_one_source_that_fails_does_not_keep_the_others_from_being_loaded(
    tmp_path: Path, lake: Path, limits: Limits
) -> None:
    limits = replace(limits, batch_sources=2)
    paths = [_written(tmp_path, f"{number}.log", b"nothing\n" if number % 2 else lines(number)) for number in range(7)]
    report = load(lake, *paths, limits=limits)
    assert [source.status for source in report.sources] == ["loaded", "failed"] * 3 + ["loaded"]
    assert numbers(lake) == [0, 2, 4, 6]


def test_a_log_that_was_loaded_as_it_grew_is_replaced_whole(tmp_path: Path, lake: Path, limits: Limits) -> None:
    path = _written(tmp_path, "a.log", lines(0, 1))
    load(lake, path, limits=limits)
    path.write_bytes(lines(0, 1, 2))
    load(lake, path, limits=limits)
    path.write_bytes(lines(0, 1, 2, 3) + lines(4)[:9])
    assert fates(load(lake, path, replace=True, limits=limits)) == [("loaded", 4, 0, 0, 9)]
    assert len(loads(lake)) == 1
    assert numbers(lake) == [0, 1, 2, 3]
    assert broken(lake) == {}


@pytest.mark.parametrize("step", ["read_fields", "understand"])
@pytest.mark.parametrize("piece", [300, 1 << 30], ids=["in pieces", "at once"])
def test_a_source_that_the_engine_fails_on_is_the_only_one_that_is_not_loaded(
    step: str, piece: int, *, tmp_path: Path, lake: Path, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(limits, block_bytes=400, chunk_bytes=200, piece_bytes=piece)
    taken = getattr(Understanding, step)

    def failing(understanding: Understanding, given: Any, *more: Any) -> Any:
        texts = [one.block.data for one in given] if step == "read_fields" else given.lines["line"].to_pylist()
        if any("poison" in str(text) for text in texts):
            raise duckdb.InternalException("nothing of the log may get out: poison")
        return taken(understanding, given, *more)

    monkeypatch.setattr(Understanding, step, failing)
    good, bad, last = lines(*range(5)), lines(*range(10, 15)) + line(15, extra="poison") + lines(16, 17), lines(20, 21)
    paths = [_written(tmp_path, f"{name}.log", content) for name, content in zip("abc", (good, bad, last), strict=True)]

    report = load(lake, *paths, limits=limits)

    assert [one.status for one in report.sources] == ["loaded", "failed", "loaded"]
    error = report.sources[1].error or ""
    assert error.startswith(f"{paths[1]}: lines from ")
    assert "could not be understood (InternalException)" in error
    assert "poison" not in error
    assert numbers(lake) == [0, 1, 2, 3, 4, 20, 21]
    assert broken(lake) == {}
    monkeypatch.undo()
    assert [one.status for one in load(lake, *paths, limits=limits).sources] == ["unchanged", "loaded", "unchanged"]
    assert numbers(lake) == [0, 1, 2, 3, 4, *range(10, 18), 20, 21]


def test_a_source_of_which_a_line_is_lost_is_the_only_one_that_is_not_loaded(
    tmp_path: Path, lake: Path, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    understand = Understanding.understand

    def losing(understanding: Understanding, fields: Any) -> Any:
        understood = understand(understanding, fields)
        counts = [replace(one, calls=one.calls - 1) if one.lines == 4 else one for one in understood.counts]
        return replace(understood, counts=counts)

    monkeypatch.setattr(Understanding, "understand", losing)
    contents = (lines(*range(2)), lines(*range(10, 13)) + BAD, lines(20))
    paths = [_written(tmp_path, f"{name}.log", content) for name, content in zip("abc", contents, strict=True)]

    report = load(lake, *paths, limits=limits)

    assert [one.status for one in report.sources] == ["loaded", "failed", "loaded"]
    assert report.sources[1].error == (
        f"{paths[1]}: 4 lines were read, but 2 became calls, 1 were rejected and 0 ignored; this is a bug in koppelzicht, please report"
        " it; nothing was loaded from the source"
    )
    assert numbers(lake) == [0, 1, 20]
    assert broken(lake) == {}
