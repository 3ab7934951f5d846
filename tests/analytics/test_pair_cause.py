"""Who can mend it, and which cause of a refusal fits: made-up counts in, a judgement out. The odds are worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.pair.cause import (
    REASONS,
    SILENCE_REASONS,
    Attribution,
    Beside,
    Evidence,
    Refusals,
    attribute,
    cause_of,
    effective_number,
)

if TYPE_CHECKING:
    from analytics.pair.cause import Cause

OTHERS_ARE_FINE = {"other_customers": Beside(seen=20), "elsewhere": Beside(seen=28)}


def judged(**evidence: object) -> Attribution:
    return attribute(Evidence(**evidence))  # type: ignore[arg-type]  # names the tests themselves


def test_a_refusal_at_one_customer_alone_is_the_customers() -> None:
    # Odds 90 : 8 : 2, alone times 1.5, 0.7 and 0.2, not elsewhere times 1, 1 and 0.1: 135 : 5.6 : 0.04; 135 of 140.64.
    assert judged(outcomes={"unauthorized": 31}, **OTHERS_ARE_FINE) == Attribution(
        party="customer", confidence=0.96, between=("customer",), why=("rights", "alone", "not_elsewhere")
    )


def test_a_refusal_at_many_customers_is_the_partners() -> None:
    # 90 : 8 : 2 times 0.05, 4 and 2, times 1, 1 and 0.1: 4.5 : 32 : 0.4; 32 of 36.9.
    found = judged(
        outcomes={"unauthorized": 9},
        other_customers=Beside(seen=10, failing=9),
        effective_customers=8.0,
        elsewhere=Beside(seen=28),
    )
    assert found == Attribution(
        party="partner", confidence=0.87, between=("partner",), why=("rights", "spread", "not_elsewhere")
    )


def test_what_fails_at_everybody_is_the_vendors_whatever_its_status() -> None:
    # 8 : 90 : 2 times 0.02, 0.02 and 20, and spread times 0.05, 4 and 2: 0.008 : 7.2 : 80; 80 of 87.208.
    found = judged(
        outcomes={"bad_request": 5},
        other_customers=Beside(seen=4, failing=4),
        effective_customers=5.0,
        elsewhere=Beside(seen=20, failing=6),
        elsewhere_partners=3,
    )
    assert (found.party, found.confidence) == ("vendor", 0.92)
    assert found.why == ("request", "everywhere", "spread")


def test_integrations_of_two_partners_are_not_everybody() -> None:
    of_two = Evidence(outcomes={"bad_request": 5}, elsewhere=Beside(seen=20, failing=6), elsewhere_partners=2)
    assert not of_two.is_everywhere
    assert Evidence(
        outcomes={"bad_request": 5}, elsewhere=Beside(seen=8, failing=4), elsewhere_partners=1
    ).is_everywhere


def test_validation_errors_of_one_pair_are_unsure_and_say_between_whom() -> None:
    # 25 : 72 : 3 times 1.5, 0.7 and 0.2, times 1, 1 and 0.1: 37.5 : 50.4 : 0.06; 50.4 of 87.96, and 37.5 of 87.96.
    assert judged(outcomes={"validation": 12}, **OTHERS_ARE_FINE) == Attribution(
        party="unsure",
        confidence=0.57,
        between=("partner", "customer"),
        why=("validation", "alone", "not_elsewhere"),
    )


def test_a_new_program_makes_them_the_partners() -> None:
    # 37.5 : 50.4 : 0.06 times 0.4, 3 and 1: 15 : 151.2 : 0.06; 151.2 of 166.26.
    found = judged(outcomes={"validation": 12}, is_new_program=True, **OTHERS_ARE_FINE)
    assert (found.party, found.confidence, found.why[-1]) == ("partner", 0.91, "new_program")


def test_refusals_beside_successes_of_the_same_connectors_are_unsure() -> None:
    # 135 : 5.6 : 0.04 times 0.3, 3 and 1: 40.5 : 16.8 : 0.04; 40.5 of 57.34.
    found = judged(outcomes={"unauthorized": 9}, is_mixed=True, **OTHERS_ARE_FINE)
    assert (found.party, found.confidence, found.between) == ("unsure", 0.71, ("customer", "partner"))


def test_a_customer_at_which_every_integration_fails_is_its_own_cause() -> None:
    # 25 : 72 : 3 times 1.5, 0.7 and 0.2, times 5, 0.2 and 1, times 1, 1 and 0.1: 187.5 : 10.08 : 0.06.
    found = judged(outcomes={"validation": 12}, other_integrations=Beside(seen=3, failing=3), **OTHERS_ARE_FINE)
    assert (found.party, found.confidence) == ("customer", 0.95)


def test_a_silence_of_one_pair_is_unsure_and_one_of_all_customers_the_partners() -> None:
    # 45 : 50 : 5 times 1.5, 0.7 and 0.2, times 1, 1 and 0.1: 67.5 : 35 : 0.1; 67.5 of 102.6.
    alone = judged(**OTHERS_ARE_FINE)
    assert (alone.party, alone.confidence, alone.between) == ("unsure", 0.66, ("customer", "partner"))
    # 45 : 50 : 5 times 0.05, 4 and 2, times 1, 1 and 0.1: 2.25 : 200 : 1; 200 of 203.25.
    spread = judged(other_customers=Beside(seen=5, failing=5), effective_customers=6.0, elsewhere=Beside(seen=28))
    assert (spread.party, spread.confidence) == ("partner", 0.98)


def test_a_few_silent_customers_of_many_are_no_spread() -> None:
    few = {"other_customers": Beside(seen=20, failing=4), "effective_customers": 5.0}
    assert not Evidence(**few).is_spread  # type: ignore[arg-type]
    assert Evidence(outcomes={"validation": 4}, **few).is_spread  # type: ignore[arg-type]


def test_a_program_that_goes_on_without_its_id_is_the_partners() -> None:
    # 67.5 : 35 : 0.1 times 0.02, 20 and 0.02: 1.35 : 700 : 0.002.
    found = judged(is_id_lost=True, **OTHERS_ARE_FINE)
    assert (found.party, found.confidence, found.why[1]) == ("partner", 0.99, "id_lost")


def test_own_calls_are_the_partners() -> None:
    assert judged(outcomes={"unauthorized": 3}, is_own=True) == Attribution(
        party="partner", confidence=1.0, between=("partner",), why=("own",)
    )


def test_the_kind_is_that_of_most_errors() -> None:
    assert Evidence(outcomes={"unauthorized": 2, "validation": 3, "forbidden": 2}).kind == "rights"
    assert Evidence(outcomes={"query_too_long": 2, "unauthorized": 1}).kind == "request"


def test_every_reason_has_its_words() -> None:
    found = [
        judged(outcomes={outcome: 1}, is_new_program=True, is_id_lost=True, **OTHERS_ARE_FINE).why
        for outcome in ("unauthorized", "unavailable", "bad_request", "validation")
    ]
    assert {reason for why in found for reason in why} <= REASONS.keys()
    assert SILENCE_REASONS.keys() <= REASONS.keys()


@pytest.mark.parametrize(
    ("cause", "refusals"),
    [
        ("token_ended", Refusals(outcomes={"unauthorized": 9}, served_before=250, failing=("A", "B"))),
        ("token_or_connector", Refusals(outcomes={"unauthorized": 9}, served_before=250, failing=("A",))),
        ("token_never_worked", Refusals(outcomes={"unauthorized": 9}, served_before=0, failing=("A", "B"))),
        ("connector_not_allowed", Refusals(outcomes={"unauthorized": 9}, served_before=250, failing=("A",), working=("B",))),
        ("connector_not_allowed", Refusals(outcomes={"unauthorized": 9}, served_before=0, failing=("A",), working=("B",))),
        ("token_mixed", Refusals(outcomes={"unauthorized": 9}, served_before=250, mixed=("A", "B"))),
        ("ip_refused", Refusals(outcomes={"forbidden": 9, "unauthorized": 8}, served_before=250, failing=("A",))),
        ("outage", Refusals(outcomes={"timeout": 9}, served_before=250, mixed=("A",))),
        ("request_wrong", Refusals(outcomes={"query_too_long": 9}, served_before=250, mixed=("A",))),
        ("validation_failed", Refusals(outcomes={"validation": 9}, served_before=250, mixed=("A",))),
        ("throttled", Refusals(outcomes={"throttled": 9}, served_before=250, mixed=("A",))),
        (None, Refusals(outcomes={}, served_before=250, working=("A",))),
    ],
)  # fmt: skip
def test_which_connectors_it_hits_tells_the_causes_of_a_refusal_apart(cause: Cause | None, refusals: Refusals) -> None:
    assert cause_of(refusals) == cause


def test_an_excess_at_two_customers_alike_is_spread_over_two() -> None:
    assert effective_number([5.0, 5.0, -1.0]) == 2.0
    assert effective_number([9.0, 1.0]) == pytest.approx(1.384, abs=0.001)  # exp(-(0.9 ln 0.9 + 0.1 ln 0.1))
