"""The certification clock and the ID check over the whole demo, against counting by plain Python."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.certification.certification import certification
from analytics.check.check import check
from analytics.scope import Scope
from tests.sample_logs import reading

if TYPE_CHECKING:
    from analytics.certification.certification import Certification
    from analytics.warehouse.warehouse import Warehouse
    from tests.sample_logs.reading import SampleCall

README = " ".join((reading.ROOT / "README.md").read_text(encoding="utf-8").split())
VALID = re.compile(r"[1-9][0-9]{3,6}_[1-9][0-9]{0,8}")
REGISTRY = {row["integration"]: row for row in reading.registry("integrations")}
REPLACED = {row["replaces"]: row["integration"] for row in REGISTRY.values() if row["replaces"]}
LAST_DAY = dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def clock(demo: Warehouse) -> Certification:
    """The clock on the last day of October, when no hour of the window is missing."""
    return certification(demo, Scope())


def customer_calls() -> dict[str, dict[str, list[SampleCall]]]:
    """By integration and customer: the production calls that were no error, the partner's own environment apart."""
    calls: dict[str, dict[str, list[SampleCall]]] = defaultdict(lambda: defaultdict(list))
    for call in reading.demo_calls():
        if VALID.fullmatch(call.identity) and call.environment == "production" and call.is_use:
            integration = REPLACED.get(call.identity, call.identity)
            if call.customer != integration.split("_")[0]:
                calls[integration][call.customer].append(call)
    return calls


def certified(integration: str) -> bool:
    row = REGISTRY.get(integration, {"certified_since": "", "certified_until": ""})
    return row["certified_since"] != "" and row["certified_since"] <= LAST_DAY.isoformat() < row["certified_until"]


def silent_and_lasting(customers: dict[str, list[SampleCall]]) -> tuple[int, int]:
    """Of the customers in the window: those that fell silent, and those that stay in it for more than a week or are due to call."""
    silent = lasting = 0
    for calls in customers.values():
        days = sorted({call.local.date() for call in calls})
        silence = (LAST_DAY - days[-1]).days
        usual = (days[-1] - days[0]).days / (len(days) - 1) if len(days) > 1 else None
        silent += usual is not None and 7 <= silence < 30 and silence >= 3 * usual
        lasting += silence < 23 or (silence < 30 and len(days) > 2 and usual is not None and silence <= 1.5 * usual)
    return silent, lasting


def test_every_integration_is_judged_as_plain_counting_judges_it(clock: Certification) -> None:
    calls = customer_calls()
    expected = {}
    for integration in {*REGISTRY, *calls}:
        customers = {
            customer
            for customer, its in calls[integration].items()
            if max(c.local.date() for c in its) >= dt.date(2026, 10, 2)
        }
        count, (silent, lasting) = len(customers), silent_and_lasting(calls[integration])
        last_days = sorted((max(c.local.date() for c in its) for its in calls[integration].values()), reverse=True)
        days_left = (last_days[4] - LAST_DAY).days + 30 if count >= 5 else None
        if certified(integration):
            state = "certified" if count >= 5 else "at_risk" if count else "lost"
            days_left = 0 if count < 5 else days_left
            if count >= 5 > min(count - silent, lasting):
                state = "at_risk"
        else:
            state = "eligible" if count >= 5 else "not_yet"
        last = max((call.at for its in calls[integration].values() for call in its), default=None)
        expected[integration] = (certified(integration), state, count, days_left, last, True)
    columns = ("certified", "state", "customers", "days_left", "last_customer_call", "complete")
    assert {row[0]: row[1:] for row in clock.rows.select("integration", *columns).iter_rows()} == expected
    assert Counter(clock.rows["state"]) == {"at_risk": 2, "certified": 20, "eligible": 6, "not_yet": 6}


def test_it_loses_its_customers_and_the_clock_says_so(clock: Certification) -> None:
    row = clock.rows.row(by_predicate=pl.col("integration") == "2093_302020", named=True)
    nameless = [
        call
        for call in reading.demo_calls()
        if call.agent == "KievitCRM/2.9" and call.local.date() >= dt.date(2026, 10, 2) and "/Kievit_" in call.path
    ]
    assert (
        f"at risk with {row['customers']} customers, {row['silent']} of them silent, and {len(nameless)} calls without an id"
        in README
    )
    assert (row["state"], row["missing_calls"]) == ("at_risk", len(nameless))
    # the fifth last customer left on the day after its last call had become 30 days old
    course = dict(clock.course.filter(pl.col("integration") == "2093_302020").select("day", "customers").iter_rows())
    last_days = sorted(max(c.local.date() for c in its) for its in customer_calls()["2093_302020"].values())
    assert course[last_days[-5] + dt.timedelta(days=29)] == 5
    assert course[last_days[-5] + dt.timedelta(days=30)] == 4


def test_swapped_digits_are_told_to_be_whose_they_are(clock: Certification) -> None:
    mistyped = [
        call
        for call in reading.demo_calls()
        if call.identity == "1170_301201"
        and call.environment == "production"
        and call.local.date() >= dt.date(2026, 10, 2)
    ]
    said = {row["integration"]: row["mistyped_calls"] for row in clock.rows.to_dicts() if row["mistyped_calls"]}
    assert said == {"1107_301201": len(mistyped)}
    assert "valid, and of a partner that does not exist; `certification`: the reason `ids_mistyped`" in README


