"""How fast a load is, on this machine, now: `koppelzicht ingest` beside DuckDB's bare parse of the same file and GoAccess.

    make bench
    .venv/bin/python bench/bench.py --calls 500000 --rounds 1

All of them run in one go, by turns, each in a process of its own, on the same files, which are read into memory first. The medians
count. A load does everything: it makes a fresh lake, with hashes, redaction, quarantine and commit. DuckDB only counts
the values of each column of the file. GoAccess writes its HTML report. docs/explanation/performance.md has the results.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
DATA = HERE / "data"
ROOT = HERE.parent
FORMATS = ("json", "w3c", "combined", "csv")
TARGET_BARE, TARGET_GOACCESS, TARGET_WORKERS = 10, 6, 0.55
"""What we aim at: at most 10 times the bare parse's time, at least 6 times GoAccess's lines a second, and on two processors at most
0.55 of the time of one worker."""

BARE = {
    "json": (
        "read_json($path, format = 'newline_delimited', columns = $columns, ignore_errors = true)",
        {
            "timestamp": "varchar",
            "method": "varchar",
            "url": "varchar",
            "headers": "json",
            "integration_id": "varchar",
            "status": "smallint",
            "duration_ms": "double",
            "request_bytes": "bigint",
            "response_bytes": "bigint",
            "user_agent": "varchar",
            "request_id": "varchar",
            "body": "varchar",
        },
    ),
    "w3c": (
        "read_csv($path, delim = ' ', quote = '', header = false, comment = '#', columns = $columns, ignore_errors = true, auto_detect = false, strict_mode = false)",
        {
            "date": "varchar",
            "time": "varchar",
            "method": "varchar",
            "stem": "varchar",
            "query": "varchar",
            "host": "varchar",
            "status": "smallint",
            "request_bytes": "bigint",
            "response_bytes": "bigint",
            "taken": "double",
            "agent": "varchar",
            "id": "varchar",
        },
    ),
    "combined": (
        "read_csv($path, delim = ' ', quote = '\"', escape = '\\', header = false, columns = $columns, ignore_errors = true, auto_detect = false, strict_mode = false)",
        {
            "host": "varchar",
            "address": "varchar",
            "identity": "varchar",
            "user": "varchar",
            "time": "varchar",
            "zone": "varchar",
            "request": "varchar",
            "status": "smallint",
            "bytes": "varchar",
            "referrer": "varchar",
            "agent": "varchar",
            "id": "varchar",
            "taken": "double",
        },
    ),
    "csv": (
        "read_csv($path, header = true, columns = $columns, ignore_errors = true, auto_detect = false, strict_mode = false)",
        {
            "timestamp": "varchar",
            "method": "varchar",
            "url": "varchar",
            "integration_id": "varchar",
            "status": "smallint",
            "duration_ms": "double",
            "request_bytes": "bigint",
            "response_bytes": "bigint",
            "user_agent": "varchar",
            "request_id": "varchar",
        },
    ),
}
"""How DuckDB alone would parse a file of each format, and into which columns."""

BARE_PARSE = """
import json, sys, time, duckdb
path, source, columns = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
begun = time.perf_counter()
counted = ", ".join(f'count("{name}")' for name in columns)
connection = duckdb.connect()
connection.execute("set enable_progress_bar = false")  # it would stand in the output
[[rows, *_]] = connection.sql(
    f"select count(*), {counted} from {source}", params={"path": path, "columns": columns},
).fetchall()
print(time.perf_counter() - begun, rows)
"""

SMALL_CALLS = 1000
SMALL_LOAD = f"ingest {SMALL_CALLS:,} calls"
"""A load that reads next to nothing: the time of Python's start, the engine's start, and the planning for each block."""

LINES_BESIDE_GOACCESS = "ingest combined / goaccess combined, lines per second"

# The fields of our default layout, in GoAccess's words; %^ is skipped.
GOACCESS_LAYOUT = '%v %h - %e [%d:%t %^] "%r" %s %b "%R" "%u" "%^" %T'


@dataclass(frozen=True)
class Run:
    """One run of one program: how long it took; processor time of all cores and peak memory where the system tells."""

    seconds: float
    cpu_seconds: float | None
    peak_bytes: int | None


def main() -> None:
    """Generate missing files, run everything by turns, and print the results."""
    parser = argparse.ArgumentParser(description="How fast a load is, beside DuckDB's bare parse and GoAccess.")
    parser.add_argument("--calls", type=int, default=5_000_000, help="calls in each file (default: 5,000,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each program runs (default: 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()

    files = {log_format: generated(log_format, options.calls) for log_format in FORMATS}
    runs: dict[str, list[Run]] = {}
    for number in range(options.rounds):
        for name, run in programs(files).items():
            print(f"round {number + 1} of {options.rounds}: {name} ...", file=sys.stderr, flush=True)
            runs.setdefault(name, []).append(run())
    result = summary(runs, files, options.calls)
    print(json.dumps(result, indent=2) if options.json else as_text(result))


def generated(log_format: str, calls: int) -> Path:
    """A file of this many calls in that format, made now or kept from an earlier run."""
    path = DATA / f"{calls}.{log_format}.log"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        print(f"generating {calls:,} calls as {log_format} ...", file=sys.stderr, flush=True)
        part = path.with_suffix(".part")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "sample_logs.generate",
                "--calls",
                str(calls),
                "--format",
                log_format,
                "--out",
                part,
            ],
            check=True,
            cwd=ROOT,
        )
        part.rename(path)
    return path


def programs(files: dict[str, Path]) -> dict[str, Callable[[], Run]]:
    """What is timed, by name; GoAccess only where it is installed.

    What is compared runs one after the other: other users of a machine make it slower for minutes at a time.
    """
    found: dict[str, Callable[[], Run]] = {SMALL_LOAD: partial(ingest, generated("json", SMALL_CALLS))}
    for log_format, path in files.items():
        found[f"ingest {log_format}"] = partial(ingest, path)
        found[f"ingest {log_format}, 1 worker"] = partial(ingest, path, "--workers", "1")
        found[f"bare {log_format}"] = partial(bare_parse, log_format, path)
        if log_format == "combined" and shutil.which("goaccess"):
            found["goaccess combined"] = partial(goaccess, path)
    return found


def ingest(path: Path, *options: str) -> Run:
    """A full load into a fresh lake, Python's own start included."""
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        command = [sys.executable, "-m", "koppelzicht", "ingest", path, "--lake", f"{folder}/lake", "--final", "--json"]
        run, out = timed([*command, *options], path)
    totals = json.loads(out)["totals"]
    if totals["lines"] != totals["calls"] + totals["rejects"] + totals["ignored"] or not totals["calls"]:
        raise SystemExit(f"{path}: the load does not add up: {totals}")
    return run


