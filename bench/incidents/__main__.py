"""`make bench-incidents`: how good incidents are, on platforms whose faults are known."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from analytics.incidents.incidents import incidents
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from bench.incidents.comparing import Compared, compared, comparison
from bench.incidents.evaluating import Evaluation, evaluate, integration_days, sized, table
from bench.incidents.faults import Fault, draw
from bench.lake.writing import Platform, write_lake

TUNED_ON = (1, 2)
"""The constants of analytics/incidents were chosen by looking at these seeds. Report others."""


def main() -> None:
    """Make a platform for each seed, look for incidents in it, and print what was found beside what was made."""
    parser = argparse.ArgumentParser(prog="python -m bench.incidents", description=__doc__)
    parser.add_argument("--seeds", default="11,12,13", help="seeds, with commas between them (default: 11,12,13)")
    parser.add_argument("--calls", type=int, default=1_500_000, help="calls of each platform (default: 1,500,000)")
    parser.add_argument("--days", type=int, default=70, help="days that they are spread over (default: 70)")
    parser.add_argument("--every", action="store_true", help="tell of each fault and each false alarm, too")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    evaluations: list[Evaluation] = []
    lakes: list[list[Compared]] = []
    for seed in seeds:
        platform = Platform(
            calls=options.calls, days=options.days, customers=800, integrations=100, seed=seed, refused=0.0, ending=0.0
        )
        evaluation, beside, seconds = _evaluated(platform)
        evaluations.append(evaluation)
        lakes.append(beside)
        print(f"seed {seed}: {len(evaluation.outcomes)} faults, {evaluation.found} incidents in {seconds:.1f} s")
        if options.every:
            _tell(evaluation)
    print("\n".join([*table(evaluations), "", *comparison(lakes)]))
    if set(seeds) & set(TUNED_ON):
        print(f"seeds {TUNED_ON} are those that the constants were chosen by: report others")


def _evaluated(platform: Platform) -> tuple[Evaluation, list[Compared], float]:
    """What was found in a lake of this platform, by simple rules, too, and how many seconds the incidents took."""
    faults: list[Fault] = []
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        write_lake(
            lake,
            platform,
            tell=lambda _: None,
            faults=lambda connection: faults.extend(draw(connection, platform, errors=48, silences=16)),
        )
        with Warehouse.open(lake) as warehouse:
            begun = time.perf_counter()
            found = incidents(warehouse, Scope())
            seconds = time.perf_counter() - begun
            sizes, days = sized(warehouse, faults), integration_days(warehouse)
            return evaluate(sizes, found, days), compared(warehouse, sizes, found, days), seconds


def _tell(evaluation: Evaluation) -> None:
    for one in evaluation.outcomes:
        fault, found = one.fault, one.found
        place = " ".join(part or "*" for part in (fault.integration, fault.customer, fault.connector))
        said = (
            "missed"
            if found is None
            else f"{'found' if one.is_exact else 'near'} {found.id} {found.party}: {found.why}"
        )
        print(
            f"  {fault.place} {place} {fault.since:%m-%d %H} +{one.excess:.0f} x{one.times:.0f} {fault.party}: {said}"
        )
    for alarm in evaluation.false_alarms:
        place = " ".join(part or "*" for part in (alarm.integration, alarm.customer, alarm.connector))
        print(f"  false alarm {alarm.kind} {place} {alarm.started_at:%m-%d %H} {alarm.score:.1f}: {alarm.why}")


if __name__ == "__main__":
    main()
