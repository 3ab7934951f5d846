"""The oracle is held to the same worked cases as the product."""

from __future__ import annotations

import zoneinfo
from dataclasses import asdict

import pytest

from tests.ingest import worked
from tests.oracle.oracle import (
    Context,
    Ignored,
    ReadUrl,
    Reject,
    outcome,
    party,
    read_file,
    read_url,
    split_integration_id,
)


@pytest.mark.parametrize("case", worked.id_cases(), ids=lambda case: case.rule)
def test_oracle_reads_an_integration_id_as_worked_by_hand(case: worked.IdCase) -> None:
    found = split_integration_id(case.text)
    assert (found.id_status, found.id_defect, found.partner, found.project) == (
        case.status,
        case.defect,
        case.partner,
        case.project,
    )
    assert case.stored is None or found.integration_id == case.stored


@pytest.mark.parametrize("case", worked.url_cases(), ids=lambda case: case.rule)
def test_oracle_reads_a_url_as_worked_by_hand(case: worked.UrlCase) -> None:
    found = read_url(case.method, case.url)
    if isinstance(found, ReadUrl):
        assert asdict(found) == case.expected
    else:
        assert found.reason == case.expected


@pytest.mark.parametrize("case", worked.outcome_cases(), ids=str)
def test_oracle_reads_an_outcome_as_worked_by_hand(case: worked.OutcomeCase) -> None:
    found = outcome(case.status, case.duration_ms, case.query_length)
    assert (found, party(found)) == (case.outcome, case.party)


@pytest.mark.parametrize("case", worked.line_cases(), ids=lambda case: case.rule)
def test_oracle_reads_a_line_as_worked_by_hand(case: worked.LineCase) -> None:
    time_zone = zoneinfo.ZoneInfo(case.time_zone) if case.time_zone else None
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE, host=case.host, time_zone=time_zone)
    *headers, found = read_file(case.format, case.content, context)
    assert all(isinstance(header, Ignored) for header in headers)
    if case.ignored:
        assert isinstance(found, Ignored)
    elif case.reject:
        assert found == Reject(case.reject)
    else:
        assert isinstance(found, dict)
        del found["line_number"], found["stream"]
        assert found == worked.whole(case.call, set(found))


@pytest.mark.parametrize("case", worked.file_cases(), ids=lambda case: case.rule)
def test_oracle_gives_every_line_of_a_file_the_fate_worked_by_hand(case: worked.FileCase) -> None:
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    fates = [
        fate["customer"] if isinstance(fate, dict) else fate.reason if isinstance(fate, Reject) else "ignored"
        for fate in read_file(case.format, case.content, context)
    ]
    assert fates == case.fates