def bare_parse(log_format: str, path: Path) -> Run:
    """DuckDB's bare typed parse, aggregates only; timed inside, without Python's start."""
    source, columns = BARE[log_format]
    run, out = timed([sys.executable, "-c", BARE_PARSE, path, source, json.dumps(columns)], path)
    seconds, rows = out.split()
    if int(rows) == 0:
        raise SystemExit(f"{path}: DuckDB found no rows in it")
    return Run(float(seconds), run.cpu_seconds, run.peak_bytes)


def goaccess(path: Path) -> Run:
    """GoAccess's own report of the same file."""
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        formats = [f"--log-format={GOACCESS_LAYOUT}", "--date-format=%d/%b/%Y", "--time-format=%H:%M:%S"]
        quietly = ["--no-global-config", "--no-progress", "--no-parsing-spinner"]
        run, _ = timed(["goaccess", path, *formats, *quietly, "-o", f"{folder}/report.html"], path)
    return run


def timed(command: list[Any], path: Path) -> tuple[Run, str]:
    """Run it on this file; seconds, peak memory and its standard output."""
    with path.open("rb", buffering=0) as file:  # so that the first one does not wait for the disk alone
        while file.read(1 << 20):
            pass
    with tempfile.TemporaryFile("w+") as out:
        begun = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=out, stdin=subprocess.DEVNULL)
        cpu_seconds, peak_bytes = None, None
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu_seconds = usage.ru_utime + usage.ru_stime
            peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        seconds = time.perf_counter() - begun
        if process.wait() != 0:
            raise SystemExit(f"{command[0]} failed with {process.returncode}: {' '.join(map(str, command))}")
        out.seek(0)
        return Run(seconds, cpu_seconds, peak_bytes), out.read()


