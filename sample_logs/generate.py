"""Writes the sample logs: the same bytes every time.

    python -m sample_logs.generate
    python -m sample_logs.generate --calls 5000000 --format json --out calls.json

Without arguments everything in `demo/`, `registry/` and the four folders named after a format is written again. With
arguments, one long log of everybody's calls in the same three months; its name may end in .gz, .zst or .bz2.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import datetime as dt
import gzip
import io
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, get_args

import zstandard

from sample_logs.lines import LOG_FORMATS, Log, World
from sample_logs.model import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEMO_CALLS = 70_000
WEEK_CALLS = 2_000
MONDAY = dt.date(2026, 10, 12)
THURSDAY = MONDAY + dt.timedelta(days=3)
NEXT_MONDAY = MONDAY + dt.timedelta(days=7)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (8, 9, 10, 11))
LAST_MONDAY = dt.date(2026, 10, 26)

DEMO = {
    "gateway/gateway-2026-08.json.gz": Log(log_format="json", stream="gateway", since=AUGUST, until=SEPTEMBER),
    "gateway/gateway-2026-09.json.zst": Log(log_format="json", stream="gateway", since=SEPTEMBER, until=OCTOBER),
    "gateway/gateway-2026-10.json.bz2": Log(log_format="json", stream="gateway", since=OCTOBER, until=NOVEMBER),
    "proxy/access-2026-08.log.bz2": Log(log_format="combined", stream="proxy", since=AUGUST, until=SEPTEMBER),
    "proxy/access-2026-09.log.gz": Log(log_format="combined", stream="proxy", since=SEPTEMBER, until=OCTOBER),
    "proxy/access-2026-10.log.zst": Log(log_format="combined", stream="proxy", since=OCTOBER, until=NOVEMBER),
    "iis/u_ex2608.log.gz": Log(log_format="w3c", stream="iis", since=AUGUST, until=SEPTEMBER),
    "iis/u_ex2609.log.zst": Log(log_format="w3c", stream="iis", since=SEPTEMBER, until=OCTOBER),
    "iis/u_ex2610.log.bz2": Log(log_format="w3c", stream="iis", since=OCTOBER, until=LAST_MONDAY),
    "iis/u_ex261026.log": Log(log_format="w3c", stream="iis", since=LAST_MONDAY, until=NOVEMBER),
    "focus/focus-2026-08.json.gz": Log(log_format="json", stream="focus", since=AUGUST, until=SEPTEMBER),
    "focus/focus-2026-09.json.bz2": Log(log_format="json", stream="focus", since=SEPTEMBER, until=OCTOBER),
    "focus/focus-2026-10.json.zst": Log(log_format="json", stream="focus", since=OCTOBER, until=LAST_MONDAY),
    "focus/focus-2026-10-26.json": Log(log_format="json", stream="focus", since=LAST_MONDAY, until=NOVEMBER),
    "staging/staging-2026-08.csv.bz2": Log(log_format="csv", stream="staging", since=AUGUST, until=SEPTEMBER),
    "staging/staging-2026-09.csv.gz": Log(
        log_format="csv", stream="staging", since=SEPTEMBER, until=OCTOBER, separator=";"
    ),
    "staging/staging-2026-10.csv": Log(
        log_format="csv", stream="staging", since=OCTOBER, until=NOVEMBER, separator=";"
    ),
}
"""The files of the demo: every call of the three months stands in exactly one."""

WEEK = {
    "json/calls-2026-10-12.json": Log(log_format="json", since=MONDAY, until=THURSDAY),
    "json/calls-2026-10-15.json.gz": Log(log_format="json", since=THURSDAY, until=NEXT_MONDAY),
    "w3c/calls-2026-10-12.log": Log(log_format="w3c", since=MONDAY, until=THURSDAY),
    "w3c/calls-2026-10-15.log.zst": Log(log_format="w3c", since=THURSDAY, until=NEXT_MONDAY),
    "combined/calls-2026-10-12.log": Log(log_format="combined", since=MONDAY, until=THURSDAY),
    "combined/calls-2026-10-15.log.bz2": Log(log_format="combined", since=THURSDAY, until=NEXT_MONDAY),
    "csv/calls-2026-10-12.csv": Log(log_format="csv", since=MONDAY, until=THURSDAY),
    "csv/calls-2026-10-15.csv.gz": Log(log_format="csv", since=THURSDAY, until=NEXT_MONDAY, separator=";"),
}
"""The same week of calls in each format, in a folder of its own."""


def write_samples(folder: Path) -> None:
    """Write the demo, the week in every format, and the registry; remove what else stands in their folders."""
    written = {
        folder / "registry" / f"{name}.csv": _csv(rows) for name, rows in registry().items()
    }
    demo = World(calls=DEMO_CALLS)
    written |= {folder / "demo" / name: b"".join(demo.lines(log)) for name, log in DEMO.items()}
    week = World(calls=WEEK_CALLS, since=MONDAY, until=NEXT_MONDAY, whole_seconds=True, calls_between=None)
    written |= {folder / name: b"".join(week.lines(log)) for name, log in WEEK.items()}
    for stale in _sample_files(folder) - set(written):
        stale.unlink()
    for path, content in written.items():
        if not path.exists() or read_sample(path) != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            with ExitStack() as stack:
                _open_for_writing(path, stack).write(content)


def write_log(out: Path, log: Log, *, calls: int) -> None:
    """Write one long log piece by piece."""
    with ExitStack() as stack:
        file = _open_for_writing(out, stack)
        for piece in World(calls=calls).lines(log):
            file.write(piece)


def read_sample(path: Path) -> bytes:
    """Return what stands in a sample file, decompressed."""
    content = path.read_bytes()
    match path.suffix:
        case ".gz":
            return gzip.decompress(content)
        case ".bz2":
            return bz2.decompress(content)
        case ".zst":
            return zstandard.ZstdDecompressor().decompressobj().decompress(content)
        case _:
            return content


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the samples, or one long log; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sample_logs.generate", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--calls", type=int, help="how many calls, bad lines not counted")
    parser.add_argument("--format", choices=LOG_FORMATS, default="json", dest="log_format")
    parser.add_argument("--out", type=Path, help="the file to write; .gz, .zst and .bz2 are compressed")
    options = parser.parse_args(arguments)
    if (options.out is None) != (options.calls is None):
        parser.error("--calls and --out go together")
    if options.out is None:
        write_samples(Path(__file__).parent)
    else:
        write_log(options.out, Log(log_format=options.log_format), calls=options.calls)
    return 0


def _sample_files(folder: Path) -> set[Path]:
    parts = ("demo", "registry", *LOG_FORMATS)
    return {path for part in parts for path in (folder / part).rglob("*") if path.is_file()}


def _open_for_writing(path: Path, stack: ExitStack) -> IO[bytes]:
    """Open a file that compresses as its name says, and holds neither a time nor a name."""
    raw = stack.enter_context(path.open("wb"))
    match path.suffix:
        case ".gz":
            return stack.enter_context(gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0))
        case ".bz2":
            return stack.enter_context(bz2.BZ2File(raw, "wb", compresslevel=9))
        case ".zst":
            return stack.enter_context(zstandard.ZstdCompressor(level=19).stream_writer(raw))
        case _:
            return raw


def _csv(rows: list[dict[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    sys.exit(main())
