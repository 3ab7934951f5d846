"""Compressed logs: whole, cut off, corrupt or blown up, and content in other compressions."""

from __future__ import annotations

import bz2
import gzip
import random
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from ingest import Lake
from ingest.limits import Limits
from tests.ingest.formats.writing import COMPRESSIONS
from tests.ingest.lakes import broken, fate, leftovers, line, lines, load, load_one, loads, log_file, numbers, places
from tests.ingest.measured import MB, needs_measuring, run
from tests.ingest.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Callable


def _gzip_and_cut(first: bytes, rest: bytes) -> tuple[bytes, bytes]:
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    return start, start + packer.compress(rest) + packer.flush()


def _zstd_and_cut(first: bytes, rest: bytes) -> tuple[bytes, bytes]:
    packer = zstandard.ZstdCompressor().compressobj()
    start = packer.compress(first) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return start, start + packer.compress(rest) + packer.flush()


def _bzip2_and_cut(first: bytes, rest: bytes) -> tuple[bytes, bytes]:
    start, more = bz2.compress(first), bz2.compress(rest)
    return start + more[: len(more) // 2], start + more


@pytest.mark.parametrize("pack", [_gzip_and_cut, _zstd_and_cut, _bzip2_and_cut])
def test_a_truncated_compressed_file_is_noticed_and_the_whole_file_adds_only_the_rest(
    tmp_path: Path, lake: Path, pack: Callable[[bytes, bytes], tuple[bytes, bytes]]
) -> None:
    cut, whole = pack(lines(range(3)) + line(3)[:50], line(3)[50:] + lines(range(4, 6)))
    path = log_file(tmp_path, cut)
    report = load_one(lake, path)
    assert fate(report) == ("loaded", 3, 0, 0, 50)
    assert report.error is not None
    assert "is cut off after" in report.error
    path.write_bytes(whole)
    assert fate(load_one(lake, path)) == ("loaded", 3, 0, 0, 0)
    assert numbers(lake) == list(range(6))
    assert broken(lake) == {}


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
def test_a_compressed_file_that_is_cut_anywhere_is_incomplete(
    tmp_path: Path, lake: Path, suffix: str, kept: float
) -> None:
    whole = COMPRESSIONS[suffix](lines(range(40)))
    path = log_file(tmp_path, whole[: max(11, int(kept * len(whole)))])
    report = load_one(lake, path)
    assert report.status == "loaded"
    assert report.error is not None
    assert "is cut off" in report.error
    path.write_bytes(whole)
    assert report.calls + load_one(lake, path).calls == 40
    assert numbers(lake) == list(range(40))


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2"])
def test_nothing_of_corrupt_compressed_data_counts(tmp_path: Path, lake: Path, suffix: str) -> None:
    # So that pieces of it have been decided when it turns out.
    limits = Limits(head_bytes=1000, chunk_bytes=500, block_bytes=5000, piece_bytes=20_000)
    agents = random.Random(1)
    good = b"".join(line(number, user_agent=f"A/{agents.random()}") for number in range(300))
    pack = COMPRESSIONS[suffix]
    if suffix == ".zst":
        pack = zstandard.ZstdCompressor(write_checksum=True).compress  # as the command zstd does
    whole = pack(good[: len(good) // 2]) + pack(good[len(good) // 2 :])
    damaged = bytearray(whole)
    for place in range(len(whole) * 3 // 4, len(whole) * 3 // 4 + 20):
        damaged[place] ^= 0x55
    path = log_file(tmp_path, bytes(damaged))
    report = load_one(lake, path, limits=limits)
    assert (report.status, report.lines) == ("failed", 0)
    assert report.error is not None
    assert "data is corrupt" in report.error
    assert (numbers(lake), loads(lake), broken(lake)) == ([], [], {})
    assert len(Lake(lake).ledger()[1].rows) > 1  # pieces were decided and taken back
    path.write_bytes(whole)
    assert load_one(lake, path, limits=limits).calls == 300
    assert broken(lake) == {}


def test_what_is_to_be_replaced_stays_where_the_new_content_turns_out_to_be_corrupt(tmp_path: Path, lake: Path) -> None:
    agents = random.Random(1)
    written = [line(number, user_agent=f"A/{agents.random()}") for number in range(200)]
    path, content = log_file(tmp_path, b"".join(written[:50])), b"".join(written)
    load(lake, path)
    assert numbers(lake) == list(range(50))
    # So that it turns out when pieces of it might have been decided.
    limits = Limits(head_bytes=1000, chunk_bytes=500, block_bytes=5000, piece_bytes=10_000)
    path.write_bytes(gzip.compress(content)[:-8] + b"no sum..")
    report = load_one(lake, path, replace=True, limits=limits)
    assert (report.status, report.lines) == ("failed", 0)
    assert numbers(lake) == list(range(50))
    assert leftovers(lake) == set()
    assert broken(lake) == {}
    path.write_bytes(gzip.compress(content))
    assert fate(load_one(lake, path, replace=True, limits=limits)) == ("loaded", 200, 0, 0, 0)
    assert numbers(lake) == list(range(200))
    assert broken(lake) == {}


def _frames(content: bytes) -> bytes:
    """Two frames with a skippable one between them, as pzstd and others write them."""
    pack = zstandard.ZstdCompressor().compress
    return pack(content[:100]) + b"\x50\x2a\x4d\x18\x04\x00\x00\x00more" + pack(content[100:])


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("of two members.gz", lambda content: gzip.compress(content[:100]) + gzip.compress(content[100:])),
        ("of two members and padding.gz", lambda content: gzip.compress(content) + b"\0" * 512),
        ("of two frames.zst", _frames),
        ("of two streams.bz2", lambda content: bz2.compress(content[:100]) + bz2.compress(content[100:])),
        ("gzip.log", gzip.compress),
        ("text.gz", bytes),
    ],
)
def test_compression_is_known_by_its_bytes(
    tmp_path: Path, lake: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    path = log_file(tmp_path, pack(lines(range(4))), name)
    report = load_one(lake, path)
    assert fate(report) == ("loaded", 4, 0, 0, 0)
    assert report.error is None
    assert numbers(lake) == [0, 1, 2, 3]


@needs_measuring
def test_a_decompression_bomb_is_refused_in_little_memory(tmp_path: Path, lake: Path) -> None:
    size = scaled(200, 2000) * MB
    pack = zstandard.ZstdCompressor(level=19).compressobj()
    start = pack.compress(lines(0))
    log_file(
        tmp_path, start + b"".join(pack.compress(b"a" * MB) for _ in range(size // MB)) + pack.flush(), "logs/bomb.zst"
    )
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(lines(1))
    log_file(
        tmp_path,
        start + b"".join(packer.compress(b"a" * MB) for _ in range(size // MB)) + packer.flush(),
        "logs/bomb.gz",
    )
    log_file(tmp_path, bz2.compress(lines(2) + b"a" * (70 * MB)), "logs/bomb.bz2")
    log_file(tmp_path, lines(3), "logs/good.log")
    done = run("ingest", "--lake", lake, tmp_path / "logs")
    assert done.code == 1
    assert done.err.count("more than 300 times as many, which no log does; nothing of it was loaded") == 3
    assert numbers(lake) == [3]
    assert done.peak_mb < 512


@needs_measuring
def test_a_bomb_of_blank_lines_is_read_in_little_memory(tmp_path: Path, lake: Path) -> None:
    count = scaled(1, 60) * MB
    log_file(tmp_path, gzip.compress(lines(0) + b"\n" * count + lines(1)), "bomb.gz")
    done = run("ingest", "--lake", lake, tmp_path / "bomb.gz")
    assert done.code == 0
    assert places(lake) == [(0, 1), (1, count + 2)]
    assert done.peak_mb < 512


def _zip(path: Path, log: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(log)


def _tar(path: Path, log: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.add(log)


@pytest.mark.parametrize(
    ("what", "write"),
    [
        ("a zip archive", _zip),
        ("a tar archive", _tar),
        ("xz", lambda path, _: path.write_bytes(b"\xfd7zXZ\x00" + b"\0" * 50)),
        ("a 7-Zip archive", lambda path, _: path.write_bytes(b"7z\xbc\xaf\x27\x1c" + b"\0" * 50)),
        ("a RAR archive", lambda path, _: path.write_bytes(b"Rar!\x1a\x07" + b"\0" * 50)),
        ("lz4", lambda path, _: path.write_bytes(b"\x04\x22\x4d\x18" + b"\0" * 50)),
        ("compress (.Z)", lambda path, _: path.write_bytes(b"\x1f\x9d" + b"\0" * 50)),
    ],
)
def test_archives_and_other_codecs_are_refused_by_name(
    tmp_path: Path, lake: Path, what: str, write: Callable[[Path, Path], object]
) -> None:
    path = tmp_path / "access"
    write(path, log_file(tmp_path, lines(0)))
    report = load_one(lake, path)
    assert report.status == "failed"
    assert report.error == f"{path}: is {what}, which is not read; expected plain text, gzip, zstd or bzip2"
