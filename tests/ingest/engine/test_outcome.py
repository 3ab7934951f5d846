"""The outcome of a call, from its status, duration and query, against the worked cases."""

from __future__ import annotations

from typing import get_args

import pytest

from ingest.call import Outcome
from tests.ingest import worked
from tests.ingest.engine.single_values import outcome_of, party_of


@pytest.mark.parametrize("case", worked.outcome_cases(), ids=str)
def test_a_status_means_what_was_worked_by_hand(case: worked.OutcomeCase) -> None:
    found = outcome_of(case.status, duration_ms=case.duration_ms, query_length=case.query_length)
    assert (found, party_of(found)) == (case.outcome, case.party)


def test_every_outcome_has_a_worked_case() -> None:
    assert {case.outcome for case in worked.outcome_cases()} == set(get_args(Outcome))
