"""Long lines, logs and values take no more memory than short ones."""

from __future__ import annotations

import os
from pathlib import Path

from ingest import Lake
from tests.ingest.lakes import line, lines, log_file, numbers, places, rejects
from tests.ingest.measured import MB, finish, needs_measuring, run, start
from tests.ingest.scale import scaled


@needs_measuring
def test_a_line_of_a_gigabyte_is_rejected_in_little_memory(tmp_path: Path, lake: Path) -> None:
    path = log_file(tmp_path, lines(0, 1))
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        place = file.tell()
        file.seek(scaled(64, 1024) * MB, os.SEEK_CUR)  # a hole, which is read as NULs
        file.write(b"\n" + lines(2))
    small = run("ingest", "--lake", tmp_path / "small", log_file(tmp_path, lines(0), "small.log"))
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
        process = start("ingest", "--lake", tmp_path / f"{megabytes}", "--workers", "2", "-")
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
    for megabytes in scaled((120, 240), (150, 3000)):
        process = start("ingest", "--lake", tmp_path / f"{megabytes}", "--workers", "2", "-")
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
