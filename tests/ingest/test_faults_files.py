"""Bad input, row by row: files and compression. `cases/faults.toml` says which test is for which row."""

from __future__ import annotations

import bz2
import errno
import gzip
import json
import os
import random
import socket
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

import koppelzicht
from ingest import Lake, unload
from ingest.limits import Limits
from ingest.read import source
from tests.ingest.lakes import (
    BAD,
    CSV_HEADER,
    W3C_FIELDS,
    broken,
    csv_line,
    fate,
    fates,
    leftovers,
    line,
    lines,
    load,
    load_one,
    loads,
    numbers,
    places,
    rejects,
    w3c_line,
)
from tests.ingest.measured import finish, needs_measuring, run, start
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW
from tests.ingest.writing import COMPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

MB = 1 << 20


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def _written(tmp_path: Path, content: bytes, name: str = "access.log") -> Path:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


# -- what is no file


def test_an_empty_file_is_loaded(tmp_path: Path, lake: Path) -> None:
    path = _written(tmp_path, b"")
    assert fate(load_one(lake, path)) == ("loaded", 0, 0, 0, 0)
    path.write_bytes(lines(0))
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)


def _no_file(tmp_path: Path, kind: str) -> str:
    path = tmp_path / kind
    match kind:
        case "a missing file":
            pass
        case "a missing folder":
            path = path / "access.log"
        case "a file without permission":
            if os.name == "nt" or os.geteuid() == 0:
                pytest.skip("nothing is without permission for root, or on Windows")
            path.write_bytes(lines(0))
            path.chmod(0)
        case "a FIFO":
            if not hasattr(os, "mkfifo"):
                pytest.skip("needs FIFOs")
            os.mkfifo(path)
        case "a socket":
            if not hasattr(socket, "AF_UNIX"):
                pytest.skip("needs sockets in the file system")
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))
        case "a device":
            return os.devnull
    return str(path)


