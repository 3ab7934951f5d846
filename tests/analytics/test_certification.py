"""The certification clock: the truth table of `state`, worked by hand, and the course against plain counting."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest

from analytics.certification.certification import Certification, certification
from analytics.certification.reasons import COLUMNS
from analytics.errors import AnalyticsError
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.certified import Calls, on, registered, row_of
from tests.analytics.given import call, given_lake, given_snapshot
from tests.analytics.office_logs import but, office

# Nine working weeks, from Monday 7 September to Friday 6 November 2026. The window of 30 days: 8 October to 6 November.
LAST_DAY = dt.date(2026, 11, 6)
GAP = dt.date(2026, 10, 14)


def clients() -> Calls:
    """What the integrations of the truth table did, in the same log as all else."""
    return [
        *on("09-08", "1000001_1", 5),  # five in September, nobody in the window
        *on("11-05", "1000001_2", 1),
        *on("11-05", "1000001_3", 4),
        *on("11-05", "1000001_4", 5),
        *on("11-05", "1000001_5", 4),  # four go on, two fell silent on 13 October
        *on("10-12 10-13", "1000001_5", 2, first=11),
        *on("11-05", "1000001_6", 5),  # five go on, one fell silent
        *on("10-12 10-13", "1000001_6", 1, first=11),
        # 1000001_7 never called
        *on("09-08", "1000002_1", 5),
        *on("11-05", "1000002_2", 1),
        *on("11-05", "1000002_3", 4),
        *on("11-05", "1000002_4", 5),
        *on("11-05", "1000002_5", 4),
        *on("10-12 10-13", "1000002_5", 2, first=11),
        # what makes no customer: a failure, the partner's own environment, a test environment
        *on("11-05", "1000002_3", 1, first=21, status=500),
        *on("11-05", "1000002_3", 1, customer="1000002"),
        *on("11-05", "1000002_3", 1, first=22, environment="test"),
    ]


CERTIFIED = {f"1000001_{number}" for number in range(1, 8)}
COMPLETE = {
    "1000001_1": "lost",
    "1000001_2": "at_risk",
    "1000001_3": "at_risk",
    "1000001_4": "certified",
    "1000001_5": "at_risk",
    "1000001_6": "certified",
    "1000001_7": "lost",
    "1000002_1": "not_yet",
    "1000002_2": "not_yet",
    "1000002_3": "not_yet",
    "1000002_4": "eligible",
    "1000002_5": "eligible",
    "1000002_7": "not_yet",
}
ENOUGH = {
    "1000001_4": "certified",
    "1000001_5": "certified",
    "1000001_6": "certified",
    "1000002_4": "eligible",
    "1000002_5": "eligible",
}
INCOMPLETE = dict.fromkeys(COMPLETE, "unknown") | ENOUGH


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Warehouse]]:
    """The truth table's integrations beside a log that is whole, and beside one that misses a day of the window."""
    folder = tmp_path_factory.mktemp("certification")
    rows = [f"{integration},,,2026-01-01," for integration in sorted(CERTIFIED)] + ["1000002_7,,,,"]
    logs = {"whole": office(9, 4), "with_a_gap": office(9, but(4, on=GAP))}
    opened = {
        name: Warehouse.open(
            given_lake(folder / name, [*clients(), *log], registry=[registered(folder, rows)]),
        )
        for name, log in logs.items()
    }
    yield opened
    for warehouse in opened.values():
        warehouse.close()


def states(answer: Certification) -> dict[str, str]:
    rows = answer.rows.filter(pl.col("integration") != "1234567_1")  # whose calls the other log holds
    return dict(rows.select("integration", "state").iter_rows())


@pytest.mark.parametrize(
    ("log", "asked", "expected"),
    [
        ("whole", {}, COMPLETE),
        ("with_a_gap", {}, INCOMPLETE),
        # the days before the first log are missing too: of the window that ends on 12 September, all but six days;
        # and who is not registered was not known yet
        (
            "whole",
            {"until": "2026-09-13"},
            dict.fromkeys([*CERTIFIED, "1000002_7"], "unknown") | {"1000001_1": "certified", "1000002_1": "eligible"},
        ),
        # calls that were left out could make more customers, and silence is not silence then
        ("whole", {"stream": "gateway"}, INCOMPLETE),
        ("whole", {"environment": "all"}, dict.fromkeys(COMPLETE, "unknown")),
    ],
)
def test_the_truth_table_of_state(
    warehouses: Mapping[str, Warehouse], log: str, asked: dict[str, str], expected: dict[str, str]
) -> None:
    answer = certification(warehouses[log], Scope.parse(asked))
    assert states(answer) == expected
    verdict = answer.rows["integration"].is_in(sorted(CERTIFIED))
    assert answer.rows["certified"].to_list() == verdict.to_list()


