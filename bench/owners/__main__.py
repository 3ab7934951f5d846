"""Who sends calls without an id: how often `probable_owners` is right, and whether its confidence can be believed.

make bench-owners
.venv/bin/python -m bench.owners --seeds 101-112
.venv/bin/python -m bench.owners --lake build/demo --seeds 101-112
.venv/bin/python -m bench.owners --fit --seeds 1-12
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench.owners.fitting import evidence_of, fit
from bench.owners.hiding import asked_of_lake, asked_of_world
from bench.owners.judging import bins, by_kind, judged, quality, together
from bench.owners.world import make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

REPORTED = "101-112"
"""The seeds whose results are reported. The weights were fitted on others: 1-12."""


def main() -> None:
    """Make the worlds of these seeds, ask, and print how good the answers are; or fit the weights on them."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.owners", description="How good probable_owners is, on traffic whose ids are hidden."
    )
    parser.add_argument(
        "--seeds", type=_seeds, default=_seeds(REPORTED), help=f"such as 5 or 1-8 (default: {REPORTED})"
    )
    parser.add_argument("--lake", type=Path, help="hide ids of the calls of this lake, instead of made-up worlds")
    parser.add_argument("--fit", action="store_true", help="print the weights that fit these seeds best")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    arguments = parser.parse_args()
    if arguments.lake is not None and not (arguments.lake / "lake.json").exists():
        parser.error(f"--lake {arguments.lake}: there is no lake")
    worlds = _worlds(arguments.seeds, arguments.lake)
    if arguments.fit:
        _print_weights(fit(list(_each(worlds, evidence_of))))
        return
    parts = list(_each(worlds, judged))
    _print_results(parts, as_json=arguments.json)


def _worlds(seeds: range, lake: Path | None) -> Iterator[tuple[Warehouse, pl.DataFrame]]:
    for seed in seeds:
        if lake is None:
            world = make_world(seed)
            with asked_of_world(world) as warehouse:
                yield warehouse, world.calls
        else:
            with asked_of_lake(lake, seed) as (warehouse, calls):
                yield warehouse, calls
        sys.stderr.write(f"seed {seed}\n")


def _each(
    worlds: Iterator[tuple[Warehouse, pl.DataFrame]], ask: Callable[[Warehouse, pl.DataFrame], pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    for warehouse, calls in worlds:
        yield ask(warehouse, calls)


def _print_weights(weights: dict[str, float]) -> None:
    for name, weight in weights.items():
        print(f"    {weight:.2f} as {name},")


def _print_results(parts: list[pl.DataFrame], *, as_json: bool) -> None:
    rows = together(parts)
    levels = {least: asdict(quality(rows, least=least)) for least in (0.5, 0.8, 0.95)}
    if as_json:
        print(
            json.dumps(
                {"levels": levels, "bins": bins(rows).to_dicts(), "kinds": by_kind(rows).to_dicts()}, default=str
            )
        )
        return
    print(
        f"{len(parts)} worlds, {rows.height:,} rows without an id, {rows['has_owner'].sum():,} of a known integration\n"
    )
    print("confidence  named   right  right by calls  found of all that have an owner")
    for least, found in levels.items():
        print(
            f"{least:>10} {found['named']:>6,} {found['accuracy']:>7.1%} {found['accuracy_by_calls']:>15.1%} {found['coverage']:>12.1%}"
        )
    each = [quality(part) for part in parts]
    print()
    for name, figures in (
        ("right at 0.5", [one.accuracy for one in each]),
        ("found at 0.5", [one.coverage for one in each]),
        ("calibration error", [one.calibration_error for one in each]),
    ):
        print(f"{name}, world by world: {min(figures):.3f} to {max(figures):.3f}")
    whole = levels[0.5]
    print(f"Brier score {whole['brier']:.3f}, expected calibration error {whole['calibration_error']:.3f}\n")
    for table in (bins(rows), by_kind(rows)):
        print(f"{table.columns[0]:<12} {'rows':>7} {'stated':>7} {'right':>7}")
        for row in table.rows():
            print(f"{row[0]!s:<12} {row[1]:>7,} {row[2]:>7.1%} {row[3]:>7.1%}")
        print()


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    try:
        found = range(int(first), int(last or first) + 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number or two with a hyphen, like 1-8") from None
    if not found or found[0] < 0:
        raise argparse.ArgumentTypeError(f"{text!r}: the second number is below the first")
    return found


if __name__ == "__main__":
    main()
