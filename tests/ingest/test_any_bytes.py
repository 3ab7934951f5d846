"""Whatever bytes a file holds, every line has one fate, and the process goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, ingest, inspect, verify
from tests.ingest import strategies, worked
from tests.ingest.formats.writing import WRITERS
from tests.oracle.oracle import Context, Ignored, Reject, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FEW = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
FORMATS = sorted(WRITERS)
CONTEXT = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)


def _write(folder: Path, contents: Sequence[bytes]) -> list[Path]:
    paths = [folder / f"{number}.log" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


@pytest.mark.parametrize("log_format", FORMATS)
@FEW
@given(data=st.data())
def test_every_line_of_any_bytes_is_a_call_a_reject_or_ignored(
    tmp_path_factory: pytest.TempPathFactory, log_format: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    drawn = data.draw(st.lists(strategies.files(log_format), min_size=5, max_size=10, unique=True))
    contents = [one for one in drawn if not any(other.startswith(one) for other in drawn if other != one)]
    paths = _write(folder, contents)
    options = ReadOptions(log_format=log_format, final=True)
    report = ingest(folder / "lake", [str(path) for path in paths], options, now=worked.NOW)
    expected = [read_file(log_format, content, CONTEXT) for content in contents]
    found = {source.source: source for source in report.sources}
    for path, fates in zip(paths, expected, strict=True):
        source = found[str(path)]
        assert source.status in ("loaded", "unchanged"), (path.read_bytes(), source.error)
        if source.status == "loaded":
            calls = sum(isinstance(fate, dict) for fate in fates)
            assert source.lines == source.calls + source.rejects + source.ignored, path.read_bytes()
            assert (source.lines, source.left) == (len(fates), 0), path.read_bytes()
            assert source.calls == calls, path.read_bytes()
    assert [check for check in verify(folder / "lake").checks if not check.ok] == []


@pytest.mark.parametrize("log_format", FORMATS)
@FEW
@given(data=st.data())
def test_product_and_oracle_make_the_same_of_damaged_lines(
    tmp_path_factory: pytest.TempPathFactory, log_format: str, data: st.DataObject
) -> None:
    lines = data.draw(st.lists(strategies.damaged_lines(log_format), min_size=20, max_size=40))
    content = WRITERS[log_format]([]) + b"".join(line + b"\n" for line in lines)
    (path,) = _write(tmp_path_factory.mktemp("lines"), [content])
    options = ReadOptions(log_format=log_format, stream="test", final=True)
    inspection = inspect(str(path), options, limit=None, now=worked.NOW)
    found: dict[int, dict[str, object]]
    found = {call.line_number: call.model_dump(exclude={"load_id"}) for call in inspection.calls}
    found |= {reject.line_number: {"reason": reject.reason} for reject in inspection.rejects}
    fates = read_file(log_format, content, CONTEXT)
    expected: list[dict[str, object]]
    expected = [
        {"reason": fate.reason} if isinstance(fate, Reject) else {} if isinstance(fate, Ignored) else fate
        for fate in fates
    ]
    differ = worked.different_fates([found.get(number, {}) for number in range(1, len(fates) + 1)], expected)
    assert [(content.split(b"\n")[number], one, other) for number, one, other in differ] == []


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, bytes(range(256)) * 40, b"hello world\n"])
def test_what_no_format_claims_is_not_loaded(tmp_path: Path, content: bytes) -> None:
    (path,) = _write(tmp_path, [content])
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(final=True), now=worked.NOW)
    (source,) = report.sources
    assert (source.status, source.lines) == (("failed", 0) if content else ("loaded", 0))
