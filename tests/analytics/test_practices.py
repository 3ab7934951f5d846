"""Every rule of use at its edge: the last call that keeps it, and the first that breaks it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from analytics.practices.practices import broken, by_rule, scores
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

Judged = tuple[str, int, int]
"""state, calls that break the rule, calls judged."""

NOON = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
SOAP = {"protocol": "soap", "method": "POST", "endpoint": "AppConnectorGet.asmx"}


def at(seconds: float, **said: Any) -> dict[str, Any]:
    """A call so long after noon, and a little: a log that has fractions of seconds."""
    return call(called_at=(NOON + dt.timedelta(seconds=seconds, microseconds=1)).isoformat(), **said)


def judged(tmp_path: Path, calls: list[dict[str, Any]], rule: str, integration: str | None = "1234567_1") -> Judged:
    """The result of one rule."""
    with Warehouse.open(given_lake(tmp_path / "lake", calls)) as warehouse:
        rows = warehouse.metric("practices", Scope())
    (row,) = (row for row in rows.iter_rows(named=True) if (row["rule"], row["integration"]) == (rule, integration))
    return row["state"], row["calls"], row["judged"]


@pytest.mark.parametrize(
    ("rule", "said", "expected"),
    [
        ("take_all", {"take": -1}, ("broken", 1, 1)),
        ("take_all", {"take": 1}, ("kept", 0, 1)),
        ("take_all", {}, ("kept", 0, 1)),
        ("take_all", {"take": -1, "operation": "metainfo"}, ("not_judged", 0, 0)),
        ("take_all", {"take": -1, "product": "sb"}, ("not_judged", 0, 0)),
        ("take_all", {"take": -1, **SOAP}, ("not_judged", 0, 0)),
        ("high_skip", {"skip": 100_001}, ("broken", 1, 1)),
        ("high_skip", {"skip": 100_000}, ("kept", 0, 1)),
        ("unordered_paging", {"skip": 0, "ordered": False}, ("broken", 1, 1)),
        ("unordered_paging", {"take": 100, "ordered": False}, ("broken", 1, 1)),
        ("unordered_paging", {"take": 100, "ordered": True}, ("kept", 0, 1)),
        ("unordered_paging", {"skip": -1, "take": -1, "ordered": False}, ("not_judged", 0, 0)),
        ("unordered_paging", {"ordered": False}, ("not_judged", 0, 0)),
        ("slow", {"duration_ms": 1000.1}, ("broken", 1, 1)),
        ("slow", {"duration_ms": 1000.0}, ("kept", 0, 1)),
        ("slow", {}, ("not_judged", 0, 0)),
        ("long_query", {"query_length": 2050, "status": 404}, ("broken", 1, 1)),
        ("long_query", {"query_length": 2049}, ("kept", 0, 1)),
        ("long_query", {"query_length": 9999, **SOAP}, ("not_judged", 0, 0)),
        ("supplied_connectors", {"connector": "profit_Users"}, ("broken", 1, 1)),
        ("supplied_connectors", {"connector": "Profits_of_Acme"}, ("kept", 0, 1)),
        ("supplied_connectors", {"connector": "Profit_Users", **SOAP}, ("broken", 1, 1)),
        ("supplied_connectors", {"connector": None, **SOAP}, ("not_judged", 0, 0)),
        ("supplied_connectors", {"connector": "Profit_Users", "operation": "metainfo"}, ("not_judged", 0, 0)),
        *(("text_search", {"operator_types": [1, one]}, ("broken", 1, 1)) for one in (6, 10, 11, 12, 13, 14)),
        ("text_search", {"operator_types": [1, 2, 3, 4, 5, 7, 8, 9, 15]}, ("kept", 0, 1)),
        ("text_search", {"filter_fields": ["Name"]}, ("not_judged", 0, 0)),
        ("text_search", {"operator_types": [6], "operation": "metainfo"}, ("not_judged", 0, 0)),
        ("text_search", {"operator_types": [6], "product": "sb"}, ("not_judged", 0, 0)),
        ("plain_token", {"token_form": "plain"}, ("broken", 1, 1)),
        ("plain_token", {"token_form": "bearer"}, ("kept", 0, 1)),
        ("plain_token", {"token_form": "none"}, ("not_judged", 0, 0)),
        ("plain_token", {"token_form": "not_logged"}, ("not_judged", 0, 0)),
        ("token_in_body", {"token_form": "soap_body", **SOAP}, ("broken", 1, 1)),
        ("token_in_body", {"token_form": "base64", **SOAP}, ("kept", 0, 1)),
        ("token_in_body", {"token_form": "base64"}, ("not_judged", 0, 0)),
    ],
)
def test_a_call_keeps_or_breaks_a_rule(tmp_path: Path, rule: str, said: dict[str, Any], expected: Judged) -> None:
    assert judged(tmp_path, [at(0, **said)], rule) == expected


def test_one_slow_call_in_ten_is_for_nothing(tmp_path: Path) -> None:
    quick = [at(60 * minute, duration_ms=10.0) for minute in range(9)]
    assert judged(tmp_path / "a", [*quick, at(0, duration_ms=2000.0)], "slow") == ("kept", 1, 10)
    assert judged(tmp_path / "b", [*quick, *[at(0, duration_ms=2000.0)] * 2], "slow") == ("broken", 2, 11)


def under_way(count: int, *, milliseconds: float = 500, **said: Any) -> list[dict[str, Any]]:
    """This number of calls, which begin 50 ms apart."""
    return [at(0.05 * place, duration_ms=milliseconds, **said) for place in range(count)]


def test_the_sixth_call_at_once_is_one_too_many(tmp_path: Path) -> None:
    assert judged(tmp_path / "five", under_way(5), "parallel") == ("kept", 0, 5)
    assert judged(tmp_path / "six", under_way(6), "parallel") == ("broken", 1, 6)
    # The first is over when the sixth begins, to the microsecond; the seventh then finds five others.
    assert judged(tmp_path / "in_turn", under_way(12, milliseconds=250), "parallel") == ("kept", 0, 12)
    assert judged(tmp_path / "almost", under_way(12, milliseconds=250.1), "parallel") == ("broken", 7, 12)


def test_calls_at_once_are_those_of_one_integration_at_one_customer(tmp_path: Path) -> None:
    elsewhere = [*under_way(3), *under_way(3, customer="7000001"), *under_way(3, integration_id="7654321_1")]
    assert judged(tmp_path / "a", [*elsewhere, *under_way(5, environment="test")], "parallel") == ("kept", 0, 6)
    agents = [*under_way(3, integration_id=None, user_agent="a"), *under_way(3, integration_id=None, user_agent="b")]
    assert judged(tmp_path / "b", agents, "parallel", None) == ("kept", 0, 6)


def test_long_calls_are_at_once_however_far_apart_they_begin(tmp_path: Path) -> None:
    calls = [at(120 * place, duration_ms=700_000.0) for place in range(6)]
    assert judged(tmp_path, calls, "parallel") == ("broken", 1, 6)


def test_calls_at_once_over_a_full_minute_are_found(tmp_path: Path) -> None:
    for number, first in enumerate((54.5, 56, 58.5)):  # six, four or two of them before the minute is full
        calls = [at(first + place, duration_ms=8_000.0) for place in range(6)]
        assert judged(tmp_path / str(number), calls, "parallel") == ("broken", 1, 6)


def test_a_log_of_whole_seconds_is_believed_only_what_is_sure(tmp_path: Path) -> None:
    """Ten calls within a second may have come one after another; six of three seconds each have not."""
    short = [call(called_at="2026-10-01T12:00:00Z", duration_ms=90.0) for _ in range(10)]
    long = [call(called_at="2026-10-01T12:10:00Z", duration_ms=3000.0) for _ in range(6)]
    assert judged(tmp_path / "short", short, "parallel") == ("kept", 0, 10)
    assert judged(tmp_path / "long", [*short, *long], "parallel") == ("broken", 1, 16)


def test_of_calls_that_begin_together_the_last_in_the_log_are_too_many(tmp_path: Path) -> None:
    """Whole seconds make many calls begin at one moment. Which of them break the rule shows in the connector."""
    together = [
        call(called_at="2026-10-01T12:00:00Z", duration_ms=5000.0, connector=connector, line_number=line)
        for line, connector in enumerate(("KnSubject",) * 5 + ("KnCourse",) * 2, start=1)
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", together)) as warehouse:
        (row,) = warehouse.metric("practices").filter(rule="parallel").iter_rows(named=True)
    assert (row["calls"], row["judged"], row["connector"]) == (2, 7, "KnCourse")


def test_callers_with_the_same_number_are_judged_apart(tmp_path: Path) -> None:
    """No two texts with the same hash are at hand, so all get the same one here. Counted together, each rule would be broken."""
    customers = ("7000001", "7000002", "7000003")
    refused = [at(60 * place, status=401, customer=customers[place % 3]) for place in range(24)]
    away = [at(9000, status=503, customer="7000001"), at(9005, customer="7000002")]
    busy = [at(8000 + place / 10, customer=customers[place % 3], duration_ms=3000.0) for place in range(9)]
    agents = [
        at(8000 + place / 10, integration_id=None, user_agent=f"agent {place % 2}", duration_ms=3000.0)
        for place in range(10)
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", [*refused, *away, *busy, *agents])) as warehouse:
        apart = warehouse.metric("practices")
        warehouse.connection.execute("create or replace macro hash_of(first, second, third) as cast(7 as bigint)")
        together = warehouse.metric("practices")
    assert together.equals(apart)
    in_order = together.filter(rule="parallel").select("integration", "calls", "judged").rows()
    assert in_order == [("1234567_1", 0, 9), (None, 0, 10)]
    rules = ("hammering", "dead_token", "ignored_unavailable")
    rows = together.filter(integration="1234567_1").select("rule", "calls", "judged").rows()
    assert sorted(row for row in rows if row[0] in rules) == [
        ("dead_token", 0, 24),
        ("hammering", 0, 24),
        ("ignored_unavailable", 0, 0),
    ]


def test_the_eleventh_refusal_within_an_hour_is_hammering(tmp_path: Path) -> None:
    refused = [at(10 * place, status=401) for place in range(11)]
    fine = [at(10 * place + 5) for place in range(11)]
    assert judged(tmp_path / "ten", [*refused[:10], *fine], "hammering") == ("kept", 0, 10)
    assert judged(tmp_path / "eleven", [*refused, *fine], "hammering") == ("broken", 1, 11)
    other_status = [*refused[:10], at(200, status=403)]
    other_customer = [*refused[:10], at(200, status=401, customer="7000001")]
    next_hour = [*refused[:10], at(3600, status=401)]
    for number, calls in enumerate((other_status, other_customer, next_hour)):
        assert judged(tmp_path / str(number), calls, "hammering") == ("kept", 0, 11)


def test_the_eleventh_refusal_in_a_row_is_of_a_dead_token(tmp_path: Path) -> None:
    daily = [at(86_400 * day, status=403 if day % 2 else 401) for day in range(12)]
    assert judged(tmp_path / "ten", daily[:10], "dead_token") == ("kept", 0, 10)
    assert judged(tmp_path / "twelve", daily, "dead_token") == ("broken", 2, 12)
    alive = [*daily, at(86_400 * 5 + 1)]
    assert judged(tmp_path / "alive", alive, "dead_token") == ("kept", 0, 12)
    two = [*daily[:6], *(row | {"customer": "7000001"} for row in daily[6:])]
    assert judged(tmp_path / "two", two, "dead_token") == ("kept", 0, 12)


def test_a_call_within_ten_seconds_of_a_503_ignores_it(tmp_path: Path) -> None:
    down = at(0, status=503, duration_ms=1000.0)
    assert judged(tmp_path / "soon", [down, at(11)], "ignored_unavailable") == ("broken", 1, 1)
    assert judged(tmp_path / "later", [down, at(11.1)], "ignored_unavailable") == ("kept", 0, 1)
    assert judged(tmp_path / "under_way", [down, at(0.5)], "ignored_unavailable") == ("kept", 0, 1)
    assert judged(tmp_path / "other", [down, at(2, customer="7000001")], "ignored_unavailable") == ("not_judged", 0, 0)
    assert judged(tmp_path / "last", [at(-5), down], "ignored_unavailable") == ("not_judged", 0, 0)


def test_calls_in_turn_are_told_over_hours_without_a_refusal(tmp_path: Path) -> None:
    """Only hours with a refusal or a 503, and the next one with a call, are looked at: no other can make a difference."""
    hour = 3600
    refused = [at(place, status=401) for place in range(6)]
    again = [at(9 * hour + place, status=401) for place in range(6)]
    between = [at(3 * hour), at(5 * hour), at(7 * hour)]
    assert judged(tmp_path / "in_a_row", [*refused, *again], "dead_token") == ("broken", 2, 12)
    assert judged(tmp_path / "revived", [*refused, *between, *again], "dead_token") == ("kept", 0, 12)
    assert judged(tmp_path / "elsewhere", [*refused, between[0] | {"customer": "7000001"}, *again], "dead_token") == (
        "broken",
        2,
        12,
    )
    away = at(hour - 2, status=503)
    assert judged(tmp_path / "next_hour", [away, at(hour + 3)], "ignored_unavailable") == ("broken", 1, 1)
    # of the calls after the 503 only the first follows it, and after a good call nobody does, however near to an hour
    later = [at(5 * hour), at(7 * hour), at(9 * hour, status=401), at(9 * hour + 1)]
    assert judged(tmp_path / "one", [away, *later], "ignored_unavailable") == ("kept", 0, 1)


def test_ten_seconds_after_a_503_end_where_they_end_in_the_next_hour_too(tmp_path: Path) -> None:
    """A 503 that took longer than an hour, or came at the end of one: what follows it is looked for after its end."""
    hour = 3600
    late = at(hour - 1, status=503, duration_ms=1000.0)
    assert judged(tmp_path / "ten", [late, at(hour + 10)], "ignored_unavailable") == ("broken", 1, 1)
    assert judged(tmp_path / "more", [late, at(hour + 10.000001)], "ignored_unavailable") == ("kept", 0, 1)
    long = at(0, status=503, duration_ms=2.5 * hour * 1000)
    assert judged(tmp_path / "long", [long, at(2.5 * hour + 10)], "ignored_unavailable") == ("broken", 1, 1)
    between = at(1.2 * hour)
    assert judged(tmp_path / "two", [long, between, at(2.5 * hour + 10)], "ignored_unavailable") == ("kept", 0, 1)


def test_unidentified_calls_in_turn_are_judged_program_by_program(tmp_path: Path) -> None:
    """Ten refusals of a program are not too many, whatever another one adds; a program without a name is one of them."""
    refused = [
        at(600 * place, status=401, integration_id=None, user_agent=agent)
        for place in range(10)
        for agent in ("a", "b", None)
    ]
    assert judged(tmp_path / "ten", refused, "dead_token", None) == ("kept", 0, 30)
    one_more = at(7200, status=403, integration_id=None, user_agent=None)
    assert judged(tmp_path / "eleven", [*refused, one_more], "dead_token", None) == ("broken", 1, 31)
    away = at(8000, status=503, integration_id=None, user_agent="a")
    other = at(8001, integration_id=None, user_agent="b")
    assert judged(tmp_path / "away", [away, other], "ignored_unavailable", None) == ("not_judged", 0, 0)


def test_the_score_is_made_of_weights_and_shares(tmp_path: Path) -> None:
    # 1234567_1: 2 of 40 gets take all (20 points x 0.05 x 10 = 10), 1 of 40 too long (10 x 0.025 x 10 = 2.5): 87.5.
    # 7654321_1 keeps all. Nobody's one get takes all: 80.
    gets = [at(60 * place, token_form="not_logged") for place in range(37)]
    calls = [
        *gets,
        *(at(5000 + 60 * place, take=-1, token_form="not_logged", connector="Acme_Alles") for place in range(2)),
        at(9000, query_length=3000, status=404, token_form="not_logged"),
        at(0, integration_id="7654321_1"),
        at(0, integration_id=None, take=-1),
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", calls)) as warehouse:
        rows = warehouse.metric("practices")
    assert scores(rows).select("integration", "score", "broken", "calls").rows() == [
        (None, 80, ["take_all"], 1),
        ("1234567_1", 87, ["take_all", "long_query"], 3),
        ("7654321_1", 100, [], 0),
    ]
    assert broken(rows).select("integration", "rule", "connector").rows() == [
        (None, "take_all", "KnSubject"),
        ("1234567_1", "take_all", "Acme_Alles"),
        ("1234567_1", "long_query", "KnSubject"),
    ]
    summed = by_rule(rows).select("rule", "integrations", "calls", "judged")
    assert summed.rows()[:3] == [("take_all", 1, 3, 42), ("long_query", 1, 1, 42), ("dead_token", 0, 0, 0)]
    assert summed.height == 13


def test_a_score_is_never_below_zero(tmp_path: Path) -> None:
    everything = [
        at(
            0.01 * place,
            take=-1,
            skip=100_001,
            connector="Profit_Users",
            query_length=3000,
            duration_ms=2000.0,
            status=401,
        )
        | {"token_form": "plain"}
        for place in range(40)
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", everything)) as warehouse:
        assert warehouse.metric("practices")["score"].unique().to_list() == [0]
