"""Single connections of the demo, against counting by plain Python, and the stories that some of them tell."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from analytics.pair.pair import pair
from analytics.scope import Scope
from tests.sample_logs import reading

if TYPE_CHECKING:
    from analytics.pair.answer import Pair
    from analytics.warehouse.warehouse import Warehouse
    from tests.sample_logs.reading import SampleCall


def calls_of(customer: str, *ids: str) -> list[SampleCall]:
    """The production calls with these ids at a customer, in the order of time."""
    found = [
        call
        for call in reading.demo_calls()
        if call.identity in ids and call.customer == customer and call.environment == "production"
    ]
    return sorted(found, key=lambda call: call.at)


def local(answer: dt.datetime | None) -> str:
    return "" if answer is None else f"{answer.astimezone(reading.AMSTERDAM):%m-%d %H:%M}"


def test_the_revoked_token_is_found_with_its_moment_and_its_owner(demo: Warehouse) -> None:
    answer = pair(demo, "2519_301100", "5405", Scope())
    assert (answer.state, answer.cause, answer.party) == ("failing", "token_ended", "customer")
    refused = [call for call in calls_of("5405", "2519_301100") if call.status == 401]
    assert (answer.started_at, answer.ended_at) == (min(call.at for call in refused), None)
    assert (local(answer.started_at), answer.errors_in_trouble, answer.calls_in_trouble) == ("10-20 09:05", 31, 31)
    assert "since Tue 20 Oct 2026 09:05, every call has failed: 31 calls, all with 401" in answer.verdict


def test_two_days_of_errors_were_the_partners(demo: Warehouse) -> None:
    answer = pair(demo, "1761_303301", "5146", Scope())
    assert (answer.state, answer.cause, answer.party) == ("recovered", "validation_failed", "partner")
    assert (local(answer.started_at), local(answer.ended_at)) == ("10-14 09:08", "10-15 21:21")
    inside = [
        call
        for call in calls_of("5146", "1761_303301")
        if answer.started_at is not None and answer.ended_at is not None and answer.started_at <= call.at <= answer.ended_at
    ]  # fmt: skip
    assert answer.calls_in_trouble == len(inside)
    assert answer.errors_in_trouble == sum(call.is_error for call in inside)


@pytest.mark.parametrize(
    ("integration", "customer", "party"), [("2386_304040", "6182", "partner"), ("2093_302020", "8365", "partner")]
)
def test_a_silence_of_the_whole_integration_is_the_partners(
    demo: Warehouse, integration: str, customer: str, party: str
) -> None:
    answer = pair(demo, integration, customer, Scope())
    assert (answer.state, answer.party) == ("silent", party)
    assert answer.started_at == calls_of(customer, integration)[-1].at


def test_the_hour_of_503s_is_the_vendors(demo: Warehouse) -> None:
    answer = pair(demo, "2275_300310", "5109", Scope(until=dt.date(2026, 9, 25)))
    assert (answer.state, answer.cause, answer.party, answer.status) == ("recovered", "outage", "vendor", 503)
    assert (local(answer.started_at), answer.errors_in_trouble) == ("09-22 14:03", 8)


@pytest.mark.parametrize(
    ("integration", "customer", "ids"),
    [
        ("2519_301100", "5405", ("2519_301100",)),
        ("1546_305512", "3777", ("1546_305512", "1546_212")),
        ("2275_300310", "2275", ("2275_300310",)),
        ("1438_300150", "2583649", ("1438_300150",)),
        ("1006418_302900", "abelen/fietsen-ketting", ("1006418_302900",)),
    ],
)
def test_its_first_and_last_calls_are_those_of_its_log_lines(
    demo: Warehouse, integration: str, customer: str, ids: tuple[str, ...]
) -> None:
    answer = pair(demo, integration, customer, Scope())
    calls = calls_of(customer, *ids)
    good = [call.at for call in calls if call.is_use]
    bad = [call.at for call in calls if call.is_error and call.at > good[-1]]
    assert (answer.calls, answer.errors) == (len(calls), sum(call.is_error for call in calls))
    assert (answer.first_call, answer.last_call) == (calls[0].at, calls[-1].at)
    assert (answer.last_good_call, answer.first_bad_call) == (good[-1], bad[0] if bad else None)
    assert sum(one.calls_before + one.calls_during + one.calls_later for one in answer.outcomes) == len(calls)
    assert answer.is_own == (integration.partition("_")[0] == customer)
    if integration != "2519_301100":
        assert says_nothing(answer)


def says_nothing(answer: Pair) -> bool:
    return (answer.state, answer.cause, answer.party) == ("works", None, None)
