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
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard

from sample_logs.lines import LOG_FORMATS, Log, LogFormat, Separator, World
from sample_logs.model import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DEMO_CALLS = 80_000
WEEK_CALLS = 2_000
MONDAY = dt.date(2026, 10, 12)
THURSDAY = MONDAY + dt.timedelta(days=3)
NEXT_MONDAY = MONDAY + dt.timedelta(days=7)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (8, 9, 10, 11))
LAST_MONDAY = dt.date(2026, 10, 26)

DEMO_STREAMS = {
    "gateway": Log(log_format="json", stream="gateway"),
    "proxy": Log(log_format="combined", stream="proxy"),
    "iis": Log(log_format="w3c", stream="iis", calls_between=50),
    "focus": Log(log_format="json", stream="focus", calls_between=50),
    "staging": Log(log_format="csv", stream="staging", calls_between=20),
}
DEMO = {
    "gateway/gateway-2026-08.json.gz": (AUGUST, SEPTEMBER),
    "gateway/gateway-2026-09.json.zst": (SEPTEMBER, OCTOBER),
    "gateway/gateway-2026-10.json.bz2": (OCTOBER, NOVEMBER),
    "proxy/access-2026-08.log.bz2": (AUGUST, SEPTEMBER),
    "proxy/access-2026-09.log.gz": (SEPTEMBER, OCTOBER),
    "proxy/access-2026-10.log.zst": (OCTOBER, NOVEMBER),
    "iis/u_ex2608.log.gz": (AUGUST, SEPTEMBER),
    "iis/u_ex2609.log.zst": (SEPTEMBER, OCTOBER),
    "iis/u_ex2610.log.bz2": (OCTOBER, LAST_MONDAY),
    "iis/u_ex261026.log": (LAST_MONDAY, NOVEMBER),
    "focus/focus-2026-08.json.gz": (AUGUST, SEPTEMBER),
    "focus/focus-2026-09.json.bz2": (SEPTEMBER, OCTOBER),
    "focus/focus-2026-10.json.zst": (OCTOBER, LAST_MONDAY),
    "focus/focus-2026-10-26.json": (LAST_MONDAY, NOVEMBER),
    "staging/staging-2026-08.csv.bz2": (AUGUST, SEPTEMBER),
    "staging/staging-2026-09.csv.gz": (SEPTEMBER, OCTOBER),
    "staging/staging-2026-10.csv": (OCTOBER, NOVEMBER),
}
"""The files of the demo: a folder a stream, and the days in each; every call of the three months stands in exactly one."""

WEEK_SUFFIXES: dict[LogFormat, tuple[str, str]] = {
    "json": ("json", "json.gz"),
    "w3c": ("log", "log.zst"),
    "combined": ("log", "log.bz2"),
    "csv": ("csv", "csv.gz"),
}
"""The same week of calls in each format, in a folder of its own: three days plain, four compressed."""


def write_samples(folder: Path) -> None:
    """Write the demo, the week in every format, and the registry; remove what else stands in their folders."""
    written = {f"registry/{name}.csv": _csv(rows) for name, rows in registry().items()}
    world = World(calls=DEMO_CALLS)
    for name, log in _demo_logs():
        written[f"demo/{name}"] = b"".join(world.lines(log))
    world = World(calls=WEEK_CALLS, since=MONDAY, until=NEXT_MONDAY, whole_seconds=True)
    for name, log in _week_logs():
        written[name] = b"".join(world.lines(log))
    for path in _sample_files(folder) - {folder / name for name in written}:
        path.unlink()
    for name, content in written.items():
        _rewrite(folder / name, content)


def write_log(out: Path, log: Log, *, calls: int) -> None:
    """Write one long log piece by piece."""
    with _writing(out) as write:
        for piece in World(calls=calls).lines(log):
            write(piece)


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
    if options.calls is not None and options.calls < 1:
        parser.error(f"--calls {options.calls}: expected 1 or more")
    if options.out is None:
        write_samples(Path(__file__).parent)
    else:
        write_log(options.out, Log(log_format=options.log_format), calls=options.calls)
    return 0


def _demo_logs() -> Iterator[tuple[str, Log]]:
    for name, (since, until) in DEMO.items():
        log = DEMO_STREAMS[name.partition("/")[0]]
        separator: Separator = ";" if log.log_format == "csv" and since != AUGUST else ","
        yield name, replace(log, since=since, until=until, separator=separator)


def _week_logs() -> Iterator[tuple[str, Log]]:
    for log_format, (plain, compressed) in WEEK_SUFFIXES.items():
        log = Log(log_format=log_format, calls_between=None)
        yield f"{log_format}/calls-2026-10-12.{plain}", replace(log, since=MONDAY, until=THURSDAY)
        yield f"{log_format}/calls-2026-10-15.{compressed}", replace(log, since=THURSDAY, until=NEXT_MONDAY)


def _rewrite(path: Path, content: bytes) -> None:
    """Write a sample file, unless it says the same already: another zlib may compress it to other bytes."""
    if path.exists() and read_sample(path) == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _writing(path) as write:
        write(content)


def _sample_files(folder: Path) -> set[Path]:
    parts = ("demo", "registry", *LOG_FORMATS)
    return {path for part in parts for path in (folder / part).rglob("*") if path.is_file()}


@contextmanager
def _writing(path: Path) -> Iterator[Callable[[bytes | memoryview], object]]:
    """Give what writes to a file that is compressed as its name says, and holds neither a time nor a name."""
    with path.open("wb") as raw:
        match path.suffix:
            case ".gz":
                with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as gzipped:
                    yield gzipped.write
            case ".bz2":
                with bz2.BZ2File(raw, "wb", compresslevel=9) as bzipped:
                    yield bzipped.write
            case ".zst":
                with zstandard.ZstdCompressor(level=12).stream_writer(raw) as zipped:
                    yield zipped.write
            case _:
                yield raw.write


def _csv(rows: list[dict[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    sys.exit(main())
