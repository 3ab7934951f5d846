"""The go-live review: what the logs say, on one lake, and the rules of its verdicts, on the fewest facts that they need."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analytics.review.answer import PARTS, TABLES, Review
from analytics.review.checks import checks_of
from analytics.review.facts import Facts
from analytics.review.onboarding import onboarding
from analytics.review.review import parts_of, review
from analytics.review.visits import arrivals
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.review.answer import Check, CheckName, Verdict
    from analytics.review.facts import Doubt

APP = "7654321_8"
"""The integration that goes live: it has replaced 1234567_1."""


def at(day: int, hour: int = 8, minute: int = 0) -> str:
    return dt.datetime(2026, 10, day, hour, minute, tzinfo=dt.UTC).isoformat()


def calls() -> list[dict[str, Any]]:
    """A log from 1 to 20 October. The app calls from the 8th on, first by its old id."""
    receipts = {"product": "sb", "connector": "receipts", "endpoint": "api/receipts", "api_version": "3"}
    app = receipts | {"integration_id": APP}
    return [
        call(called_at=at(1), integration_id="2345_7", customer="7000099"),
        call(called_at=at(20), integration_id="2345_7", customer="7000099"),
        call(**receipts, called_at=at(8), customer="beers/enyoi", integration_id="1234567_1"),
        *(call(**app, called_at=at(9, minute=each), customer="beers/enyoi", line_number=each) for each in range(40)),
        call(**app, called_at=at(10), customer="beers/duvel", status=401),
        call(**app, called_at=at(10, 10, 30), customer="beers/duvel"),
        call(**app, called_at=at(11), customer="beers/orval", status=401),
        call(**app, called_at=at(12), customer="beers/orval", status=401),
        call(**app, called_at=at(20), customer="beers/chimay", status=500, operation="insert"),
        call(called_at=at(13), customer="beers/duvel", integration_id=None, body_integration_id=APP),
    ]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("review")
    registry = folder / "integrations.csv"
    registry.write_text(f"integration,name,replaces\n{APP},App,1234567_1\n", encoding="utf-8")
    with Warehouse.open(given_lake(folder / "lake", calls(), registry=[registry])) as warehouse:
        yield warehouse


def test_a_review_tells_what_the_logs_show_about_an_integration(warehouse: Warehouse) -> None:
    answer = review(warehouse, "1234567_1", Scope())
    assert (answer.integration, answer.name, answer.partner, answer.products) == (APP, "App", 7654321, ("sb",))
    assert (answer.since, answer.until) == (dt.date(2026, 10, 1), dt.date(2026, 10, 21))
    assert (answer.calls, answer.customers, answer.good_share) == (46, 2, 42 / 46)
    assert [(each.check, each.verdict, each.held, each.judged) for each in answer.checks] == [
        ("id_on_every_call", "not_shown", 46, 47),  # one has it in the envelope
        ("calls_succeed", "too_few", 42, 43),  # the three 401 are the customers' to mend; at least 87.9 %
        ("writes_succeed", "not_shown", 0, 1),  # at most 79.3 %
        ("api_in_use", "shown", 42, 46),
        ("api_version", "shown", 46, 46),
        ("customers_get_through", "not_shown", 2, 3),
        ("within_a_day", "too_few", 2, 2),
        ("stops_when_refused", "too_few", 3, 3),
        ("waits_when_unavailable", "not_visible", 0, 0),
        ("stops_after_errors", "too_few", 1, 1),
        ("recovers", "too_few", 1, 2),
    ]
    assert [(each.part, each.verdict, each.decided_by) for each in answer.parts] == [
        ("integration", "not_shown", ("id_on_every_call", "writes_succeed")),
        ("onboarding", "not_shown", ("customers_get_through",)),
        ("errors", "too_few", ("stops_when_refused", "stops_after_errors", "recovers")),
    ]
    told = answer.onboarding.select("customer", "state", "hours", "errors_before", "status_before", "connector_before")
    assert told.rows() == [
        ("beers/enyoi", "succeeded", 0.0, 0, None, None),
        ("beers/duvel", "succeeded", 2.5, 1, 401, "receipts"),
        ("beers/orval", "never", None, 2, 401, "receipts"),
        ("beers/chimay", "too_recent", None, 1, 500, "receipts"),
    ]
    assert answer.ids.select("integration", "basis", "calls").rows() == [(APP, "envelope", 1)]


def test_only_customers_that_begin_in_the_period_are_onboarded_in_it(warehouse: Warehouse) -> None:
    answer = review(warehouse, APP, Scope(since=dt.date(2026, 10, 9), until=dt.date(2026, 10, 11)))
    assert answer.onboarding["customer"].to_list() == ["beers/duvel"]
    assert answer.calls == 42


def test_an_id_that_never_calls_shows_nothing(warehouse: Warehouse) -> None:
    answer = review(warehouse, "1234567_99", Scope())
    assert {check.verdict for check in answer.checks} == {"not_visible"}
    assert [part.verdict for part in answer.parts] == ["not_visible"] * 3
    assert (answer.calls, answer.good_share, answer.customers, answer.first_call) == (0, None, 0, None)


def test_the_plain_answer_has_every_field_in_order(warehouse: Warehouse) -> None:
    plain = review(warehouse, "1234567_99", Scope()).plain()
    assert list(plain) == [field.name for field in fields(Review)]
    assert [plain[table] for table in TABLES] == [[]] * len(TABLES)


# --- the rules, on facts


NO_TOTALS = dict.fromkeys(
    ("calls", "good", "judged", "writes", "good_writes", "judged_writes", "used", "profit_calls", "sb_calls", "days"), 0
)
IDS = {"integration": pl.String, "partner": pl.Int64, "calls": pl.Int64}
VERSIONS = {"api_version": pl.String, "is_logged": pl.Boolean, "calls": pl.Int64}
ONBOARDING = {"state": pl.String, "hours": pl.Float64, "errors_before": pl.Int64}
HANDLING = {
    "customer": pl.String,
    "status": pl.Int16,
    "errors": pl.Int64,
    "longest_run": pl.Int64,
    "recovered": pl.Int64,
    "open": pl.Int64,
}
NO_VISITS = pl.DataFrame(schema={"state": pl.String, "hours": pl.Float64})
NOTHING = Facts(
    profile=None,
    period=None,
    totals=NO_TOTALS | dict.fromkeys(("judged_low", "judged_high", "writes_low", "writes_high")),
    doubt=None,
    sees_others=True,
    unlogged_calls=0,
    ids=pl.DataFrame(schema=IDS),
    uses=pl.DataFrame(),
    versions=pl.DataFrame(schema=VERSIONS),
    onboarding=pl.DataFrame(schema=ONBOARDING),
    visits=None,
    handling=pl.DataFrame(schema=HANDLING),
    examples=pl.DataFrame(),
    rules={},
)


def checked(name: CheckName, **said: Any) -> Check:
    """One check, on nothing but these facts."""
    [check] = [check for check in checks_of(replace(NOTHING, **said)) if check.check == name]
    return check


def totals(**said: Any) -> dict[str, Any]:
    return NOTHING.totals | said


def test_every_check_belongs_to_a_part() -> None:
    names = {
        check.check: check.part for check in checks_of(replace(NOTHING, totals=totals(sb_calls=1), visits=NO_VISITS))
    }
    assert names == PARTS


@pytest.mark.parametrize(("calls", "verdict"), [(0, "not_visible"), (19, "too_few"), (20, "shown")])
def test_the_id_is_shown_to_be_on_every_call_from_twenty_on(calls: int, verdict: Verdict) -> None:
    assert checked("id_on_every_call", totals=totals(calls=calls)).verdict == verdict


@pytest.mark.parametrize(
    ("integration", "sees_others", "verdict"),
    [(APP, True, "not_shown"), (None, True, "not_visible"), (None, False, "not_visible")],
)
def test_calls_without_the_right_id_are_the_integrations_or_of_its_partner(
    *, integration: str | None, sees_others: bool, verdict: Verdict
) -> None:
    ids = pl.DataFrame([(integration, 7654321, 2)], schema=IDS, orient="row")
    check = checked("id_on_every_call", totals=totals(calls=40), ids=ids, sees_others=sees_others)
    assert (check.verdict, check.judged) == (verdict, 42 if integration else 40)


@pytest.mark.parametrize(("doubt", "verdict"), [("example", "not_shown"), ("not_registered", "not_visible")])
def test_an_id_that_is_surely_or_perhaps_wrong_is_not_shown_to_be_right(doubt: Doubt, verdict: Verdict) -> None:
    assert checked("id_on_every_call", totals=totals(calls=40), doubt=doubt).verdict == verdict


def test_the_registry_and_the_documentation_raise_doubts_about_ids(warehouse: Warehouse) -> None:
    whys = {id_: review(warehouse, id_, Scope()).checks[0] for id_ in ("12345_678900", "2345_7")}
    assert [(check.verdict, check.why) for check in whys.values()] == [
        ("not_shown", "this is the example id of the documentation, and no integration's own"),
        ("not_visible", "2 calls carry it, but the registry does not know this id. Is it the right one?"),
    ]


def test_who_sees_only_calls_with_the_id_cannot_know_of_others() -> None:
    assert checked("id_on_every_call", totals=totals(calls=40), sees_others=False).verdict == "not_visible"


def test_calls_of_logs_without_a_place_for_the_id_are_told() -> None:
    why = checked("id_on_every_call", totals=totals(calls=40), unlogged_calls=1).why
    assert why.endswith("1 call at its customers is from logs that have no place for the id")


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.9, 0.99, "shown"), (0.5, 0.899, "not_shown"), (0.89, 0.9, "too_few")]
)
def test_good_calls_are_judged_by_the_interval_of_their_share(low: float, high: float, verdict: Verdict) -> None:
    said = totals(good=9, judged=10, judged_low=low, judged_high=high)
    check = checked("calls_succeed", totals=said)
    assert (check.verdict, check.share, check.low, check.high) == (verdict, 0.9, low, high)
    writes = totals(good_writes=9, judged_writes=10, writes_low=low, writes_high=high)
    assert checked("writes_succeed", totals=writes).verdict == verdict


@pytest.mark.parametrize(
    ("used", "calls", "verdict"),
    [(1, 1, "shown"), (0, 20, "not_shown"), (0, 19, "too_few"), (0, 0, "not_visible")],
)
def test_an_integration_that_only_logs_in_does_nothing(used: int, calls: int, verdict: Verdict) -> None:
    assert checked("api_in_use", totals=totals(used=used, calls=calls)).verdict == verdict


@pytest.mark.parametrize(
    ("rows", "verdict", "counts"),
    [
        ([("3", True, 20)], "shown", (20, 20)),
        ([("3", True, 19)], "too_few", (19, 19)),
        ([("3", True, 19), (None, True, 1)], "not_shown", (19, 20)),
        ([(None, False, 20)], "not_visible", (0, 0)),
    ],
)
def test_an_sb_program_asks_for_a_version_in_every_call(
    rows: list[tuple[str | None, bool, int]], verdict: Verdict, counts: tuple[int, int]
) -> None:
    versions = pl.DataFrame(rows, schema=VERSIONS, orient="row")
    check = checked("api_version", totals=totals(sb_calls=20), versions=versions)
    assert (check.verdict, (check.held, check.judged)) == (verdict, counts)


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        (["succeeded"] * 3, "shown"),
        (["succeeded"] * 2, "too_few"),
        (["succeeded"] * 9 + ["never"], "shown"),
        (["succeeded"] * 8 + ["never"], "not_shown"),
        (["never"], "too_few"),
        (["not_new", "removed", "too_recent"], "not_visible"),
    ],
)
def test_nine_of_ten_new_customers_get_through(states: list[str], verdict: Verdict) -> None:
    rows = pl.DataFrame({"state": states, "hours": [0.0] * len(states), "errors_before": 0}, schema=ONBOARDING)
    assert checked("customers_get_through", onboarding=rows).verdict == verdict


@pytest.mark.parametrize(("hours", "verdict"), [([0.0, 1.0, 24.0], "shown"), ([0.0, 1.0, 24.1], "not_shown")])
def test_the_first_success_comes_within_a_day(hours: list[float], verdict: Verdict) -> None:
    rows = pl.DataFrame({"state": "succeeded", "hours": hours, "errors_before": 0}, schema=ONBOARDING)
    assert checked("within_a_day", onboarding=rows).verdict == verdict


def test_who_came_to_the_onboarding_page_called_or_did_not() -> None:
    def moment(day: int, hour: int = 8) -> dt.datetime:
        return dt.datetime(2026, 10, day, hour, tzinfo=dt.UTC)

    seen = pl.DataFrame(
        {
            "customer": ["a/1", "a/1", "a/2", "a/3", "a/4", "a/5", "a/6"],
            "called_at": [moment(9), moment(8), moment(9), moment(10), moment(20), moment(21), moment(30, 23)],
        }
    )
    began = pl.DataFrame(
        {"customer": ["a/1", "a/2"], "name": ["One", "Two"], "first_call": [moment(8, 20), moment(1)]},
    )
    period = dt.date(2026, 10, 2), dt.date(2026, 10, 22)
    told = arrivals(seen, began, period, time_zone="Europe/Amsterdam")
    assert told.select("customer", "name", "state", "first_visit", "visits", "hours").rows() == [
        ("a/1", "One", "called", moment(8), 2, 12.0),
        ("a/2", "Two", "called_before", moment(9), 1, None),
        ("a/3", None, "never_called", moment(10), 1, None),
        ("a/4", None, "never_called", moment(20), 1, None),
        ("a/5", None, "too_recent", moment(21), 1, None),
    ]
    check = checked("visitors_call", visits=told)
    assert (check.verdict, check.held, check.judged) == ("not_shown", 1, 3)
    assert check.why == "1 of 3 customers that came to the onboarding page called, after 12.0 hours (the median)"
    assert checked("visitors_call", visits=told.head(2)).verdict == "too_few"
    assert checked("visitors_call", visits=told.clear()).verdict == "not_visible"


@pytest.mark.parametrize(
    ("states", "judged", "too_many", "verdict"),
    [
        (("kept", "broken"), 40, 22, "not_shown"),
        (("kept", "kept"), 10, 0, "shown"),
        (("kept", "kept"), 9, 0, "too_few"),
        (("not_judged", "not_judged"), 0, 0, "not_visible"),
    ],
)
def test_refusals_are_judged_as_in_the_practices(
    states: tuple[str, str], judged: int, too_many: int, verdict: Verdict
) -> None:
    hammering, dead = ({"state": state, "judged": judged, "calls": 0} for state in states)
    check = checked("stops_when_refused", rules={"hammering": hammering, "dead_token": dead | {"calls": too_many}})
    assert (check.verdict, check.held) == (verdict, judged - too_many)


@pytest.mark.parametrize(
    ("state", "judged", "hasty", "verdict"),
    [("broken", 3, 1, "not_shown"), ("kept", 10, 0, "shown"), ("kept", 9, 0, "too_few"), ("kept", 0, 0, "not_visible")],
)
def test_the_wait_after_a_503_is_judged_as_in_the_practices(
    state: str, judged: int, hasty: int, verdict: Verdict
) -> None:
    rule = {"state": state, "judged": judged, "calls": hasty}
    assert checked("waits_when_unavailable", rules={"ignored_unavailable": rule}).verdict == verdict


@pytest.mark.parametrize(
    ("runs", "verdict", "counts"),
    [
        ([(11, 11)], "not_shown", (0, 11)),
        ([(6, 6), (5, 5)], "shown", (11, 11)),
        ([(30, 10)], "shown", (30, 30)),
        ([(9, 9)], "too_few", (9, 9)),
        ([], "not_visible", (0, 0)),
    ],
)
def test_more_than_ten_500_in_a_row_are_too_many(
    runs: list[tuple[int, int]], verdict: Verdict, counts: tuple[int, int]
) -> None:
    rows = [(f"700000{place}", 500, errors, longest, 1, 0) for place, (errors, longest) in enumerate(runs)]
    handling = pl.DataFrame([*rows, ("7000009", 401, 99, 99, 0, 1)], schema=HANDLING, orient="row")
    check = checked("stops_after_errors", handling=handling)
    assert (check.verdict, (check.held, check.judged)) == (verdict, counts)


@pytest.mark.parametrize(
    ("recovered", "still_open", "verdict"),
    [(9, 1, "shown"), (9, 2, "not_shown"), (9, 0, "too_few"), (0, 0, "not_visible")],
)
def test_after_nine_of_ten_runs_of_errors_the_caller_succeeds_again(
    recovered: int, still_open: int, verdict: Verdict
) -> None:
    rows = [(None, 401, 50, 2, recovered, still_open), ("7000001", 401, 50, 2, recovered, still_open)]
    handling = pl.DataFrame(rows, schema=HANDLING, orient="row")
    assert checked("recovers", handling=handling).verdict == verdict


def test_the_worst_check_decides_but_of_errors_one_that_is_handled_is_enough() -> None:
    few = checked("stops_after_errors", handling=pl.DataFrame([("1", 500, 1, 1, 0, 0)], schema=HANDLING, orient="row"))
    shown = replace(few, check="recovers", verdict="shown")
    onboarded = (replace(few, part="onboarding"), replace(shown, part="onboarding"))
    verdicts = {part.part: part.verdict for part in parts_of([few, shown, *onboarded])}
    assert verdicts == {"integration": "not_visible", "onboarding": "too_few", "errors": "shown"}


def test_where_single_calls_are_gone_nobody_knows_the_first_success() -> None:
    began = pl.DataFrame(
        {
            "customer": ["7000001"],
            "name": [None],
            "branch": [None],
            "first_call": [dt.datetime(2026, 10, 8, tzinfo=dt.UTC)],
            "first_day": [dt.date(2026, 10, 8)],
            "last_call": [dt.datetime(2026, 10, 18, tzinfo=dt.UTC)],
            "calls": [2],
            "errors": [1],
            "is_new": [True],
        }
    )
    successes = pl.DataFrame(
        {
            "customer": ["7000001"],
            "first_call": [dt.datetime(2026, 10, 18, tzinfo=dt.UTC)],
            "first_success": [dt.datetime(2026, 10, 18, tzinfo=dt.UTC)],
            "errors_before": [0],
            "status_before": [None],
            "connector_before": [None],
        }
    )
    period = dt.date(2026, 10, 1), dt.date(2026, 10, 21)
    told = onboarding(began, successes, period, calls_since=dt.date(2026, 10, 15))
    assert told.select("state", "first_success", "hours", "errors_before").rows() == [("removed", None, None, None)]
    told = onboarding(began, successes, period, calls_since=dt.date(2026, 10, 8))
    assert told.select("state", "hours").rows() == [("succeeded", 240.0)]
