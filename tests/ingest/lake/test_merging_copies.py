"""A copy of a log that grew stays known after the log's loads became one."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, maintain, retry_rejects
from ingest.lake import merging
from ingest.limits import Limits
from ingest.position import END_BYTES
from tests.ingest.lake.growing import HOST, LATER, content_of, grow, ledger_rows, load_at
from tests.ingest.lakes import BAD, broken, line, lines, numbers
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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
        grow(lake, logs / "access.log", *added, now=NOW + dt.timedelta(days=night))
    whole = (logs / "access.log").read_bytes()
    before = content_of(lake)
    assert merging.merge_loads(Lake(lake), now=LATER + dt.timedelta(days=1))[0] == 3
    if is_written:
        assert merging.write_merged(Lake(lake))
    for number, end in enumerate(itertools.accumulate(map(len, itertools.chain(*parts)))):
        for name, copied in COPIES.items():
            (logs / f"{name}-{number}").write_bytes(copied(whole[:end]))

    assert Counter(one.status for one in load_at(lake, logs, now=LATER).sources) == {"unchanged": 1 + 5 * len(COPIES)}
    assert content_of(lake) == before
    assert broken(lake) == {}


def test_what_ends_elsewhere_inside_of_a_merged_load_or_goes_on_there_is_not_guessed_at(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    first, second, third = lines(0, 1), lines(2, 3), lines(4, 5)
    grow(lake, log, first, second, third)
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
        (report,) = load_at(lake, path, now=LATER).sources
        assert report.status == "failed", name
        assert f"begins like {log}" in str(report.error)
        assert "--overlap skip" in str(report.error)
    assert numbers(lake) == [0, 1, 2, 3, 4, 5]


def test_of_a_copy_that_ends_where_a_part_did_no_line_is_read_again(tmp_path: Path) -> None:
    lake, log, copy = tmp_path / "lake", tmp_path / "access.log", tmp_path / "copy.log"
    without_host = line(9).replace(f"https://{HOST}".encode(), b"")
    grow(lake, log, lines(0) + without_host, lines(1) + BAD)
    copy.write_bytes(lines(0) + without_host)
    maintain(lake, now=LATER)
    options = ReadOptions(host=HOST)
    (failed,) = retry_rejects(lake, [str(copy)], options, now=LATER).sources
    assert failed.status == "failed"
    assert f"{copy}: is only the beginning of {log} (load " in str(failed.error)
    (done,) = retry_rejects(lake, [str(log)], options, now=LATER).sources
    assert (done.status, done.calls, done.rejects) == ("retried", 1, 1)
    assert load_at(lake, copy, now=LATER).sources[0].status == "unchanged"
    assert broken(lake) == {}


def test_a_copy_that_replaces_its_log_takes_the_place_of_the_whole(tmp_path: Path) -> None:
    lake, log, copy = tmp_path / "lake", tmp_path / "access.log", tmp_path / "copy.log"
    grow(lake, log, lines(0), lines(1), lines(2))
    maintain(lake, now=LATER)
    copy.write_bytes(lines(0, 1))
    assert [one.status for one in load_at(lake, copy, replace=True).sources] == ["loaded"]
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}


def test_of_the_ends_of_parts_the_ledger_keeps_the_youngest(tmp_path: Path) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    names = [logs / f"{number}.log" for number in range(3)]
    for day, log in enumerate(names):
        start = 10 * day
        grow(lake, log, lines(start), lines(start + 1), lines(start + 2), now=NOW + dt.timedelta(days=day))
    maintain(lake, now=LATER + dt.timedelta(days=3), limits=Limits(inner_ends=5))
    for log in names:
        log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    statuses = [one.status for one in load_at(lake, logs, now=LATER).sources]
    assert statuses == ["failed", "unchanged", "unchanged"]
    assert [len(row.inner_ends) // END_BYTES for row in ledger_rows(lake)[:-1]] == [0, 2, 2]
