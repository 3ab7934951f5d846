"""A certificate belongs to an integration and not to a number: an id inherits the certificate of the id that it replaces."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from analytics.certification.certification import certification
from analytics.registry import load_registry
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

HEADER = "integration,name,replaces,certified_since,certified_until"
SINCE, UNTIL = dt.date(2024, 3, 1), dt.date(2028, 3, 1)
OLD = "1000001_11,Old,,2024-03-01,2028-03-01"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def listed(folder: Path, *rows: str) -> Path:
    path = folder / "integrations.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def certificate(lake: Path, integration: str, scope: Scope | None = None) -> tuple[object, ...]:
    with Warehouse.open(lake) as warehouse:
        rows = certification(warehouse, scope or Scope()).rows
        known = warehouse.metric("certification", scope or Scope()).filter(pl.col("integration") == integration)
    row = rows.row(by_predicate=pl.col("integration") == integration, named=True)
    assert known["certified"].to_list() == [row["certified"]]
    inherited = "certification_inherited" in row["reasons"]
    return row["certified"], row["certified_since"], row["certified_until"], row["inherited_from"], inherited


@pytest.mark.parametrize(
    ("rows", "asked", "expected"),
    [
        ([OLD, "1000001_12,New,1000001_11,,"], "1000001_12", (True, SINCE, UNTIL, "1000001_11", True)),
        # over a row in between that says nothing
        (
            [OLD, "1000001_12,Newer,1000001_11,,", "1000001_13,Newest,1000001_12,,"],
            "1000001_13",
            (True, SINCE, UNTIL, "1000001_11", True),
        ),
        # its own row has the word, also where it gives one of the two dates only
        (
            [OLD, "1000001_12,New,1000001_11,,2026-09-01"],
            "1000001_12",
            (False, None, dt.date(2026, 9, 1), None, False),
        ),
        (["1000001_11,Old,,,", "1000001_12,New,1000001_11,,"], "1000001_12", (False, None, None, None, False)),
        # nobody inherits from an id that is not replaced
        ([OLD, "1000001_12,Other,,,"], "1000001_12", (False, None, None, None, False)),
    ],
)
def test_an_id_that_replaces_a_certified_one_has_its_certificate(
    tmp_path: Path, rows: list[str], asked: str, expected: tuple[object, ...]
) -> None:
    calls = [call(called_at=f"2026-10-{day:02}T08:00:00Z", integration_id=asked) for day in range(1, 31)]
    lake = given_lake(tmp_path / "lake", calls, registry=[listed(tmp_path, *rows)])
    assert certificate(lake, asked) == expected


def test_the_replaced_row_may_stand_in_an_earlier_list_only(tmp_path: Path) -> None:
    calls = [call(called_at=f"2026-10-{day:02}T08:00:00Z", integration_id="1000001_12") for day in range(1, 31)]
    lake = given_lake(tmp_path / "lake", calls, registry=[listed(tmp_path, OLD)])
    later = NOW + dt.timedelta(days=1)
    load_registry(lake, [listed(tmp_path, "1000001_12,New,1000001_11,,")], now=later)
    assert certificate(lake, "1000001_12") == (True, SINCE, UNTIL, "1000001_11", True)
    # before the second list began the certificate was there as well
    before = Scope(until=dt.date(2026, 10, 10))
    assert certificate(lake, "1000001_12", before)[:3] == (True, SINCE, UNTIL)


OWN_CASES = [
    # (rows of the registry, calls as (customer, id), own of each)
    # the partner's number changed from 1000001 to 2000002: both environments stay its own, whichever id is sent
    (
        ["2000002_1,New,1000001_1,,"],
        [("1000001", "1000001_1"), ("1000001", "2000002_1"), ("2000002", "2000002_1"), ("2000002", "1000001_1")],
        [True, True, True, True],
    ),
    # somebody else took over one of two integrations: who made it may be a customer now
    (
        ["2000002_1,Taken over,1000001_1,,", "1000001_2,Kept,,,"],
        [("1000001", "1000001_1"), ("1000001", "2000002_1"), ("2000002", "2000002_1"), ("1000001", "1000001_2")],
        [True, False, True, True],
    ),
    # a number that changed twice
    (
        ["2000002_1,New,1000001_1,,", "3000003_1,Newer,2000002_1,,"],
        [("1000001", "3000003_1"), ("2000002", "3000003_1"), ("2000002", "1000001_1"), ("7000001", "3000003_1")],
        [True, True, True, False],
    ),
]


@pytest.mark.parametrize(("rows", "calls", "expected"), OWN_CASES)
def test_what_was_the_partners_own_environment_stays_its_own(
    tmp_path: Path, rows: list[str], calls: list[tuple[str, str]], expected: list[bool]
) -> None:
    made = [
        call(called_at=f"2026-10-01T08:00:{place:02}Z", customer=customer, integration_id=sent)
        for place, (customer, sent) in enumerate(calls)
    ]
    lake = given_lake(tmp_path / "lake", made, registry=[listed(tmp_path, *rows)])
    with Warehouse.open(lake) as warehouse:
        assert warehouse.query("select own from calls order by called_at")["own"].to_list() == expected
