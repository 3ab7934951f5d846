"""Answers at a platform's size: a lake of as many calls as asked for, and how long each question takes on it.

make bench-scale
.venv/bin/python -m bench.scale --calls 10000000 --lake /var/tmp/platform
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench.lake.writing import Platform, write_lake


def main() -> None:
    """Write the lake."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="A lake at a platform's size.")
    parser.add_argument("--lake", type=Path, required=True, help="the folder of the lake")
    parser.add_argument("--calls", type=int, default=10_000_000, help="calls in all (default: 10,000,000)")
    parser.add_argument("--days", type=int, default=90, help="days that they are spread over (default: 90)")
    parser.add_argument("--customers", type=int, default=10_000, help="customers (default: 10,000)")
    parser.add_argument("--integrations", type=int, default=800, help="integrations (default: 800)")
    parser.add_argument("--seed", type=int, default=1, help="another number makes other calls (default: 1)")
    options = parser.parse_args()

    begun = time.perf_counter()
    platform = Platform(
        calls=options.calls,
        days=options.days,
        customers=options.customers,
        integrations=options.integrations,
        seed=options.seed,
    )
    write_lake(options.lake, platform, tell=lambda text: print(text, file=sys.stderr, flush=True))
    print(f"{options.lake}: {options.calls:,} calls in {time.perf_counter() - begun:,.1f} s")


if __name__ == "__main__":
    main()