def summary(runs: dict[str, list[Run]], files: dict[str, Path], calls: int) -> dict[str, Any]:
    """Medians, ratios and where they were measured."""
    medians = {name: statistics.median(run.seconds for run in times) for name, times in runs.items()}
    ratios: dict[str, float | None] = {
        f"ingest {log_format} / bare {log_format}": medians[f"ingest {log_format}"] / medians[f"bare {log_format}"]
        for log_format in files
    }
    beside_one = {name: medians[f"ingest {name}"] / medians[f"ingest {name}, 1 worker"] for name in files}
    ratios[LINES_BESIDE_GOACCESS] = (
        medians["goaccess combined"] / medians["ingest combined"] if "goaccess combined" in medians else None
    )
    return {
        "measured_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "machine": machine(),
        "versions": versions(),
        "calls": calls,
        "files": {log_format: path.stat().st_size for log_format, path in files.items()},
        "programs": [
            {
                "program": name,
                "seconds": round(medians[name], 3),
                "fastest": round(min(run.seconds for run in times), 3),
                "slowest": round(max(run.seconds for run in times), 3),
                "cpu_seconds": round(statistics.median(run.cpu_seconds or 0.0 for run in times), 3),
                "lines_per_second": round((SMALL_CALLS if name == SMALL_LOAD else calls) / medians[name]),
                "peak_bytes": max((run.peak_bytes for run in times if run.peak_bytes is not None), default=None),
            }
            for name, times in runs.items()
        ],
        "ratios": {name: None if ratio is None else round(ratio, 2) for name, ratio in ratios.items()},
        "beside_one_worker": {name: round(ratio, 2) for name, ratio in beside_one.items()},
    }


def as_text(result: dict[str, Any]) -> str:
    """The same for people."""
    machine_words = "{processor}, {cores} cores, {memory_gb} GB, {system}".format_map(result["machine"])
    version_words = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    lines = [
        f"{result['calls']:,} calls; {result['measured_at']}",
        machine_words,
        version_words,
        "",
        f"{'program':<26}{'seconds':>10}{'from':>9}{'to':>9}{'processor':>11}{'lines/s':>13}{'peak memory':>14}",
    ]
    for row in result["programs"]:
        peak = "not known" if row["peak_bytes"] is None else f"{row['peak_bytes'] / 1e6:,.0f} MB"
        lines.append(
            f"{row['program']:<26}{row['seconds']:>10,.2f}{row['fastest']:>9,.2f}{row['slowest']:>9,.2f}"
            f"{row['cpu_seconds']:>11,.2f}{row['lines_per_second']:>13,}{peak:>14}"
        )
    ratios = dict(result["ratios"])
    beside_goaccess = ratios.pop(LINES_BESIDE_GOACCESS)
    lines.append("")
    lines += [
        f"ingest {name.rpartition(' ')[2]} takes {ratio:.1f} times as long as DuckDB's bare parse (aim: {TARGET_BARE} at most)"
        for name, ratio in ratios.items()
    ]
    lines += [
        f"ingest {name} takes {ratio:.2f} times as long as with 1 worker (aim on two processors: {TARGET_WORKERS} at most)"
        for name, ratio in result["beside_one_worker"].items()
    ]
    if beside_goaccess is None:
        lines.append("goaccess is not installed: nothing to compare ingest combined with")
    else:
        lines.append(
            f"ingest combined reads {beside_goaccess:.1f} times GoAccess's lines a second (aim: {TARGET_GOACCESS} at least)"
        )
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What it ran on."""
    memory_gb = None
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory_gb = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9)
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
        processor = names[0] if names else processor
    return {"processor": processor, "cores": os.cpu_count(), "memory_gb": memory_gb, "system": platform.platform()}


def versions() -> dict[str, str]:
    """The versions of everything that was timed."""
    found = {"python": platform.python_version()}
    for package in ("duckdb", "polars", "deltalake", "pyarrow"):
        found[package] = importlib.metadata.version(package)
    if shutil.which("goaccess"):
        done = subprocess.run(["goaccess", "--version"], capture_output=True, text=True, check=True)  # noqa: S607 - from the PATH on purpose
        found["goaccess"] = done.stdout.split()[2].rstrip(".")
    return found


if __name__ == "__main__":
    main()
