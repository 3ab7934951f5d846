"""A file that its writer or a rotation changes while it is read, and the NULs at the beginning that a truncation leaves."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.limits import Limits
from ingest.read import source
from tests.ingest.lakes import BAD, broken, fate, fates, line, lines, load, load_one, log_file, numbers, places
from tests.ingest.measured import MB, needs_measuring, run
from tests.ingest.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Callable


# -- changed while it is read

IN_CHUNKS = Limits(chunk_bytes=600)


def _change(monkeypatch: pytest.MonkeyPatch, path: Path, change: Callable[[], object]) -> None:
    """Change the file after its first few lines have been read, where it is read as IN_CHUNKS says."""
    chunks = source._raw

    def changing(*arguments: object) -> object:
        for number, chunk in enumerate(chunks(*arguments)):  # type: ignore[arg-type]  # whatever it takes
            yield chunk
            if number == 2:
                change()

    monkeypatch.setattr(source, "_raw", changing)


def test_a_file_that_is_cut_short_while_read_is_not_loaded(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = log_file(tmp_path, lines(range(20)))
    with monkeypatch.context() as patch:
        _change(patch, path, lambda: os.truncate(path, len(line(0))))
        report = load_one(lake, path, limits=IN_CHUNKS)
    assert report.error == (
        f"{path}: changed while it was being read; nothing new of it was loaded; run the command again"
    )
    assert (report.status, numbers(lake)) == ("failed", [])
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)


def test_a_file_that_is_emptied_and_refilled_while_read_is_not_mixed(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = log_file(tmp_path, lines(range(20)))

    def refill() -> None:
        path.with_name("access.log.1").write_bytes(path.read_bytes())
        with path.open("r+b") as file:
            file.truncate(0)
            file.write(lines(range(20, 50)))

    with monkeypatch.context() as patch:
        _change(patch, path, refill)
        limits = Limits(chunk_bytes=600, block_bytes=600, piece_bytes=1000)
        assert load_one(lake, path, limits=limits).status == "failed"
    assert numbers(lake) == []
    assert fates(load(lake, path, path.with_name("access.log.1"))) == [
        ("loaded", 30, 0, 0, 0),
        ("loaded", 20, 0, 0, 0),
    ]
    assert numbers(lake) == list(range(50))


def test_a_file_that_disappears_while_read_is_read_to_its_end(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt":
        pytest.skip("an open file cannot be removed on Windows")
    path = log_file(tmp_path, lines(range(20)))
    _change(monkeypatch, path, path.unlink)
    assert fate(load_one(lake, path, limits=IN_CHUNKS)) == ("loaded", 20, 0, 0, 0)


def test_a_file_that_grows_while_read_is_read_to_the_size_it_had(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = log_file(tmp_path, lines(range(20)))

    def grow() -> None:
        with path.open("ab") as file:
            file.write(lines(20))

    with monkeypatch.context() as patch:
        _change(patch, path, grow)
        assert fate(load_one(lake, path, limits=IN_CHUNKS)) == ("loaded", 20, 0, 0, 0)
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == list(range(21))


# -- NULs in front, as copytruncate leaves them under a writer that does not append


def _with_nuls(path: Path, nuls: int, content: bytes) -> Path:
    """A sparse file: this number of NULs, which take no room, and then this content."""
    with path.open("wb") as file:
        file.truncate(nuls)
        file.seek(nuls)
        file.write(content)
    return path


@pytest.mark.parametrize("nuls", [4, 4095, 4096, MB - 1, MB, MB + 1, 9 * MB])
def test_nuls_in_front_are_skipped_and_said(tmp_path: Path, lake: Path, nuls: int) -> None:
    path = _with_nuls(tmp_path / "access.log", nuls, lines(range(3)) + BAD + line(3)[:30])
    report = load(lake, path)
    assert fates(report) == [("loaded", 3, 1, 0, 30)]
    [warning] = report.warnings
    assert warning == (
        f"{path}: {nuls:,} NUL bytes at the beginning were skipped: the file was emptied while its writer went on at the old position;"
        " copytruncate needs a writer that appends (O_APPEND)"
    )
    with path.open("ab") as file:
        file.write(line(3)[30:] + line(4))
    assert fate(load_one(lake, path)) == ("loaded", 2, 0, 0, 0)
    assert places(lake) == [(0, 1), (1, 2), (2, 3), (3, 5), (4, 6)]
    # As rotation copies and compresses it, and as it looks when it was emptied once more.
    copy = tmp_path / "access.log.1.gz"
    copy.write_bytes(gzip.compress(path.read_bytes()))
    assert fate(load_one(lake, copy)) == ("unchanged", 0, 0, 0, 0)
    _with_nuls(path, 2 * nuls, lines(range(5, 8)))
    assert fate(load_one(lake, path)) == ("loaded", 3, 0, 0, 0)
    assert broken(lake) == {}


@needs_measuring
def test_nuls_in_front_take_no_memory_however_many_they_are(tmp_path: Path, lake: Path) -> None:
    nuls = scaled(300, 10_000) * MB
    path = _with_nuls(tmp_path / "access.log", nuls, lines(range(3)))
    packer = zlib.compressobj(wbits=31)
    with (tmp_path / "access.log.1.gz").open("wb") as file:
        for _ in range(0, min(nuls, 3000 * MB), MB):
            file.write(packer.compress(bytes(MB)))
        file.write(packer.compress(lines(range(10, 13))) + packer.flush())
    small = run("ingest", "--lake", tmp_path / "other", log_file(tmp_path, lines(0), "small.log"))
    done = run("ingest", "--lake", lake, path, tmp_path / "access.log.1.gz")
    assert done.code == 0, done.err
    assert done.err.count("NUL bytes at the beginning were skipped") == 2
    assert numbers(lake) == [0, 1, 2, 10, 11, 12]
    assert done.peak_mb - small.peak_mb < 64


def test_a_file_of_nuls_is_no_log_and_one_that_is_emptied_again_while_read_is_not_mixed(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _with_nuls(tmp_path / "access.log", 5 * MB, b"")
    report = load_one(lake, path)
    assert fate(report) == ("failed", 0, 0, 0, 0)
    assert report.error == f"{path}: unknown_format: holds 5,242,880 NUL bytes and nothing else; expected a log"
    _with_nuls(path, 1000, lines(range(100)))
    with monkeypatch.context() as patch:
        _change(patch, path, lambda: _with_nuls(path, 1000, lines(range(100, 250))) and None)
        assert "changed while it was being read" in (load_one(lake, path, limits=IN_CHUNKS).error or "")
    assert fate(load_one(lake, path, limits=Limits(chunk_bytes=2000))) == ("loaded", 150, 0, 0, 0)
    assert numbers(lake) == list(range(100, 250))