@pytest.mark.parametrize(
    "kind",
    [
        "a missing file",
        "a missing folder",
        "a file without permission",
        "a FIFO",
        "a socket",
        "a device",
    ],
)
def test_what_cannot_be_read_is_named_and_the_others_go_on(
    tmp_path: Path, lake: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, good = _no_file(tmp_path, kind), _written(tmp_path, lines(0))
    assert koppelzicht.run(["ingest", "--lake", str(lake), path, str(good)]) == 1
    assert f"failed: {path}: " in capsys.readouterr().err
    assert numbers(lake) == [0]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_in_a_folder_is_not_followed(tmp_path: Path, lake: Path) -> None:
    _written(tmp_path, lines(0), "outside/secret.log")
    folder = tmp_path / "logs"
    _written(tmp_path, lines(1), "logs/access.log")
    (folder / "link.log").symlink_to(tmp_path / "outside" / "secret.log")
    (folder / "links").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    report = load(lake, folder)
    assert numbers(lake) == [1]
    said = [warning for warning in report.warnings if warning.endswith("is a link; not followed")]
    assert said == [f"{folder / name}: is a link; not followed" for name in ("link.log", "links", "loop", "self")]


# -- compression


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
    path = _written(tmp_path, cut)
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
    path = _written(tmp_path, whole[: max(11, int(kept * len(whole)))])
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
    path = _written(tmp_path, bytes(damaged))
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
    path, content = _written(tmp_path, b"".join(written[:50])), b"".join(written)
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
    path = _written(tmp_path, pack(lines(range(4))), name)
    report = load_one(lake, path)
    assert fate(report) == ("loaded", 4, 0, 0, 0)
    assert report.error is None
    assert numbers(lake) == [0, 1, 2, 3]


@needs_measuring
def test_a_decompression_bomb_is_refused_in_little_memory(tmp_path: Path, lake: Path) -> None:
    size = scaled(200, 2000) * MB
    pack = zstandard.ZstdCompressor(level=19).compressobj()
    start = pack.compress(lines(0))
    _written(
        tmp_path, start + b"".join(pack.compress(b"a" * MB) for _ in range(size // MB)) + pack.flush(), "logs/bomb.zst"
    )
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(lines(1))
    _written(
        tmp_path,
        start + b"".join(packer.compress(b"a" * MB) for _ in range(size // MB)) + packer.flush(),
        "logs/bomb.gz",
    )
    _written(tmp_path, bz2.compress(lines(2) + b"a" * (70 * MB)), "logs/bomb.bz2")
    _written(tmp_path, lines(3), "logs/good.log")
    done = run("ingest", "--lake", lake, tmp_path / "logs")
    assert done.code == 1
    assert done.err.count("more than 300 times as many, which no log does; nothing of it was loaded") == 3
    assert numbers(lake) == [3]
    assert done.peak_mb < 512


@needs_measuring
def test_a_bomb_of_blank_lines_is_read_in_little_memory(tmp_path: Path, lake: Path) -> None:
    count = scaled(1, 60) * MB
    _written(tmp_path, gzip.compress(lines(0) + b"\n" * count + lines(1)), "bomb.gz")
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
    write(path, _written(tmp_path, lines(0)))
    report = load_one(lake, path)
    assert report.status == "failed"
    assert report.error == f"{path}: is {what}, which is not read; expected plain text, gzip, zstd or bzip2"


# -- size and content


@needs_measuring
def test_a_line_of_a_gigabyte_is_rejected_in_little_memory(tmp_path: Path, lake: Path) -> None:
    path = _written(tmp_path, lines(0, 1))
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        place = file.tell()
        file.seek(scaled(64, 1024) * MB, os.SEEK_CUR)  # a hole, which is read as NULs
        file.write(b"\n" + lines(2))
    small = run("ingest", "--lake", tmp_path / "small", _written(tmp_path, lines(0), "small.log"))
    done = run("ingest", "--lake", lake, path)
    assert done.code == 0
    assert places(lake) == [(0, 1), (1, 2), (2, 4)]
    assert rejects(lake) == [(3, place, "line_too_long")]
    # Libraries alone take more than the limit once they are loaded, so it holds for what comes on top.
    assert done.peak_mb - small.peak_mb < 256


@needs_measuring
def test_a_long_log_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    wide = b"".join(line(number, extra="x" * 20_000) for number in range(50))
    peaks = []
    for megabytes in scaled((130, 200), (500, 10_000)):
        process = start("ingest", "--lake", tmp_path / f"{megabytes}", "-")
        assert process.stdin is not None
        repeats = megabytes * MB // len(wide)
        for _ in range(repeats):
            process.stdin.write(wide)
        done = finish(process)
        assert done.code == 0
        assert len(Lake(tmp_path / f"{megabytes}").snapshot().loads) >= megabytes // 1024 + 1
        peaks.append(done.peak_mb)
    assert peaks[1] < 1.35 * peaks[0]


@needs_measuring
def test_long_values_of_which_none_comes_back_take_no_more_memory(tmp_path: Path) -> None:
    peaks = []
    for megabytes in scaled((40, 120), (150, 3000)):
        process = start("ingest", "--lake", tmp_path / f"{megabytes}", "-")
        assert process.stdin is not None
        count = megabytes * MB // 40_000
        for number in range(count):
            url = f"https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject?filterfieldids={number}{'x' * 39_500}"
            process.stdin.write(line(number, url=url, user_agent=f"{number} {'y' * 200}"))
        done = finish(process)
        assert done.code == 0
        assert len(numbers(tmp_path / f"{megabytes}")) == count
        peaks.append(done.peak_mb)
    assert peaks[1] < 1.35 * peaks[0]


def test_binary_or_unknown_content_is_not_loaded(tmp_path: Path, lake: Path) -> None:
    for content in (
        b"\0" * 5000,
        random.Random(2).randbytes(5000),
        b"hello world\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    ):
        report = load_one(lake, _written(tmp_path, content))
        assert (report.status, report.lines) == ("failed", 0)
        assert report.error is not None
        assert "unknown_format" in report.error
    assert loads(lake) == []


@pytest.mark.parametrize(
    ("begin", "help_text"),
    [
        ("hello", "name its format with --log-format, --layout or --dialect"),
        ("{\n", "it looks like JSON over several lines: jq -c . FILE writes one record per line"),
        ("[\r\n", "it looks like a JSON list: jq -c '.[]' FILE writes one record per line"),
        ("\ufeff[{", "it looks like a JSON list: jq -c '.[]' FILE writes one record per line"),
        ("[not JSON", "name its format with --log-format, --layout or --dialect"),
    ],
)
def test_of_unknown_content_it_is_said_what_helps(tmp_path: Path, lake: Path, begin: str, help_text: str) -> None:
    content = f'{begin}"status": 200}}\n'.encode()
    report = load_one(lake, _written(tmp_path, content))
    assert report.error is not None
    assert report.error.endswith(f"; {help_text}")


def test_what_no_format_claims_in_a_folder_is_skipped_and_named(tmp_path: Path, lake: Path) -> None:
    path = _written(tmp_path, b"hello world\n", "logs/readme.txt")
    _written(tmp_path, lines(0), "logs/access.log")
    report = load(lake, tmp_path / "logs")
    assert fates(report) == [("loaded", 1, 0, 0, 0)]
    (warning,) = report.warnings
    assert warning.startswith(f"skipped: {path}: unknown_format")


# -- what is known


@pytest.mark.parametrize("suffix", sorted(COMPRESSIONS))
def test_the_same_content_is_unchanged_whatever_it_is_called(tmp_path: Path, lake: Path, suffix: str) -> None:
    content = lines(range(3)) + BAD
    load(lake, _written(tmp_path, content))
    copy = _written(tmp_path, COMPRESSIONS[suffix](content), f"elsewhere/2020.log{suffix}")
    os.utime(copy, (1, 1))
    report = load_one(lake, copy)
    assert (fate(report), report.known_since) == (("unchanged", 0, 0, 0, 0), NOW)


@pytest.mark.parametrize("kept", [1, 2, 5])
def test_an_earlier_part_of_a_loaded_file_is_not_loaded(tmp_path: Path, lake: Path, kept: int) -> None:
    whole, part = _written(tmp_path, lines(range(6))), _written(tmp_path, lines(range(kept)), "part.log")
    load(lake, whole)
    report = load_one(lake, part)
    assert report.status == "failed"
    assert report.error is not None
    assert f"begins like {whole} (load {loads(lake)[0]['load_id']}" in report.error
    assert "--overlap skip leaves such sources out, --overlap load loads them" in report.error
    assert fate(load_one(lake, part, overlap="skip")) == ("unchanged", 0, 0, 0, 0)
    assert numbers(lake) == list(range(6))
    assert fate(load_one(lake, part, overlap="load")) == ("loaded", kept, 0, 0, 0)
    assert numbers(lake) == sorted([*range(6), *range(kept)])


def test_of_two_files_with_a_common_beginning_that_is_loaded_each_adds_its_own_end(tmp_path: Path, lake: Path) -> None:
    path, other = _written(tmp_path, lines(range(3))), _written(tmp_path, lines(range(3), range(7, 9)), "other.log")
    load(lake, path)
    path.write_bytes(lines(range(6)))
    assert fate(load_one(lake, path)) == ("loaded", 3, 0, 0, 0)
    assert fate(load_one(lake, other)) == ("loaded", 2, 0, 0, 0)
    assert places(lake) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (7, 4), (8, 5)]


def test_one_line_in_common_is_chance(tmp_path: Path, lake: Path) -> None:
    load(lake, _written(tmp_path, lines(0, 1, 2)))
    assert fate(load_one(lake, _written(tmp_path, lines(0, 3, 4), "other.log"))) == ("loaded", 3, 0, 0, 0)
    assert numbers(lake) == [0, 0, 1, 2, 3, 4]


LAYOUT = '$remote_addr [$time_local] "$request" $body_bytes_sent $status "$host"'


def _wrong(tmp_path: Path, lake: Path) -> Path:
    """A log of which status and size stand the other way round, loaded with the wrong layout."""
    good = '10.0.0.1 [01/Oct/2026:10:00:00 +0000] "GET /ProfitRestServices/metainfo HTTP/1.1" 512 200 "1234.rest.afas.online"\n'
    path = _written(tmp_path, good.encode() * 2)
    wrong = LAYOUT.replace("$body_bytes_sent $status", "$status $body_bytes_sent")
    assert fate(load_one(lake, path, layout=wrong)) == ("loaded", 2, 0, 0, 0)
    return path


def test_what_was_loaded_with_a_wrong_layout_is_unloaded_and_loaded_once(tmp_path: Path, lake: Path) -> None:
    path = _wrong(tmp_path, lake)
    assert fate(load_one(lake, path, layout=LAYOUT)) == ("unchanged", 0, 0, 0, 0)
    assert unload(lake, str(path), now=NOW).calls == 2
    assert fate(load_one(lake, path, layout=LAYOUT)) == ("loaded", 2, 0, 0, 0)
    assert _sizes(lake) == [512, 512]


def test_what_was_loaded_with_a_wrong_layout_is_replaced_once(tmp_path: Path, lake: Path) -> None:
    path = _wrong(tmp_path, lake)
    assert fate(load_one(lake, path, layout=LAYOUT, replace=True)) == ("loaded", 2, 0, 0, 0)
    assert _sizes(lake) == [512, 512]
    assert len(loads(lake)) == 1
    assert broken(lake) == {}


def _sizes(lake: Path) -> list[int]:
    from tests.ingest.lakes import calls

    return [call["response_bytes"] for call in calls(lake)]


def test_of_a_log_that_has_grown_only_the_new_lines_are_read(tmp_path: Path, lake: Path) -> None:
    path = _written(tmp_path, lines(range(3)) + line(3)[:70])
    assert fate(load_one(lake, path)) == ("loaded", 3, 0, 0, 70)
    assert fate(load_one(lake, path)) == ("unchanged", 0, 0, 0, 70)
    path.write_bytes(lines(range(5)))
    assert fate(load_one(lake, path)) == ("loaded", 2, 0, 0, 0)
    assert places(lake) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]


@pytest.mark.parametrize("suffix", sorted(COMPRESSIONS))
def test_a_log_that_was_rotated_and_compressed_adds_only_its_last_lines(
    tmp_path: Path, lake: Path, suffix: str
) -> None:
    path = _written(tmp_path, lines(range(3)))
    load(lake, path)
    path.with_name(f"access.log.1{suffix}").write_bytes(COMPRESSIONS[suffix](lines(range(5))))
    path.write_bytes(lines(range(5, 7)))
    report = load(lake, path, path.with_name(f"access.log.1{suffix}"))
    assert fates(report) == [("loaded", 2, 0, 0, 0), ("loaded", 2, 0, 0, 0)]
    assert numbers(lake) == list(range(7))


def test_a_log_that_was_truncated_in_place_and_refilled_is_a_new_source(tmp_path: Path, lake: Path) -> None:
    path = _written(tmp_path, lines(range(3)))
    load(lake, path)
    path.with_name("access.log.1").write_bytes(lines(range(4)))
    for more in ((4,), (4, 5, 6, 7, 8)):  # shorter than it was, and longer
        with path.open("r+b") as file:
            file.truncate(0)
            file.write(lines(*more))
        load(lake, path)
    assert fate(load_one(lake, path.with_name("access.log.1"))) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == list(range(9))


def test_two_files_with_the_same_first_kilobyte_are_two_sources(tmp_path: Path, lake: Path) -> None:
    head = b"#Software: Microsoft Internet Information Services 10.0\n" + b"#Remark: x\n" * 200 + W3C_FIELDS
    for number in range(2):
        report = load_one(lake, _written(tmp_path, head + w3c_line(number), f"{number}.log"))
        assert fate(report) == ("loaded", 1, 0, 202, 0)
    assert numbers(lake) == [0, 1]


@pytest.mark.parametrize(
    ("header", "data"),
    [(b"", line), (CSV_HEADER, csv_line), (W3C_FIELDS, w3c_line)],
    ids=["json", "csv", "w3c"],
)
def test_two_identical_lines_in_one_file_are_two_calls(
    tmp_path: Path, lake: Path, header: bytes, data: Callable[[int], bytes]
) -> None:
    load(lake, _written(tmp_path, header + data(1) * 2))
    ignored = bool(header)
    assert places(lake) == [(1, ignored + 1), (1, ignored + 2)]


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
    path = _written(tmp_path, lines(range(20)))
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
    path = _written(tmp_path, lines(range(20)))

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
    path = _written(tmp_path, lines(range(20)))
    _change(monkeypatch, path, path.unlink)
    assert fate(load_one(lake, path, limits=IN_CHUNKS)) == ("loaded", 20, 0, 0, 0)


def test_a_file_that_grows_while_read_is_read_to_the_size_it_had(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _written(tmp_path, lines(range(20)))

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
    """A file of so many NULs and this content, which takes no room for the NULs."""
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
    small = run("ingest", "--lake", tmp_path / "other", _written(tmp_path, lines(0), "small.log"))
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


# -- names and folders


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no UTF-8")
def test_a_name_that_is_no_utf_8_is_spelled_out_everywhere(
    tmp_path: Path, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff-logs"))
    folder.mkdir()
    path = folder / os.fsdecode(b"caf\xe9.log")
    path.write_bytes(lines(0, 1) + BAD)
    (folder / os.fsdecode(b"\xe9.zip")).write_bytes(b"PK\x03\x04 something")
    (folder / os.fsdecode(b"\xe9.link")).symlink_to(path)
    spelled = f"{tmp_path}/\\xff-logs/caf\\xe9.log"

    def said(*arguments: str) -> tuple[Any, str]:
        assert koppelzicht.run([*arguments, "--json"]) == 0
        captured = capsys.readouterr()
        captured.out.encode()
        return json.loads(captured.out), captured.err

    loaded, errors = said("ingest", "--lake", str(lake), str(folder))
    [one] = loaded["sources"]
    assert (one["source"], one["stream"], one["calls"], one["rejects"]) == (spelled, "\\xff-logs/caf\\xe9.log", 2, 1)
    assert ("/\\xff-logs/\\xe9.zip: is a zip archive" in errors, "\\xe9.link: is a link" in errors) == (True, True)
    assert [row["source"] for row in loads(lake)] == [spelled]
    assert said("inspect", str(path))[0]["lines"] == 3
    for name in (str(path), spelled):
        assert [row["source"] for row in said("rejects", "--lake", str(lake), "--source", name)[0]] == [spelled]
    assert said("rejects", "--lake", str(lake), "--retry", str(path))[0]["sources"][0]["source"] == spelled
    [stream] = said("status", "--lake", str(lake))[0]["streams"]
    assert stream["stream"] == "\\xff-logs/caf\\xe9.log"
    for name in (str(path), spelled):
        assert said("unload", str(name), "--lake", str(lake))[0]["loads"] == 1
        assert (
            said("ingest", "--lake", str(lake), str(path), "--stream", os.fsdecode(b"\xe9"))[0]["totals"]["calls"] == 2
        )
    path.write_bytes(b"nothing of ours\n")
    assert koppelzicht.run(["ingest", "--lake", str(lake), str(path)]) == 1
    assert f"failed: {spelled}: unknown_format" in capsys.readouterr().err
    assert broken(lake) == {}


def test_a_folder_that_cannot_be_listed_is_a_failure_and_the_others_are_loaded(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, name in enumerate(("a", "b", "c")):
        (tmp_path / "logs" / name).mkdir(parents=True)
        (tmp_path / "logs" / name / "access.log").write_bytes(lines(number))
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if str(path).endswith("/b"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert koppelzicht.run(["ingest", "--lake", str(lake), str(tmp_path / "logs")]) == 1
    said = f"failed: {tmp_path / 'logs' / 'b'}: cannot be listed: Permission denied; nothing in it is loaded"
    assert said in capsys.readouterr().err
    assert numbers(lake) == [0, 2]


# -- whatever one source raises


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        UnicodeDecodeError("utf-8", b"4321_1", 0, 1, "x"),
        KeyError("4321_1"),
        RecursionError(),
        OSError(5, "EIO"),
    ],
)
@pytest.mark.parametrize(
    "place", ["ingest.load.planning.document_format", "ingest.load.planning.format_of", "ingest.read.lines.line_ends"]
)
def test_whatever_one_source_raises_is_its_own_error_and_the_others_are_loaded(
    tmp_path: Path, lake: Path, error: Exception, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows which fault will be next, so one is put where bytes are looked at: at the file with a mark in it."""
    _written(tmp_path, lines(0), "logs/a.log")
    bad = _written(tmp_path, lines(1) + line(2, body="the mark"), "logs/b.log")
    _written(tmp_path, lines(3), "logs/c.log")
    module, _, name = place.rpartition(".")
    found = getattr(sys.modules[module], name)

    def raising(first: Any, *arguments: Any) -> Any:
        data = first.peek(1) if hasattr(first, "peek") else getattr(arguments[0], "data", b"") if arguments else first
        if b"the mark" in bytes(data or b""):
            raise error
        return found(first, *arguments)

    monkeypatch.setattr(place, raising)
    reports = {source.source: source for source in load(lake, tmp_path / "logs").sources}
    assert [fate(report)[:2] for report in reports.values()] == [("loaded", 1), ("failed", 0), ("loaded", 1)]
    said = reports[str(bad)].error or ""
    assert said.startswith(f"{bad}: ")
    assert ("4321_1" in said, "nothing" in said) == (False, True)
    assert numbers(lake) == [0, 3]
    assert broken(lake) == {}
