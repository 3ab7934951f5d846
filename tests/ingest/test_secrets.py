"""No secret that a log carries is kept anywhere, and nothing that is no secret is taken for one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from ingest import ReadOptions, ingest, inspect
from ingest.integration_id import parse_integration_ids
from tests.ingest import worked
from tests.ingest.canaries import HEADERS, PLACES, Planted, planted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORMATS = sorted(PLACES)


@pytest.fixture(scope="module", params=FORMATS)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, list[Planted]]:
    """A log of one format with every canary in every place."""
    lines = planted(request.param)
    path = tmp_path_factory.mktemp("canaries") / f"{request.param}.log"
    path.write_text(HEADERS[request.param] + "".join(f"{each.line}\n" for each in lines), encoding="utf-8")
    return request.param, path, lines


def _found(lines: list[Planted], haystack: str) -> list[tuple[str, str]]:
    return [(each.place, each.canary.kind) for each in lines if any(trace in haystack for trace in each.canary.traces)]


def _everything_below(folder: Path) -> Iterable[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder))
            yield path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":
            yield str(pq.ParquetFile(path).read().to_pydict())


def test_the_canaries_are_in_the_logs(log: tuple[str, Path, list[Planted]]) -> None:
    _, path, lines = log
    content = path.read_text(encoding="utf-8")
    hidden = {"the user agent, escaped", "filterjson"}
    places = {place for place, _ in _found(lines, content)}
    assert {each.place for each in lines} - places <= hidden


def test_no_secret_is_below_the_lake(
    log: tuple[str, Path, list[Planted]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log_format, path, lines = log
    lake = tmp_path / "lake"
    report = ingest(lake, [str(path)], ReadOptions(log_format=log_format, final=True), now=worked.NOW)
    source = report.sources[0]
    assert (source.status, source.error) == ("loaded", None)
    assert source.lines == len(lines) + bool(HEADERS[log_format])
    printed = capfd.readouterr()
    assert _found(lines, "\n".join([*_everything_below(lake), str(report), printed.out, printed.err])) == []


def test_no_secret_is_inspected(log: tuple[str, Path, list[Planted]]) -> None:
    log_format, path, lines = log
    inspection = inspect(str(path), ReadOptions(log_format=log_format, final=True), limit=None, now=worked.NOW)
    assert len(inspection.calls) + len(inspection.rejects) > len(lines) // 2
    assert _found(lines, inspection.model_dump_json() + str(inspection.model_dump())) == []


def test_no_valid_id_is_redacted() -> None:
    generator = random.Random(20261001)
    texts = [f"{generator.randint(1000, 9_999_999)}_{generator.randint(1, 999_999_999)}" for _ in range(5000)]
    assert [one.stored for one in parse_integration_ids(texts)] == texts
