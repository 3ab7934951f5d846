"""Every known fault has tests, and these tests exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.ingest.worked import CASES

TESTS = Path(__file__).parents[1]
FAULTS = tomllib.loads((CASES / "faults.toml").read_text(encoding="utf-8"))["fault"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["input"])
def test_a_fault_has_its_tests(fault: dict[str, list[str]]) -> None:
    assert fault["tests"]
    for test in fault["tests"]:
        file, _, function = test.partition("::")
        assert re.search(rf"^def {function or 'test_'}", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE), test
