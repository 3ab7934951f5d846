"""Answers at a platform's size: a lake with a given number of calls, and how long each question takes on it.

make bench-scale
.venv/bin/python -m bench.scale --calls 10000000 --lake /var/tmp/platform
.venv/bin/python -m bench.scale --ask --lake /var/tmp/platform
.venv/bin/python -m bench.scale --peers --lake /var/tmp/platform
.venv/bin/python -m bench.scale --decisions 100000 --ask --lake /var/tmp/followed
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from pathlib import Path

from analytics.warehouse.warehouse import Warehouse
from bench.asking import as_json, as_text, ask
from bench.following import as_json as opened_as_json
from bench.following import as_text as opened_as_text
from bench.following import ask_followed, write_followed
from bench.lake.writing import Platform, write_lake
from bench.peers.comparing import as_json as compared_as_json
from bench.peers.comparing import as_text as compared_as_text
from bench.peers.comparing import compare
from ingest.lake.lake import Lake


def main() -> None:
    """Write the lake where there is none, and ask where that is wanted."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.scale", description="A lake at a platform's size, and how long questions take on it."
    )
    parser.add_argument(
        "--lake", type=Path, required=True, help="the folder of the lake; with --ask or --peers it may be there"
    )
    parser.add_argument("--calls", type=int, default=10_000_000, help="calls in all (default: 10,000,000)")
    parser.add_argument("--days", type=int, default=90, help="days that they are spread over (default: 90)")
    parser.add_argument("--customers", type=int, default=10_000, help="customers (default: 10,000)")
    parser.add_argument("--integrations", type=int, default=800, help="integrations (default: 800)")
    parser.add_argument("--seed", type=int, default=1, help="another number makes other calls (default: 1)")
    parser.add_argument("--ask", action="store_true", help="time every metric and question")
    parser.add_argument("--last", type=int, default=30, help="how many of the last days are asked about (default: 30)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is asked; the median counts (default: 3)")
    parser.add_argument(
        "--narrowed", action="store_true", help="ask about one integration, one customer and one connector, too"
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="time what a DuckDB table and a ClickHouse table (chdb) of the same calls can answer, beside ours",
    )
    parser.add_argument("--only", default="", help="ask only those whose names hold this")
    parser.add_argument("--json", action="store_true", help="print the times as JSON")
    parser.add_argument(
        "--decisions",
        type=int,
        help="instead of all this: a lake that was followed for so many decisions, and how quickly it opens",
    )
    options = parser.parse_args()

    if options.decisions is not None:
        if not (options.ask and Lake(options.lake).exists()):
            write_followed(options.lake, options.decisions, tell=_tell)
        if options.ask:
            opened = ask_followed(options.lake, rounds=options.rounds)
            print(opened_as_json(opened) if options.json else opened_as_text(opened))
        return

    if not ((options.ask or options.peers) and Lake(options.lake).exists()):
        platform = Platform(
            calls=options.calls,
            days=options.days,
            customers=options.customers,
            integrations=options.integrations,
            seed=options.seed,
        )
        begun = time.perf_counter()
        write_lake(options.lake, platform, tell=_tell)
        _tell(f"{options.lake}: {options.calls:,} calls in {time.perf_counter() - begun:,.1f} s")
    if options.ask:
        with Warehouse.open(options.lake) as warehouse:
            last_day = max(file.max_day for file in warehouse.snapshot.calls if file.max_day is not None)
            until = last_day + dt.timedelta(days=1)
            timed = ask(
                warehouse,
                (until - dt.timedelta(days=options.last), until),
                rounds=options.rounds,
                is_narrowed=options.narrowed,
                only=options.only,
                tell=_tell,
            )
        print(as_json(timed) if options.json else as_text(timed))
    if options.peers:
        compared = compare(options.lake, last=options.last, rounds=options.rounds, only=options.only, tell=_tell)
        print(compared_as_json(compared) if options.json else compared_as_text(compared))
        if not compared.agrees:
            raise SystemExit("not all answers say the same")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
