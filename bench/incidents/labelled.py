"""Whether the product names the true cause, in labelled incidents of another platform that are given as files.

    .venv/bin/python -m bench.incidents.labelled --counts FILE --truth FILE

The counts (Parquet or CSV) have a row for each minute and place: `incident`, `minute` (seconds since 1970), `failures`, `requests`, and
a column for each attribute of the place, empty where an incident has no such attribute. The truth (CSV) has `incident`, `minute` and
`causes`: a JSON list of objects, each of which is a cause: {"attribute": value, ...}.

What the product does with integrations, customers and connectors is done here with other attributes: the errors of the labelled minute
are compared with those of the minutes before it, for each set of attributes, and analytics/incidents/explaining.py names the sets.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from analytics.incidents.course import HOUR, likelihood
from analytics.incidents.explaining import NEARLY, Failures, causes
from analytics.incidents.spikes import CAUTION
from analytics.incidents.surprising import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COUNTED: Final = ("incident", "minute", "failures", "requests")
LIKE_THE_WHOLE: Final = 20
"""As in the product: so many calls at the rate of the whole are added to those of a place."""
TOLD: Final = 3
"""So many candidates are looked at."""


def main() -> None:
    """Name the causes of each incident, and print how often they are the true ones."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.incidents.labelled", description="How often the cause that is named is the true one."
    )
    parser.add_argument("--counts", type=Path, required=True, metavar="FILE", help="calls and failures by the minute")
    parser.add_argument(
        "--truth", type=Path, required=True, metavar="FILE", help="the minute and the causes of each incident"
    )
    parser.add_argument("--every", action="store_true", help="tell of each incident, too")
    options = parser.parse_args()
    try:
        cases = read(options.counts, options.truth)
    except UnreadableError as error:
        parser.error(str(error))
    answers = [answer(case) for case in cases]
    if options.every:
        for one in answers:
            print(
                f"{one.case.name}: true {_said(one.case.truth)}; named {_said(one.candidates)}; in turn {_said(one.in_turn)}"
            )
    print("\n".join(table(answers)))


def _said(sets: Sequence[Mapping[str, str]]) -> str:
    return ", ".join(" ".join(f"{name}={value}" for name, value in one.items()) or "everything" for one in sets)


def table(answers: Sequence[Answer]) -> list[str]:
    """How often the true cause is named, of all incidents and of each half of them by name."""
    middle = len(answers) // 2
    lines = [f"{'incidents':<24}{'count':>6}{'first':>8}{'first three':>14}{'in turn':>10}"]
    for part in (answers, answers[:middle], answers[middle:]):
        if part:
            shares = [
                sum(ones) / len(part)
                for ones in (
                    [one.is_among(1) for one in part],
                    [one.is_among(TOLD) for one in part],
                    [one.is_in_turn(TOLD) for one in part],
                )
            ]
            name = f"{part[0].case.name} to {part[-1].case.name}"
            lines.append(f"{name:<24}{len(part):>6}{shares[0]:>8.2f}{shares[1]:>14.2f}{shares[2]:>10.2f}")
    return lines


class Place(tuple[str, ...]):
    """What some calls have in common: the value of each attribute, '' for what it does not tell."""

    __slots__ = ()

    @property
    def depth(self) -> int:
        """How many attributes it tells."""
        return sum(value != "" for value in self)

    def holds(self, other: Place) -> bool:
        """Whether all calls of the other one are its own, too."""
        return all(mine in ("", its) for mine, its in zip(self, other, strict=True))

    @property
    def kind(self) -> tuple[bool, ...]:
        """Which attributes it tells."""
        return tuple(value != "" for value in self)


@dataclass(frozen=True)
class Counted:
    """The calls of a place in the labelled minute, and its usual rate of errors."""

    node: Place
    calls: int
    errors: int
    rate: float
    spread: float = 1.0
    error_class: str = ""
    since: int = 0
    until: int = HOUR


@dataclass(frozen=True)
class Case:
    """One labelled incident: its attributes, its rows (the labelled minute, and those before it), and its true causes."""

    name: str
    attributes: Sequence[str]
    now: pl.DataFrame
    before: pl.DataFrame
    truth: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Answer:
    """What is named: the best candidates, the first of which is the cause, and the causes in turn."""

    case: Case
    candidates: Sequence[Mapping[str, str]]
    in_turn: Sequence[Mapping[str, str]]

    def is_among(self, first: int) -> bool:
        """Whether a true cause is among so many candidates."""
        return any(one in self.case.truth for one in self.candidates[:first])

    def is_in_turn(self, first: int) -> bool:
        """Whether all true causes are among so many causes that are named in turn."""
        return all(one in self.in_turn[:first] for one in self.case.truth)


class UnreadableError(ValueError):
    """The files do not say what they have to."""


