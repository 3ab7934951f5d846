"""The parts and defects of an IntegrationId, against the worked cases."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.engine.integration_id import parse_integration_id
from tests.ingest import worked
from tests.ingest.engine.single_values import parse_integration_ids
from tests.ingest.scale import scaled
from tests.oracle.ids import split_integration_id

FEW = settings(
    max_examples=scaled(5, 100),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


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


# -- ids with a slip in them


IDS = st.builds("{}_{}".format, st.integers(1000, 9_999_999), st.integers(1, 999_999_999))
STRANGE = st.one_of(
    st.sampled_from([*"OoIlSBxé–=?@%&\u00a0\u200b１ \t", "%5F", "%5f"]),  # noqa: RUF001
    st.characters(exclude_categories=["Cs"]),
)
SIGNS = st.lists(st.sampled_from([*"\"'`{}[]()<>,;.„”\\ ", "&quot;", "%22", "&#39;"]), max_size=4).map("".join)
NAMES = st.sampled_from(["", "IntegrationId: ", "integration_id=", "id ", "X-Integration-Id:", "name: "])


def _slipped(id_: str, slips: list[tuple[float, str, bool]]) -> str:
    """The id with each of these characters in it or before it, at its place."""
    for share, character, instead in slips:
        place = int(share * len(id_))
        id_ = id_[:place] + character + id_[place + instead :]
    return id_


SLIPS = st.lists(st.tuples(st.floats(0, 1), STRANGE, st.booleans()), max_size=3)
SLIPPED = st.builds("{}{}{}{}".format, NAMES, SIGNS, st.builds(_slipped, IDS, SLIPS), SIGNS)


@FEW
@given(st.lists(SLIPPED, min_size=40, max_size=40))
def test_an_id_with_slips_is_kept_as_a_second_reader_of_the_rule_keeps_it(texts: list[str]) -> None:
    found = parse_integration_ids(texts)
    expected = [split_integration_id(text) for text in texts]
    assert [(text, one.status, one.defect, one.stored) for text, one in zip(texts, found, strict=True)] == [
        (text, one.id_status, one.id_defect, one.integration_id) for text, one in zip(texts, expected, strict=True)
    ]
    kept = [one.stored for one in found]
    assert [one.stored for one in parse_integration_ids(kept)] == kept


WORDS = re.compile(r"(x-)?integration[_ -]?id|id|redacted|&quot;|&#39;|%22|%27|%5F", re.IGNORECASE)


@FEW
@given(st.lists(SLIPPED | st.text(max_size=24), min_size=40, max_size=40))
def test_what_is_kept_of_a_malformed_id_tells_nothing_but_digits_and_one_letter(texts: list[str]) -> None:
    """Not the words that programs write for no value; and of digits no more than an id has, or separators between them."""
    for text, one in zip(texts, parse_integration_ids(texts), strict=True):
        if one.status != "malformed" or one.stored is None or re.fullmatch(r"[\d\s_.,:;/|#+-]*", one.stored, re.ASCII):
            continue
        kept = WORDS.sub("", one.stored)
        assert len(re.findall(r"[^\W\d_]", kept)) <= (1 if re.search(r"\d", kept) else len(kept)), text
        assert not re.search(r"[0-9]{10}", kept), text


@FEW
@given(IDS, st.sampled_from(['"{}"', "'{}'", "{}x", "{{{}}}", "[{}]", "IntegrationId: {}", "„{}”", "{}\u200b"]))
def test_an_id_can_be_recognised_in_what_is_kept_of_it(id_: str, written: str) -> None:
    stored = parse_integration_id(written.format(id_)).stored
    assert stored is not None
    assert id_ in stored
