from __future__ import annotations

import pytest

from ingest.integration_id import parse_integration_id, parse_integration_ids
from tests.ingest import worked


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    """What the product says of every case, asked in one go."""
    cases = worked.id_cases()
    read = parse_integration_ids([case.text for case in cases])
    return {case.rule: vars(one) for case, one in zip(cases, read, strict=True)}


@pytest.mark.parametrize("case", worked.id_cases(), ids=lambda case: case.rule)
def test_an_integration_id_is_read_as_worked_by_hand(case: worked.IdCase, found: dict[str, dict[str, object]]) -> None:
    expected: dict[str, object] = {"status": case.status, "defect": case.defect}
    expected |= {"partner": case.partner, "project": case.project}
    if case.stored is not None or case.status == "missing":
        expected["stored"] = case.stored
    assert worked.differences(found[case.rule], expected) == {}


@pytest.mark.parametrize("case", worked.id_cases(), ids=lambda case: case.rule)
def test_a_redacted_id_is_not_what_was_sent(case: worked.IdCase, found: dict[str, dict[str, object]]) -> None:
    if case.stored == "redacted":
        assert case.text.strip()[:4] not in str(found[case.rule]["stored"])


def test_what_is_stored_of_an_id_has_at_most_64_characters(found: dict[str, dict[str, object]]) -> None:
    assert [rule for rule, one in found.items() if len(str(one["stored"] or "")) > 64] == []


def test_no_header_is_missing() -> None:
    read = parse_integration_id(None)
    assert (read.status, read.defect, read.partner, read.project, read.stored) == ("missing", None, None, None, None)


def test_many_ids_are_answered_in_their_order() -> None:
    texts = ["1234_5678", None, "1234_5678", "4321_1", "-"]
    assert [one.stored for one in parse_integration_ids(texts)] == ["1234_5678", None, "1234_5678", "4321_1", None]


def test_no_ids_are_no_answers() -> None:
    assert parse_integration_ids([]) == []