def test_a_row_says_what_it_counted(warehouses: Mapping[str, Warehouse]) -> None:
    answer = certification(warehouses["whole"], Scope(integration="1000001_5"))
    assert answer.window == (dt.date(2026, 10, 8), dt.date(2026, 11, 7))
    assert answer.rows.select(COLUMNS).to_dicts() == [
        {
            "integration": "1000001_5",
            "name": None,
            "certified": True,
            "state": "at_risk",
            "customers": 6,
            "customers_required": 5,
            "window_days": 30,
            "last_customer_call": dt.datetime(2026, 11, 5, 8, tzinfo=dt.UTC),
            "reasons": ["falling", "window_ends"],
            # both last called on 13 October: on 12 November they are 30 days ago, six days after the last one
            "days_left": 6,
            "complete": True,
            # two customers since 12 October were too few, and the four of 5 November are too few without them
            "since": dt.date(2026, 10, 12),
            "certified_since": dt.date(2026, 1, 1),
            "certified_until": None,
        }
    ]


@pytest.mark.parametrize(
    ("integration", "reasons", "days_left", "missing"),
    [
        ("1000001_1", ["no_customers"], 0, 5),
        ("1000001_2", ["too_few_customers"], 0, 4),
        # all five called on 5 November: 30 days later, 29 after the last one, none of them is left
        ("1000001_4", [], 29, 0),
        ("1000001_7", ["no_customers", "never_called"], 0, 5),
        ("1000002_2", ["too_few_customers", "not_registered"], None, 4),
        ("1000002_3", ["too_few_customers", "failing_customers", "not_registered"], None, 1),
    ],
)
def test_reasons_and_what_would_restore_it(
    warehouses: Mapping[str, Warehouse], integration: str, reasons: list[str], days_left: int | None, missing: int
) -> None:
    row = row_of(certification(warehouses["whole"], Scope()), integration)
    assert (row["reasons"], row["days_left"], row["missing"]) == (reasons, days_left, missing)


def test_missing_logs_are_the_reason_and_nobody_is_called_silent(warehouses: Mapping[str, Warehouse]) -> None:
    row = row_of(certification(warehouses["with_a_gap"], Scope()), "1000001_5")
    assert (row["state"], row["reasons"], row["days_left"], row["complete"]) == (
        "certified", ["logs_missing"], 6, False,
    )  # fmt: skip


def test_what_needs_somebody_stands_first(warehouses: Mapping[str, Warehouse]) -> None:
    answer = certification(warehouses["whole"], Scope())
    assert answer.rows["integration"].to_list() == [
        *("1000001_1", "1000001_7"),
        *("1000001_2", "1000001_3", "1000001_5"),
        *("1000001_4", "1000001_6"),
        *("1000002_4", "1000002_5"),
        *("1000002_1", "1000002_7", "1000002_2", "1234567_1", "1000002_3"),
    ]


def test_a_partner_an_integration_or_a_product_chooses_rows(warehouses: Mapping[str, Warehouse]) -> None:
    whole = warehouses["whole"]
    assert set(states(certification(whole, Scope(partner=1000001)))) == CERTIFIED
    assert set(states(certification(whole, Scope(integration="1000001_7")))) == {"1000001_7"}
    assert states(certification(whole, Scope(product="sb"))) == {}


def test_window_and_number_can_be_others(warehouses: Mapping[str, Warehouse]) -> None:
    answer = certification(warehouses["whole"], Scope(partner=1000001), window_days=10, required=4)
    # from 28 October on; four are enough, and those who fell silent have left
    assert {row["integration"]: (row["state"], row["customers"]) for row in answer.rows.to_dicts()} == {
        "1000001_1": ("lost", 0),
        "1000001_7": ("lost", 0),
        "1000001_2": ("at_risk", 1),
        "1000001_3": ("certified", 4),
        "1000001_5": ("certified", 4),
        "1000001_4": ("certified", 5),
        "1000001_6": ("certified", 5),
    }


@pytest.mark.parametrize(("options", "said"), [({"window_days": 0}, "1 to 400"), ({"required": 0}, "1 or more")])
def test_a_window_that_cannot_be_is_refused(
    warehouses: Mapping[str, Warehouse], options: dict[str, int], said: str
) -> None:
    with pytest.raises(AnalyticsError, match=said):
        certification(warehouses["whole"], Scope(), **options)


