"""`verify` proves every invariant of rows: each is broken here in a lake that was sound, and named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from ingest import verify
from ingest.limits import Limits
from tests.ingest.lakes import broken, loads, store, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ingest.lake.sound import Given


Row: TypeAlias = dict[str, Any]

UNKNOWN = "f" * 16


def test_a_sound_lake_has_nothing_broken(given: Given) -> None:
    verification = verify(given.lake)
    assert [check for check in verification.checks if not check.ok] == []
    assert verification.ok


@dataclass(frozen=True)
class _Case:
    """A change of the rows of a table, the check that notices it, and the check's message."""

    check: str
    table: str
    change: Callable[[list[Row], Given], object]
    said: str


def _where(rows: list[Row], load_id: str, line_number: int = 1) -> Row:
    (row,) = [row for row in rows if (row["load_id"], row["line_number"]) == (load_id, line_number)]
    return row


def _load(**columns: object) -> Callable[[list[Row], Given], object]:
    return lambda rows, given: next(row for row in rows if row["load_id"] == given.grown).update(columns)


CASES = [
    _Case(
        "calls_are_all_there",
        "calls",
        lambda rows, given: rows.remove(_where(rows, given.first)),
        "load {first} ({log}): the ledger says 2 calls, the table has 1",
    ),
    _Case(
        "calls_are_all_there",
        "calls",
        lambda rows, given: _where(rows, given.grown, 4).update(load_id=UNKNOWN),
        "load {grown} ({log}): the ledger says 1 calls, the table has 0; "
        "load ffffffffffffffff: the ledger says 0 calls, the table has 1",
    ),
    _Case(
        "rejects_are_all_there",
        "rejects",
        lambda rows, given: rows.remove(_where(rows, given.first, 3)),
        "load {first} ({log}): the ledger says 1 rejects, the table has 0",
    ),
    _Case(
        "rejects_are_all_there",
        "rejects",
        lambda rows, given: rows.append(_where(rows, given.first, 3) | {"load_id": UNKNOWN}),
        "load ffffffffffffffff: the table has 1 rejects of it, the ledger does not know it",
    ),
    _Case(
        "no_line_counts_twice",
        "calls",
        lambda rows, given: rows.append(_where(rows, given.first)),
        "load {first}, line 1: 2 times",
    ),
    _Case(
        "no_line_counts_twice",
        "rejects",
        lambda rows, given: _where(rows, given.first, 3).update(line_number=2),
        "load {first}, line 2: 2 times",
    ),
    _Case(
        "rows_carry_the_stream_of_their_load",
        "calls",
        lambda rows, given: _where(rows, given.first).update(stream="elsewhere"),
        "load {first} ({log}): is of stream {stream}, but has rows of elsewhere",
    ),
    _Case(
        "rows_carry_the_stream_of_their_load",
        "rejects",
        lambda rows, given: _where(rows, given.first, 3).update(stream="elsewhere"),
        "load {first} ({log}): is of stream {stream}, but has rows of elsewhere",
    ),
    _Case(
        "every_line_has_one_fate",
        "loads",
        _load(lines=7),
        "load {grown} ({log}): 7 lines, but 1 calls + 0 rejects + 0 ignored",
    ),
    _Case(
        "bytes_add_up",
        "loads",
        _load(start_byte=5),
        "load {grown} ({log}): begins at byte 5, the load before it ({first}) ends at {first_end}",
    ),
    _Case(
        "bytes_add_up",
        "loads",
        _load(parent=None, start_byte=5),
        "load {grown} ({log}): begins at byte 5, where no load ends",
    ),
    _Case(
        "bytes_add_up",
        "loads",
        _load(end_byte=5),
        "load {grown} ({log}): begins at byte {first_end} and ends at 5",
    ),
    _Case(
        "no_content_is_loaded_twice",
        "loads",
        lambda rows, given: [
            row.update(end_byte=9, content_sha256="00") for row in rows if row["load_id"] != given.other
        ],
        "loads {both} end at the same place of the same content",
    ),
    _Case(
        "loads_say_when",
        "loads",
        _load(first_call=dt.datetime(2026, 10, 2, tzinfo=dt.UTC)),
        "load {grown} ({log}): its calls are of 2026-09-30 21:50:02+00 to 2026-09-30 21:50:02+00, "
        "the ledger says 2026-10-02 00:00:00+00 to 2026-09-30 21:50:02+00",
    ),
    _Case("ledger_is_in_order", "loads", _load(decision=9), "load {grown}: is decision 9, the one before it is 3"),
    _Case(
        "ledger_is_in_order",
        "loads",
        lambda rows, given: rows.append(next(row for row in rows if row["load_id"] == given.other)),
        "load {other} ({other_log}): is in the ledger twice",
    ),
    _Case(
        "parents_come_first",
        "loads",
        _load(parent=UNKNOWN),
        "load {grown} ({log}): grew from load ffffffffffffffff, which does not hold",
    ),
    _Case(
        "parents_come_first",
        "loads",
        lambda rows, _: [row.update(decision=3 - row["decision"]) for row in rows if row["decision"] < 3],
        "load {grown} ({log}): grew from load {first}, which comes after it",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}: {case.said}")
def test_what_is_broken_is_named(given: Given, case: _Case) -> None:
    before = {row["load_id"]: row for row in loads(given.lake)}
    found = stored(given.lake, case.table)
    case.change(found, given)
    store(given.lake, case.table, found)
    said = case.said.format(
        **vars(given),
        stream=before[given.first]["stream"],
        other_log=before[given.other]["source"],
        first_end=before[given.first]["end_byte"],
        both=", ".join(sorted([given.first, given.grown])),
    )
    assert said in broken(given.lake).get(case.check, "holds")


BROKEN_CALLS: list[tuple[Row, str]] = [
    ({"day": dt.date(2026, 9, 29)}, "day 2026-09-29 is not called_at's"),
    ({"customer": None}, "a column is empty that must not be"),
    ({"product": "other"}, "product other is not known"),
    ({"protocol": "grpc"}, "protocol grpc is not known"),
    ({"environment": "live"}, "environment live is not known"),
    ({"product": "sb", "customer": "beers/enyoi", "environment": "test"}, "environment test is not known"),
    ({"operation": "patch"}, "operation patch is not known"),
    ({"token_form": "jwt"}, "token_form jwt is not known"),
    ({"id_status": "good"}, "id_status good is not known"),
    ({"id_defect": "ugly"}, "id_defect ugly is not known"),
    ({"status": 999}, "status 999 is none"),
    ({"method": "get"}, "method is none"),
    ({"operator_types": [1, 0]}, "an operator type is none"),
    ({"operator_types": [100]}, "an operator type is none"),
    ({"operator_types": [None, 1]}, "an operator type is none"),
    ({"request_bytes": -1}, "a size or duration is negative"),
    ({"partner": 4322}, "integration and its parts differ"),
    ({"integration_id": "4321_2"}, "integration and its parts differ"),
    ({"id_status": "missing", "integration_id": None}, "attributed without a valid id"),
    ({"id_defect": "too_short"}, "id_status, id_defect and integration_id differ"),
    ({"own": True}, "own is wrong"),
    ({"outcome": "timeout"}, "outcome does not follow from status"),
    ({"user_agent": "App/1 (me@example.nl)"}, "user_agent does not fit its pattern"),
    ({"user_agent": "x" * 257}, "user_agent does not fit its pattern"),
    ({"user_agent": "App PHRva2VuPjx2"}, "user_agent does not fit its pattern"),
    ({"connector": "Kn Subject"}, "connector does not fit its pattern"),
    ({"connector": "123456789"}, "connector does not fit its pattern"),
    ({"request_id": "a b"}, "request_id does not fit its pattern"),
    ({"api_version": "Bearer"}, "api_version does not fit its pattern"),
    ({"body_integration_id": "4321"}, "body_integration_id does not fit its pattern"),
    ({"endpoint": "connectors?filter"}, "endpoint does not fit its pattern"),
    ({"filter_fields": ["Name", "a@b"]}, "filter_fields does not fit its pattern"),
    ({"customer": "1234 Jansen"}, "customer does not fit its pattern"),
]
BROKEN_REJECTS: list[tuple[Row, str]] = [
    ({"reason": "odd"}, "its reason is not known"),
    ({"byte_offset": -1}, "source, line_number or byte_offset is missing or negative"),
    ({"called_at": dt.datetime(1999, 12, 31, tzinfo=dt.UTC)}, "called_at is impossible"),
    ({"integration": "4321_1 Jansen"}, "integration is no valid id"),
    ({"sample": "{Jansen"}, "sample does not fit its pattern"),
    ({"sample": "GET 203.0.113.9 200"}, "sample does not fit its pattern"),
    ({"sample": "2001:db8:0:0:0:0:0:9"}, "sample does not fit its pattern"),
    ({"sample": "200 123.456.782"}, "sample does not fit its pattern"),
    ({"sample": "{" * 201}, "sample does not fit its pattern"),
    ({"detail": "of 123456789"}, "detail does not fit its pattern"),
]


@pytest.mark.parametrize(("table", "changes"), [("calls", BROKEN_CALLS), ("rejects", BROKEN_REJECTS)])
def test_each_row_that_breaks_the_contract_is_named(given: Given, table: str, changes: list[tuple[Row, str]]) -> None:
    found = stored(given.lake, table)
    (row,) = [row for row in found if row["load_id"] == given.other]
    made = [row | {"line_number": 100 + number} | change for number, (change, _) in enumerate(changes)]
    store(given.lake, table, [*found, *made])
    texts = broken(given.lake, limits=Limits(findings=100))
    said = [
        text
        for check in ("calls_keep_the_contract", "rejects_keep_the_contract", "free_text_fits_its_pattern")
        for text in texts.get(check, "").split("; ")
        if text
    ]
    expected = [f"load {given.other}, line {100 + number}: {defect}" for number, (_, defect) in enumerate(changes)]
    assert sorted(said) == sorted(expected)


def test_the_first_of_many_are_named_and_the_rest_counted(given: Given) -> None:
    found = stored(given.lake, "calls")
    store(
        given.lake, "calls", [row | {"line_number": number, "own": True} for row in found for number in range(10, 13)]
    )
    said = broken(given.lake)["calls_keep_the_contract"]
    assert said.count("own is wrong") == 5
    assert said.endswith("; and 7 more")