def test_it_falls_silent_and_the_clock_says_until_when_it_lasts(demo: Warehouse, clock: Certification) -> None:
    row = clock.rows.row(by_predicate=pl.col("integration") == "2386_304040", named=True)
    assert (row["silent"], row["reasons"]) == (row["customers"], ["falling"])
    assert (
        f"six customers, all silent, at risk from {row['since'].day} October on and {row['days_left']} days left"
        in README
    )
    assert check(demo, "2386_304040").verdict == "stopped"


def test_it_goes_live_and_becomes_eligible(demo: Warehouse, clock: Certification) -> None:
    row = clock.rows.row(by_predicate=pl.col("integration") == "1006418_302901", named=True)
    assert (row["state"], row["since"], row["since_is_start"]) == ("eligible", dt.date(2026, 10, 26), False)
    assert "`certification --product sb`: eligible since 26 October" in README
    sb = certification(demo, Scope(product="sb")).rows
    assert sb["integration"].sort().to_list() == ["1005273_300", "1006418_302900", "1006418_302901"]


def test_a_state_that_follows_days_of_which_nothing_is_known_may_be_older(clock: Certification) -> None:
    """The logs begin on 1 August. An integration with five customers on the 5th may have had them all year."""
    row = clock.rows.row(by_predicate=pl.col("integration") == "1005273_42", named=True)
    assert (row["state"], row["since"], row["since_is_start"]) == ("certified", dt.date(2026, 8, 5), True)


def test_supplied_connectors_stand_in_the_way(clock: Certification) -> None:
    using = clock.rows.filter(pl.col("reasons").list.contains("supplied_getconnectors"))["integration"]
    since = dt.date(2026, 10, 2)
    assert set(using) == {
        call.identity
        for call in reading.demo_calls()
        if "/connectors/profit_" in call.path.lower()
        and call.method == "GET"
        and call.environment == "production"
        and call.local.date() >= since
        and VALID.fullmatch(call.identity)
    }


def test_while_a_day_is_missing_too_few_is_no_verdict(demo: Warehouse) -> None:
    states = dict(
        certification(demo, Scope(until=dt.date(2026, 10, 5))).rows.select("integration", "state").iter_rows()
    )
    assert (states["1872_300935"], states["2519_301101"]) == ("unknown", "unknown")
    assert (states["2093_302020"], states["1329_302411"]) == ("certified", "eligible")


def test_every_valid_id_is_checked_as_plain_counting_does(demo: Warehouse) -> None:
    by_id: dict[str, list[SampleCall]] = defaultdict(list)
    for call in reading.demo_calls():
        if VALID.fullmatch(call.identity) or call.identity in {"2731-302751", "1438300150", "1329_"}:
            by_id[call.identity].append(call)
    assert len(by_id) > 30
    for identity, calls in by_id.items():
        answer = check(demo, identity)
        own = REPLACED.get(identity, identity).split("_")[0] if VALID.fullmatch(identity) else ""
        good = {call.customer for call in calls if call.is_use and call.customer != own}
        at = [call.at for call in calls]
        assert (answer.calls, answer.errors, answer.customers) == (
            len(calls), sum(call.is_error for call in calls), len(good),
        ), identity  # fmt: skip
        assert (answer.first_call, answer.last_call) == (min(at), max(at)), identity
        assert set(answer.environments) == {call.environment for call in calls}, identity


@pytest.mark.parametrize(
    ("asked", "verdict", "near", "kind"),
    [
        ("2731_302751", "only_near_misses", "2731-302751", "separator"),
        ("1438_300150", "partly", "1438300150", "separator"),
        ("1438_300150", "partly", "1438 300150", "separator"),
        ("2497_300778", "partly", "2497_300778, 2497_300778", "repeated"),
        ("1653_300646", "partly", "165_300646", "typing_error"),
        ("1653_300646", "partly", "001653_300646", "leading_zero"),
        ("1329_302410", "partly", "1329_", "part_missing"),
        ("1107_301201", "partly", "1170_301201", "typing_error"),
        ("1984_301771", "partly", "1984_301771", "in_envelope"),
        ("1170_301201", "not_registered", "1107_301201", "typing_error"),
        ("1546_212", "replaced", "1546_305512", "new_id"),
        ("1546_305512", "arriving", "1546_212", "old_id"),
        ("7654321_1", "not_seen", "12345_678900", "documentation_example"),
    ],
)
def test_the_ids_of_the_stories_are_found(demo: Warehouse, asked: str, verdict: str, near: str, kind: str) -> None:
    answer = check(demo, asked)
    assert answer.verdict == verdict
    (found,) = [one for one in answer.near_misses if one.integration_id == near]
    assert found.kind == kind
    if kind != "in_envelope":
        assert found.calls == sum(call.identity == near for call in reading.demo_calls())


def test_an_id_in_the_envelope_is_counted_where_the_log_has_bodies(demo: Warehouse) -> None:
    (found,) = check(demo, "1984_301771").near_misses
    assert f"{found.calls} of them with a body in the log" in README
