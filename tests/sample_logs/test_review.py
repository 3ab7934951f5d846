"""The go-live review over the demo, against counting by plain Python; and what it says of the stories of the demo."""

from __future__ import annotations

import statistics
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.review.review import review
from analytics.scope import Scope
from tests.sample_logs import reading

if TYPE_CHECKING:
    from analytics.review.answer import Review
    from analytics.warehouse.warehouse import Warehouse
    from tests.sample_logs.reading import SampleCall

NEW, APP, PAYROLL = "1006418_302901", "2519_301100", "2275_300310"


@pytest.fixture(scope="module")
def answers(demo: Warehouse) -> dict[str, Review]:
    return {integration: review(demo, integration, Scope()) for integration in (NEW, APP, PAYROLL)}


def part_of(call: SampleCall) -> str:
    """The connector that REST calls; without one, what stands in its place in the path."""
    names = call.path.lower().strip("/").split("/")
    for before, place in (("connectors", 1), ("get", 1), ("update", 1), ("api", 1), ("profitrestservices", 1)):
        if before in names[:-1]:
            return names[names.index(before) + place]
    return names[1] if "afasfocus" in call.host else names[0]


def runs_of(integration: str) -> dict[int, list[tuple[list[SampleCall], list[SampleCall]]]]:
    """The runs of errors of each caller by status, each with the calls that the caller made afterwards."""
    callers: dict[tuple[str, str], list[SampleCall]] = defaultdict(list)
    for call in reading.demo_calls():
        if call.identity == integration and call.environment == "production":
            callers[call.customer, part_of(call)].append(call)
    found = defaultdict(list)
    for calls in callers.values():
        calls.sort(key=lambda call: call.at)
        after = list(calls)
        for status, group in groupby(calls, key=lambda call: call.status):
            run = list(group)
            after = after[len(run) :]
            if status in {401, 403, 500, 503}:
                found[status].append((run, after))
    return found


def waits(run: list[SampleCall], after: list[SampleCall]) -> list[float]:
    """The seconds from the end of each error of a run until the next call."""
    following = [*run[1:], *after[:1]]
    return [
        (later.at - call.at).total_seconds() - call.duration_ms / 1000
        for call, later in zip(run, following, strict=False)
    ]


@pytest.mark.parametrize("integration", [NEW, APP])
def test_what_a_program_does_after_errors_is_what_its_calls_say(answers: dict[str, Review], integration: str) -> None:
    expected = {}
    for status, runs in runs_of(integration).items():
        reactions = [wait for run, after in runs for wait in waits(run, after) if wait >= 0]
        successes = [
            (good[0].at - run[0].at).total_seconds()
            for run, after in runs
            if (good := [call for call in after if not call.is_error])
        ]
        expected[status] = (
            sum(len(run) for run, _ in runs),
            len(reactions),
            sum(wait <= 10 for wait in reactions),
            len(runs),
            max(len(run) for run, _ in runs),
            len(successes),
            pytest.approx(statistics.median(successes)),
        )
    columns = ("errors", "repeats", "within_10s", "runs", "longest_run", "recovered", "seconds_to_success")
    told = answers[integration].handling.filter(pl.col("customer").is_null())
    assert {row[0]: row[1:] for row in told.select("status", *columns).rows()} == expected


def test_the_new_integration_has_the_customers_that_began(answers: dict[str, Review]) -> None:
    calls = [call for call in reading.demo_calls() if call.identity == NEW and call.environment == "production"]
    first_calls = {customer: min(call.at for call in calls if call.customer == customer) for customer in {
        call.customer for call in calls
    }}  # fmt: skip
    told = answers[NEW].onboarding
    assert dict(told.select("customer", "first_call").iter_rows()) == first_calls
    assert told["state"].to_list() == ["succeeded"] * 6
    assert [(part.part, part.verdict) for part in answers[NEW].parts] == [
        ("integration", "shown"),
        ("onboarding", "shown"),
        ("errors", "too_few"),
    ]


def test_a_dead_token_that_is_called_with_and_a_503_that_is_ignored_are_not_shown_to_be_handled(
    answers: dict[str, Review],
) -> None:
    told = {
        (integration, check.check): (check.verdict, check.judged - check.held)
        for integration, answer in answers.items()
        for check in answer.checks
        if check.part == "errors"
    }
    assert told[APP, "stops_when_refused"] == ("not_shown", 22)
    assert told[APP, "waits_when_unavailable"] == ("shown", 0)
    assert told[PAYROLL, "waits_when_unavailable"] == ("not_shown", 2)
    worst = answers[APP].examples.filter(pl.col("errors") > 1).select("customer", "success_at").unique().rows()
    assert worst == [("5405", None)]
