"""A scope accepts the texts that make sense, and refuses all others in words."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.errors import ScopeError
from analytics.scope import Scope


def test_texts_of_a_command_line_or_a_link_become_a_scope() -> None:
    assert Scope.parse(
        {
            "since": "2026-10-01",
            "until": "2026-11-01",
            "environment": "accept",
            "product": "sb",
            "partner": "1234567",
            "integration": " 1234567_12 ",
            "customer": "beers/enyoi",
            "connector": "KnSubject",
            "stream": "gateway",
        }
    ) == Scope(
        since=dt.date(2026, 10, 1),
        until=dt.date(2026, 11, 1),
        environment="accept",
        product="sb",
        partner=1234567,
        integration="1234567_12",
        customer="beers/enyoi",
        connector="KnSubject",
        stream="gateway",
    )


def test_what_is_blank_is_not_narrowed() -> None:
    assert Scope.parse({"partner": None, "customer": "", "environment": "  "}) == Scope()


def test_an_error_names_every_bad_part_with_what_was_got_and_expected() -> None:
    with pytest.raises(ScopeError) as caught:
        Scope.parse({"since": "1 October", "environment": "live", "partner": "Acme", "colour": "red"})
    assert str(caught.value).splitlines() == [
        "since: '1 October' is not a date like 2026-03-29",
        "environment: 'live' is not production, test, accept, training or all",
        "partner: 'Acme' is not a partner's number, like 12345",
        (
            "colour: a scope has no such part; known: since, until, environment, product, partner, integration, "
            "customer, connector, stream"
        ),
    ]


@pytest.mark.parametrize("until", ["2026-10-01", "2026-09-30"])
def test_a_period_that_does_not_run_forward_is_refused(until: str) -> None:
    with pytest.raises(ScopeError, match=f"the period is empty: since 2026-10-01 is not before until {until}"):
        Scope.parse({"since": "2026-10-01", "until": until})


@pytest.mark.parametrize("integration", ["1234567", "1234567-1", "_1", "1234567_1'; drop", "0234567_1"])
def test_what_is_no_integration_is_refused(integration: str) -> None:
    with pytest.raises(ScopeError, match="is not an integration, like 12345_678900"):
        Scope.parse({"integration": integration})


def test_the_previous_period_is_as_long_and_ends_where_this_one_begins() -> None:
    leap = Scope.parse({"since": "2028-03-01", "until": "2028-03-31", "partner": 1234567})
    assert leap.previous() == Scope.parse({"since": "2028-01-31", "until": "2028-03-01", "partner": 1234567})


@pytest.mark.parametrize("scope", [Scope(), Scope.parse({"since": "2026-10-01"}), Scope.parse({"until": "2026-10-01"})])
def test_an_open_period_has_no_previous_one(scope: Scope) -> None:
    with pytest.raises(ScopeError, match="give since and until"):
        scope.previous()


def test_replacing_checks_like_a_new_scope_and_none_lifts_a_narrowing() -> None:
    narrow = Scope(partner=1234567, customer="7000001")
    assert narrow.replace(customer=None) == Scope(partner=1234567)
    with pytest.raises(ScopeError, match="partner: 'x' is not"):
        narrow.replace(partner="x")
