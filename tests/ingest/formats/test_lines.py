"""Whole lines of every format, read by `inspect`, against the worked cases."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions, inspect
from tests.ingest import worked

if TYPE_CHECKING:
    from pathlib import Path

OF_THE_LOAD = {"load_id", "line_number", "stream"}


def _together(case: worked.LineCase) -> tuple[str, str, str, str]:
    return case.format, case.host or "", case.time_zone or "", case.header or ""


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What became of every case: the columns of a call, the reason of a reject, or None. Lines of one header in one file."""
    found: dict[str, object] = {}
    folder = tmp_path_factory.mktemp("lines")
    groups = groupby(sorted(worked.line_cases(), key=_together), key=_together)
    for number, ((log_format, host, time_zone, header), group) in enumerate(groups):
        cases = list(group)
        path = folder / f"{number}.log"
        lines = [header] * bool(header) + [case.line for case in cases]
        path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        options = ReadOptions(
            log_format=log_format, host=host or None, time_zone=time_zone or None, stream="test", final=True
        )
        inspection = inspect(str(path), options, limit=None, now=worked.NOW)
        assert inspection.lines == len(lines)
        fate = {call.line_number: call.model_dump() for call in inspection.calls}
        fate |= {reject.line_number: reject.reason for reject in inspection.rejects}
        found |= {case.rule: fate.get(line) for line, case in enumerate(cases, start=1 + bool(header))}
    return found


@pytest.mark.parametrize("case", worked.line_cases(), ids=lambda case: case.rule)
def test_a_line_is_read_as_worked_by_hand(case: worked.LineCase, fates: dict[str, object]) -> None:
    fate = fates[case.rule]
    if case.call:
        assert isinstance(fate, dict), fate
        expected = worked.whole(case.call, set(fate) - OF_THE_LOAD)
        assert worked.differences(fate, expected) == {}
    else:
        assert fate == case.reject


@pytest.mark.parametrize("case", worked.file_cases(), ids=lambda case: case.rule)
def test_every_line_of_a_file_has_the_fate_worked_by_hand(case: worked.FileCase, tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_bytes(case.content)
    options = ReadOptions(log_format=case.format, final=True)
    inspection = inspect(str(path), options, limit=None, now=worked.NOW)
    fates = {call.line_number: call.customer for call in inspection.calls}
    fates |= {reject.line_number: reject.reason for reject in inspection.rejects}
    assert inspection.lines == len(case.lines)
    assert [fates.get(number, "ignored") for number in range(1, len(case.lines) + 1)] == case.fates


def test_a_method_that_is_none_is_rejected_before_its_url(tmp_path: Path) -> None:
    cases = [case for case in worked.url_cases() if case.expected == "bad_method"]
    records = [{"timestamp": 1790805000, "method": case.method, "url": case.url, "status": 200} for case in cases]
    path = tmp_path / "methods.log"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    inspection = inspect(str(path), ReadOptions(log_format="json", final=True), limit=None, now=worked.NOW)
    assert [reject.reason for reject in inspection.rejects] == ["bad_method"] * len(cases)


def test_one_deep_line_is_rejected_and_its_neighbours_live(tmp_path: Path) -> None:
    good = json.dumps(
        {"timestamp": 1790805000, "method": "GET", "url": "https://12345.rest.afas.online/ProfitRestServices/metainfo"}
        | {"status": 200}
    )
    path = tmp_path / "deep.log"
    objects = '{"a":' * 100_000 + "1" + "}" * 100_000
    path.write_text(f"{good}\n{'[' * 100_000}\n{good}\n{objects}\n{good}\n")
    inspection = inspect(str(path), ReadOptions(log_format="json", final=True), limit=None, now=worked.NOW)
    assert [call.line_number for call in inspection.calls] == [1, 3, 5]
    assert [(reject.line_number, reject.reason) for reject in inspection.rejects] == [(2, "too_deep"), (4, "too_deep")]


def test_a_number_of_5000_digits_is_rejected_and_its_neighbours_live(tmp_path: Path) -> None:
    good = '{"timestamp":1790805000,"method":"GET","url":"https://12345.rest.afas.online/ProfitRestServices/metainfo","status":200}'
    path = tmp_path / "digits.log"
    path.write_text(f"{good}\n{good.replace('200', '2' * 5000)}\n{good}\n")
    inspection = inspect(str(path), ReadOptions(log_format="json", final=True), limit=None, now=worked.NOW)
    assert [call.line_number for call in inspection.calls] == [1, 3]
    assert [reject.line_number for reject in inspection.rejects] == [2]
