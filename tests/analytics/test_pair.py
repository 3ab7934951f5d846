"""The life of one pair, over a made-up autumn in which every kind of trouble happens to somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analytics.pair.pair import pair
from analytics.registry import load_registry
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import NOW, call, given_lake

if TYPE_CHECKING:
    from analytics.pair.answer import Pair

Calls = list[dict[str, Any]]

DAYS = [day for n in range(61) if (day := dt.date(2026, 9, 1) + dt.timedelta(days=n)).weekday() < 5]
"""The 44 workdays of September and October; the logs go on until Friday 30 October."""
BROKEN = dt.date(2026, 10, 20)

PARTNERS = "partner,name,contact,email,phone\n1234567,Acme,Ann Example,ann@acme.example,+31 99 000 0001\n"
INTEGRATIONS = "integration,name,replaces\n1234567_1,Acme Orders,\n6666666_2,New,6666666_1\n"
CUSTOMERS = "customer,name,branch\n7000001,Bakery,Food\n"


def office(integration_id: str | None, customer: str, days: list[dt.date] = DAYS, **said: Any) -> Calls:
    """Four calls on each of these days, at 8:15, 10:15, 12:15 and 14:15 UTC, on two connectors in turn."""
    return [
        call(
            **{
                "called_at": f"{day}T{hour:02}:15:00Z",
                "integration_id": integration_id,
                "customer": customer,
                "connector": ("KnOrders", "KnStock")[hour // 2 % 2],
                "user_agent": f"Program-{(integration_id or '')[:1]}/1.0",
            }
            | said
        )
        for day in days
        for hour in (8, 10, 12, 14)
    ]


def until(day: dt.date) -> list[dt.date]:
    return [one for one in DAYS if one < day]


def since(day: dt.date) -> list[dt.date]:
    return [one for one in DAYS if one >= day]


def between(first: dt.date, last: dt.date) -> list[dt.date]:
    return [one for one in DAYS if first <= one <= last]


TWO_DAYS = between(dt.date(2026, 10, 14), dt.date(2026, 10, 15))
QUIET = dt.date(2026, 10, 12)

WORLD: Calls = [
    # a token that ends at one of five customers
    *office("1234567_1", "7000001", until(BROKEN)),
    *office("1234567_1", "7000001", since(BROKEN), status=401),
    *(row for customer in "2345" for row in office("1234567_1", f"700000{customer}")),
    # one connector that is taken away
    *office("1234567_2", "7000001", until(BROKEN)),
    *(
        {**row, "status": 401, "outcome": "unauthorized"} if row["connector"] == "KnStock" else row
        for row in office("1234567_2", "7000001", since(BROKEN))
    ),
    # a new version that sends what is refused, at three customers
    *(
        row
        for customer in "678"
        for row in (
            *office("2222222_1", f"700000{customer}", [day for day in DAYS if day not in TWO_DAYS]),
            *office("2222222_1", f"700000{customer}", TWO_DAYS, status=500, user_agent="Program-2/1.1"),
        )
    ),
    # a silence at one of five customers, and one that only lost its id
    *office("3333333_1", "7000004", until(QUIET)),
    *(row for customer in "1235" for row in office("3333333_1", f"700000{customer}")),
    *office("3333333_2", "7000005", until(QUIET), user_agent="Echo/2"),
    *office(None, "7000005", since(QUIET), user_agent="Echo/2"),
    # never worked, the partner's own, an old id, a few
    *office("4444444_1", "7000009", since(BROKEN), status=401),
    *office("5555555_1", "5555555"),
    *office("6666666_1", "7000009", until(QUIET)),
    *office("6666666_2", "7000009", since(QUIET)),
    *office("7777777_1", "7000009", DAYS[-1:], status=500)[:2],
    # trouble, a recovery, and then a silence
    *office("9999999_1", "7000001", [day for day in until(QUIET) if day.month == 9 and day.day != 15]),
    *office("9999999_1", "7000001", [dt.date(2026, 9, 15)], status=503),
    # reads dossiers until it stops
    *office("8888888_1", "7000009", until(QUIET), connector="Acme_Dossiers"),
    *office("8888888_1", "7000008"),
]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    for name, text in {"partners": PARTNERS, "integrations": INTEGRATIONS, "customers": CUSTOMERS}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    lake = given_lake(folder / "lake", WORLD)
    load_registry(lake, sorted(folder.glob("*.csv")), now=NOW)
    return lake


@pytest.fixture(scope="module")
def warehouse(lake: Path) -> Iterator[Warehouse]:
    with Warehouse.open(lake) as opened:
        yield opened


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}:00Z")


def judged(answer: Pair) -> tuple[object, ...]:
    return answer.state, answer.cause, answer.party


def test_a_token_that_ended_is_the_customers(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "1234567_1", "7000001", Scope())
    assert judged(answer) == ("failing", "token_ended", "customer")
    # 35 workdays before 20 October and 9 from then on, four calls each.
    assert (answer.calls, answer.errors, answer.calls_in_trouble, answer.errors_in_trouble) == (176, 36, 36, 36)
    assert (answer.first_call, answer.last_call) == (moment("09-01T08:15"), moment("10-30T14:15"))
    assert (answer.last_good_call, answer.first_bad_call) == (moment("10-19T14:15"), moment("10-20T08:15"))
    assert (answer.started_at, answer.ended_at, answer.status) == (moment("10-20T08:15"), None, 401)
    assert answer.failing_connectors == ("KnOrders", "KnStock")
    assert [(one.customer, one.is_in_trouble) for one in answer.other_customers] == [
        (f"700000{customer}", False) for customer in "2345"
    ]
    # Of the other integrations at the customer, one fails too, but only at one of its connectors.
    assert {one.integration for one in answer.other_integrations} == {"1234567_2", "3333333_1", "9999999_1"}
    assert answer.verdict == (
        "The connection broke: since Tue 20 Oct 2026 10:15, every call has failed: 36 calls, all with 401. "
        "The last call that succeeded was made on Mon 19 Oct 2026 16:15."
    )
    assert answer.call.endswith("Customer: Bakery.")


def test_what_the_calls_ended_in_is_counted_before_and_since(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "1234567_1", "7000001", Scope())
    assert [(one.connector, one.status, one.calls_before, one.calls_during, one.calls_later) for one in answer.outcomes] == [
        ("KnOrders", 401, 0, 18, 0),
        ("KnStock", 401, 0, 18, 0),
        ("KnOrders", 200, 70, 0, 0),
        ("KnStock", 200, 70, 0, 0),
    ]  # fmt: skip


def test_a_connector_that_was_taken_away_is_told_apart_from_a_token(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "1234567_2", "7000001", Scope())
    assert judged(answer) == ("partly_failing", "connector_not_allowed", "customer")
    assert (answer.failing_connectors, answer.working_connectors) == (("KnStock",), ("KnOrders",))
    assert (answer.calls_in_trouble, answer.errors_in_trouble, answer.main_errors) == (18, 18, 18)
    assert "18 of 18 calls failed at KnStock, mostly with 401" in answer.verdict
    assert "A 401 on KnStock while other connectors work" in answer.advice


def test_errors_at_all_customers_with_a_new_version_were_the_partners_and_are_over(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "2222222_1", "7000006", Scope())
    assert judged(answer) == ("recovered", "validation_failed", "partner")
    assert (answer.started_at, answer.ended_at) == (moment("10-14T08:15"), moment("10-15T14:15"))
    assert [(sign.value, sign.calls_before, sign.calls_after, sign.change) for sign in answer.signs if sign.sign == "program"] == [
        ("Program-2/1.0", 124, 0, "gone"),  # 31 workdays
        ("Program-2/1.1", 0, 8, "new"),
    ]  # fmt: skip
    assert {"spread", "new_program"} <= set(answer.why)
    assert [one.is_in_trouble for one in answer.other_customers] == [True, True]
    assert answer.call.startswith("Nobody any more.")
    then = pair(warehouse, "2222222_1", "7000006", Scope(until=dt.date(2026, 10, 16)))
    assert judged(then) == ("failing", "validation_failed", "partner")


def test_a_few_successes_are_not_yet_the_end_of_trouble(warehouse: Warehouse) -> None:
    # On Friday 16 October four calls succeeded: not more than chance would explain. On Monday there are eight.
    answer = pair(warehouse, "2222222_1", "7000006", Scope(until=dt.date(2026, 10, 17)))
    assert (answer.state, answer.successes_since, answer.ended_at) == ("recovering", 4, None)
    assert (answer.calls_in_trouble, answer.errors_in_trouble) == (8, 8)
    assert "The connection may work again: 4 calls succeeded" in answer.verdict
    assert pair(warehouse, "2222222_1", "7000006", Scope(until=dt.date(2026, 10, 20))).state == "recovered"


def test_a_silence_of_one_pair_says_between_whom(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "3333333_1", "7000004", Scope())
    assert judged(answer) == ("silent", "silent", "unsure")
    assert answer.between == ("customer", "partner")
    assert answer.last_call == moment("10-09T14:15")
    assert answer.expected_active_hours is not None
    assert 50 < answer.expected_active_hours < 62  # 15 workdays with four hours each
    assert answer.chance_of_silence is not None
    assert answer.chance_of_silence < 1e-6
    assert answer.longest_pause_hours == 65  # from Friday 15:00 to Monday 8:00


def test_a_program_that_goes_on_without_its_id_is_found(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "3333333_2", "7000005", Scope())
    assert judged(answer) == ("silent", "id_lost", "partner")
    assert [(one.user_agent, one.id_status, one.calls) for one in answer.calls_without_id] == [
        ("Echo/2", "missing", 60)
    ]


def test_a_pair_that_never_worked_is_told_so(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "4444444_1", "7000009", Scope())
    assert judged(answer) == ("never_worked", "token_never_worked", "customer")
    assert (answer.last_good_call, answer.first_bad_call) == (None, moment("10-20T08:15"))


def test_the_partners_own_environment_is_told_as_such(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "5555555_1", "5555555", Scope())
    assert (answer.state, answer.is_own) == ("works", True)
    assert answer.verdict.startswith("This is the partner's own environment, not a customer.")


@pytest.mark.parametrize("asked", ["6666666_1", "6666666_2"])
def test_an_old_id_counts_for_the_one_that_replaced_it(warehouse: Warehouse, asked: str) -> None:
    answer = pair(warehouse, asked, "7000009", Scope())
    assert (answer.integration, answer.state, answer.calls) == ("6666666_2", "works", 176)
    # Of the 56 days until the end, those from Monday 7 September to 9 October had the old id: 25 workdays.
    assert "100 calls had the old id 6666666_1" in answer.advice
    assert "did nothing" in answer.advice  # no log shows it


def test_silence_after_dossiers_may_be_webhooks(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "8888888_1", "7000009", Scope())
    assert answer.state == "silent"
    assert answer.may_use_webhooks == ("Acme_Dossiers",)
    assert "webhooks" in answer.advice


def test_a_silence_after_trouble_that_is_over_is_told_as_a_silence(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "9999999_1", "7000001", Scope())
    assert (answer.state, answer.started_at) == ("silent", moment("09-30T14:15"))
    assert [(one.started_at, one.errors) for one in answer.episodes] == [(moment("09-15T08:15"), 4)]
    assert (answer.outcome, answer.errors_in_trouble) == (None, 0)


def test_few_calls_and_none_are_no_verdict(warehouse: Warehouse) -> None:
    assert judged(pair(warehouse, "7777777_1", "7000009", Scope())) == ("too_few_calls", None, None)
    nothing = pair(warehouse, "1234567_1", "7000099", Scope())
    assert judged(nothing) == ("no_calls", None, None)
    assert (nothing.calls, nothing.first_call, nothing.call) == (0, None, "The calls do not tell.")


def test_days_that_the_logs_miss_are_no_silence(tmp_path: Path) -> None:
    # Two logs: one of them ends on Friday 9 October, while the other goes on.
    calls = [
        *(
            row
            for customer in "123456"
            for row in office("1234567_1", f"700000{customer}", until(QUIET), stream="proxy")
        ),
        *(row for customer in "345678" for row in office("2222222_1", f"700000{customer}")),
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", calls)) as warehouse:
        answer = pair(warehouse, "1234567_1", "7000001", Scope())
    assert answer.state == "works"
    assert answer.hours_not_logged is not None
    assert answer.hours_not_logged > 24 * 14


def test_one_connector_alone_cannot_tell_a_token_from_a_connector(warehouse: Warehouse) -> None:
    answer = pair(warehouse, "1234567_1", "7000001", Scope(connector="KnStock"))
    assert judged(answer) == ("failing", "token_or_connector", "customer")


def test_a_partner_learns_nothing_of_other_partners_at_its_customer(lake: Path) -> None:
    with Warehouse.open(lake, viewer=Scope(partner=1234567, environment="all")) as seen:
        answer = pair(seen, "1234567_1", "7000001", Scope())
        assert {one.integration for one in answer.other_integrations} == {"1234567_2"}
        assert answer.state == "failing"
        assert pair(seen, "3333333_1", "7000004", Scope()).calls == 0
        assert pair(seen, "3333333_2", "7000005", Scope()).calls_without_id == ()