def test_an_empty_lake_has_no_rows(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", registry=[registered(tmp_path, ["1000001_1,,,2026-01-01,"])])
    with Warehouse.open(lake) as warehouse:
        answer = certification(warehouse, Scope())
    assert answer.rows.is_empty()
    assert answer.rows.columns[: len(COLUMNS)] == list(COLUMNS)
    assert answer.window is None


def test_certified_is_what_the_registry_says_of_that_day(tmp_path: Path) -> None:
    rows = [
        "1000001_1,Ended,,2026-01-01,2026-10-10",
        "1000001_2,Ends,,2026-01-01,2026-10-11",
        "1000001_3,Begins,,2026-10-10,",
        "1000001_4,Later,,2026-10-11,",
    ]
    every_day = " ".join(f"{dt.date(2026, 9, 1) + dt.timedelta(days=number):%m-%d}" for number in range(40))
    calls = [row for number in range(1, 5) for row in on("09-01 10-10", f"1000001_{number}", 1)]
    calls += on(every_day, "1000002_1", 1)  # a log that would tell if days of it were missing
    lake = given_lake(tmp_path / "lake", calls, registry=[registered(tmp_path, rows)])
    with Warehouse.open(lake) as warehouse:
        answer = certification(warehouse, Scope(), required=1)
        days_of_first = answer.course.filter(pl.col("integration") == "1000001_1")
    named = answer.rows.filter(pl.col("name").is_not_null())
    assert {row["name"]: (row["state"], row["reasons"], row["since"]) for row in named.to_dicts()} == {
        "Ended": ("eligible", ["certification_ended"], dt.date(2026, 10, 10)),
        "Ends": ("certified", ["certification_ends"], dt.date(2026, 10, 10)),
        "Begins": ("certified", [], dt.date(2026, 10, 10)),
        # nobody in the window from 1 to 9 October
        "Later": ("eligible", [], dt.date(2026, 10, 10)),
    }
    assert days_of_first["certified"].to_list() == [True] * 39 + [False]


def test_an_old_id_counts_for_the_new_one_and_has_no_row(tmp_path: Path) -> None:
    rows = ["1000001_1,,,2026-01-01,", "1000001_2,,1000001_1,2026-01-01,"]
    calls = [*on("10-10", "1000001_1", 1), *on("10-10", "1000001_2", 1, first=2)]
    lake = given_lake(tmp_path / "lake", calls, registry=[registered(tmp_path, rows)])
    with Warehouse.open(lake) as warehouse:
        for asked in (Scope(), Scope(integration="1000001_1")):
            answer = certification(warehouse, asked)
            assert answer.rows.select("integration", "customers").rows() == [("1000001_2", 2)]


def test_a_gap_in_the_logs_of_one_product_does_not_concern_the_other(tmp_path: Path) -> None:
    calls = [
        *office(9, but(4, on=GAP)),
        *on("11-05", "1000001_1", 1),
        *office(9, 4, integration_id="1000001_2", product="sb", stream="focus", customer="beers/enyoi"),
    ]
    with Warehouse.over(given_snapshot(tmp_path, calls), RegistryFiles()) as warehouse:
        assert states(certification(warehouse, Scope())) == {"1000001_1": "unknown", "1000001_2": "not_yet"}


@pytest.mark.parametrize(("thin_days", "state"), [(1, "not_yet"), (2, "unknown")])
def test_thin_hours_count_as_missing_when_holidays_do_not_explain_them(
    tmp_path: Path, thin_days: int, state: str
) -> None:
    # of 22 working days of 128 calls in the window each day that has 8 misses 120; two average days of the 30 are 188
    def per_hour(day: dt.date, _: int) -> int:
        worked = [dt.date(2026, 10, 12) + dt.timedelta(days=week + number) for week in (0, 7) for number in range(5)]
        return 1 if day in worked[:thin_days] else 16

    calls = office(9, per_hour, customer="7000001")
    with Warehouse.over(given_snapshot(tmp_path, calls), RegistryFiles()) as warehouse:
        (row,) = certification(warehouse, Scope()).rows.to_dicts()
    assert (row["state"], row["customers"], "logs_thin" in row["reasons"]) == (state, 1, state == "unknown")


def test_the_course_is_what_plain_counting_says(tmp_path: Path) -> None:
    chance = random.Random(4)
    first = dt.date(2026, 9, 1)
    calls = [
        call(
            called_at=f"{first + dt.timedelta(days=chance.randrange(60))}T10:00:00Z",
            integration_id=f"1000001_{chance.randrange(1, 4)}",
            customer=str(chance.choice([1000001, 7000001, 7000002, 7000003, 7000004])),
            status=chance.choice([200, 200, 500]),
        )
        for _ in range(120)
    ]
    with Warehouse.over(given_snapshot(tmp_path, calls), RegistryFiles()) as warehouse:
        course = certification(warehouse, Scope(), window_days=12).course
    days = sorted(course["day"].unique())
    assert (len(days), course.height) == ((days[-1] - days[0]).days + 1, 3 * len(days))
    for integration, day, customers, silent in course.select("integration", "day", "customers", "silent").iter_rows():
        assert (customers, silent) == counted(calls, integration, day, 12), (integration, day)


def counted(calls: Calls, integration: str, day: dt.date, window: int) -> tuple[int, int]:
    """Customers in the window that ends with a day, and how many of them are silent."""
    active: dict[str, set[dt.date]] = {}
    for row in calls:
        if (
            row["integration"] == integration
            and row["status"] < 400
            and row["operation"] != "auth"
            and not row["own"]
            and row["day"] <= day
        ):
            active.setdefault(row["customer"], set()).add(row["day"])
    customers = silent = 0
    for days in active.values():
        silence = (day - max(days)).days
        if silence < window:
            customers += 1
            usual = (max(days) - min(days)).days / (len(days) - 1) if len(days) > 1 else None
            silent += usual is not None and silence >= 7 and silence >= 3 * usual
    return customers, silent
