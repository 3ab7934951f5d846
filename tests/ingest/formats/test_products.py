"""A log of each product, in the shape that its documentation shows, is read without any option.

A case is two files in `products/`: `<product>.log`, and `<product>.json` with what `inspect` has to say about it: the format
and dialect, how many lines, the reasons of the rejects, and of every call the columns that matter. Found by folder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ingest import ReadOptions, inspect
from ingest.formats import LINE_FORMATS
from tests.ingest import worked
from tests.ingest.worked import PRODUCTS

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted({path.stem for path in PRODUCTS.iterdir()})
EXPECTED: dict[str, dict[str, Any]] = {
    name: json.loads((PRODUCTS / f"{name}.json").read_text(encoding="utf-8")) for name in NAMES
}
OF_LINES = [name for name in NAMES if EXPECTED[name]["log_format"] in LINE_FORMATS]


@pytest.mark.parametrize("name", NAMES)
def test_a_log_as_the_documentation_of_a_product_shows_it_is_read_without_options(name: str) -> None:
    expected = EXPECTED[name]
    assert expected["calls"], "a case without a call proves nothing"
    found = inspect(str(PRODUCTS / f"{name}.log"), ReadOptions(), limit=None, now=worked.NOW).model_dump(mode="json")
    found["calls"].sort(key=lambda call: call["line_number"])
    found["rejects"] = [reject["reason"] for reject in found["rejects"]]
    for number, columns in enumerate(expected["calls"][: len(found["calls"])]):
        found["calls"][number] = {column: found["calls"][number][column] for column in columns}
    assert found == expected


@pytest.mark.parametrize("name", OF_LINES)
def test_line_ends_blank_lines_and_comments_change_no_call(name: str, tmp_path: Path) -> None:
    """Whatever the format: no value holds a line end, and a line that says nothing is none that is refused."""
    content = (PRODUCTS / f"{name}.log").read_bytes()
    other = tmp_path / f"{name}.log"
    lines = [line.removesuffix(b"\r") for line in content.removesuffix(b"\n").split(b"\n")]
    other.write_bytes(b"".join(line + b"\r\n" for line in [*lines, b"", b" ", b"# nothing"]))
    plain = inspect(str(PRODUCTS / f"{name}.log"), ReadOptions(stream="a", final=True), limit=None, now=worked.NOW)
    found = inspect(str(other), ReadOptions(stream="a", final=True), limit=None, now=worked.NOW)
    assert found.calls == plain.calls
    assert [(one.line_number, one.reason) for one in found.rejects] == [
        (one.line_number, one.reason) for one in plain.rejects
    ]
    assert not [value for one in found.calls for value in one.model_dump().values() if "\n" in str(value)]


def _damaged(line: bytes) -> list[bytes]:
    """A line as a crash, a careless program or a second writer leaves it: cut, doubled, run together, in other bytes."""
    half = len(line) // 2
    doubled = [line + between + line for between in (b"", b" ", b"\t", b",")]
    return [line[:half], line[half:], *doubled, line.upper(), line.replace(b'"', b""), b"\xff" + line, line + b"\0"]


@pytest.mark.parametrize("name", OF_LINES)
def test_damaged_lines_have_a_fate_each_and_never_end_a_load(name: str, tmp_path: Path) -> None:
    lines = (PRODUCTS / f"{name}.log").read_bytes().splitlines()
    lines += [damaged for line in lines for damaged in _damaged(line)]
    other = tmp_path / f"{name}.log"
    other.write_bytes(b"".join(line + b"\n" for line in lines))
    found = inspect(str(other), ReadOptions(final=True), limit=None, now=worked.NOW)
    assert found.log_format == EXPECTED[name]["log_format"]
    assert found.lines >= len(lines)  # a line may hold several records
    fates = [one.line_number for one in (*found.calls, *found.rejects)]
    assert found.rejects
    assert len(fates) == len(set(fates))
    assert set(fates) <= set(range(1, found.lines + 1))