def read(counts: Path, truth: Path) -> list[Case]:
    """The labelled incidents, by name."""
    rows, labels = _rows(counts, COUNTED), _rows(truth, ("incident", "minute", "causes"))
    attributes = [name for name in rows.columns if name not in COUNTED]
    try:
        rows = rows.with_columns(pl.col(*COUNTED[1:]).cast(pl.Int64), pl.col("incident", *attributes).cast(pl.String))
        labels = labels.with_columns(pl.col("minute").cast(pl.Int64), pl.col("incident", "causes").cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise UnreadableError(f"a minute or a count is no whole number: {str(error).splitlines()[0]}") from None
    if not attributes:
        raise UnreadableError(f"{counts}: there is no attribute beside {', '.join(COUNTED)}")
    if labels.is_empty():
        raise UnreadableError(f"{truth}: there is no incident")
    if not rows.filter((pl.col("failures") > pl.col("requests")) | (pl.col("failures") < 0)).is_empty():
        raise UnreadableError(f"{counts}: failures have to be 0 or more, and not more than requests")
    by_incident = {name: part for (name,), part in rows.group_by("incident")}
    return [
        _case(name, minute, causes, by_incident.get(name, rows.clear()), attributes)
        for name, minute, causes in labels.select("incident", "minute", "causes").sort("incident").iter_rows()
    ]


def _rows(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    try:
        rows = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableError(f"{path}: {str(error).splitlines()[0]}") from None
    missing = [name for name in columns if name not in rows.columns]
    if missing:
        raise UnreadableError(f"{path}: there is no column {missing[0]!r}")
    return rows


def _case(name: str, minute: int, causes: str, rows: pl.DataFrame, every: Sequence[str]) -> Case:
    attributes = [one for one in every if rows[one].null_count() < rows.height]
    if rows.height and not attributes:
        raise UnreadableError(f"{name}: there is no attribute that its rows have")
    rows = rows.with_columns(pl.col(attributes).fill_null("-").replace("", "-"))
    now, before = rows.filter(pl.col("minute") == minute), rows.filter(pl.col("minute") < minute)
    if now.is_empty() or before.is_empty():
        raise UnreadableError(f"{name}: there are no calls in the labelled minute, or none before it")
    try:
        truth = [{part: str(value) for part, value in one.items()} for one in json.loads(causes)]
    except (ValueError, AttributeError, TypeError):
        raise UnreadableError(f"{name}: causes are a JSON list of objects, and not {causes!r}") from None
    return Case(name, attributes, now, before, truth)


def answer(case: Case) -> Answer:
    """Name the causes of a labelled incident."""
    places = list(_places(case))
    kinds = Counter(one.node.kind for one in places)
    parts = _parts(places)

    def threshold(node: Place) -> float:
        return NEARLY + CAUTION * math.log(kinds[node.kind])

    failures = Failures(
        case.now.select(
            *case.attributes, pl.lit(0).alias("hour"), pl.lit("").alias("class"), pl.col("failures").alias("errors")
        ),
        case.attributes,
    )
    shape: Shape[Place] = Shape(case.attributes, frozenset(), len(case.attributes), lambda _, __: 0)
    found = itertools.islice(causes(places, failures, lambda place: parts[places[place].node], threshold, shape), TOLD)
    named = [places[one.place].node for one in found]
    ranked = sorted(places, key=lambda one: threshold(one.node) - likelihood(one.errors, one.calls, one.rate))
    others = [one.node for one in ranked[: TOLD + 1] if one.node not in named[:1]]
    return Answer(
        case,
        [_told(node, case.attributes) for node in [*named[:1], *others][:TOLD]],
        [_told(node, case.attributes) for node in named],
    )


def _told(node: Place, attributes: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in zip(attributes, node, strict=True) if value}


def _places(case: Case) -> Iterator[Counted]:
    """Every set of attributes that calls of the labelled minute have."""
    before = _summed(case.before, case.attributes)
    now = _summed(case.now, case.attributes)
    whole = Place([""] * len(case.attributes))
    errors, calls = before.get(whole, (0, 0))
    usual = (errors + 0.2) / (calls + LIKE_THE_WHOLE)
    for node, (errors, calls) in now.items():
        errors_before, calls_before = before.get(node, (0, 0))
        rate = (errors_before + LIKE_THE_WHOLE * usual) / (calls_before + LIKE_THE_WHOLE)
        if calls:
            yield Counted(node, calls, errors, min(rate, 1 - 1e-9))


def _summed(rows: pl.DataFrame, attributes: Sequence[str]) -> dict[Place, tuple[int, int]]:
    """The failed calls and all calls of each set of attributes."""
    found: dict[Place, tuple[int, int]] = {}
    for told in range(len(attributes) + 1):
        for names in itertools.combinations(attributes, told):
            sums = rows.group_by(
                [pl.col(name) if name in names else pl.lit("").alias(name) for name in attributes], maintain_order=True
            ).agg(pl.col("failures").sum(), pl.col("requests").sum())
            for *values, errors, calls in sums.iter_rows():
                found[Place(values)] = errors, calls
    return found


def _parts(places: Sequence[Counted]) -> Mapping[Place, Mapping[Place, int]]:
    """The calls of the parts of each place: they tell one attribute more."""
    found: dict[Place, dict[Place, int]] = defaultdict(dict)
    for one in places:
        for position, value in enumerate(one.node):
            if value:
                found[Place([*one.node[:position], "", *one.node[position + 1 :]])][one.node] = one.calls
    return found


if __name__ == "__main__":
    main()
