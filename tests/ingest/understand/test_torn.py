"""A last line without an end counts as cut off if some continuation could make a record of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.understand.torn import may_go_on

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.text(max_size=5), VALUES, max_size=4)


@settings(deadline=None)
@given(record=RECORDS, is_ascii=st.booleans(), cut=st.integers(min_value=1))
def test_every_beginning_of_an_object_may_go_on(record: dict[str, object], is_ascii: bool, cut: int) -> None:  # noqa: FBT001
    text = json.dumps(record, ensure_ascii=is_ascii)
    assert may_go_on(text[: 1 + (cut - 1) % (len(text) - 1)], "json", None)


@settings(deadline=None)
@given(record=RECORDS, behind=st.sampled_from([" x", "}", "]", ",", '"', "{}"]))
def test_nothing_makes_a_record_of_an_object_with_more_behind_it(record: dict[str, object], behind: str) -> None:
    assert not may_go_on(json.dumps(record) + behind, "json", None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("finished", False),
        ('{"a": never}', False),
        ("{'a': 1}", False),
        ("2026-10-01T07:00:00.28Z stdou", True),
        ('<190>Oct  1 09:00:00 edge01 caddy[77]: {"a', True),
        ("caddy-1  | ", True),
        ('{"a": ' * 100_000, True),
    ],
)
def test_what_stands_before_an_object_may_be_cut_off_as_well(line: str, expected: bool) -> None:  # noqa: FBT001
    assert may_go_on(line, "json", None) == expected
