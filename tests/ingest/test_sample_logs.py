"""The whole way: the lake holds the same, column by column, as a second reading of the same files finds."""

from __future__ import annotations

import bz2
import gzip
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import zstandard

from ingest import Lake, ReadOptions, ingest, verify
from ingest.call import CALL_COLUMNS
from tests.ingest import worked
from tests.ingest.scale import IS_THOROUGH
from tests.oracle.oracle import Columns, Context, Ignored, Reject, read_file

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE_LOGS = Path(__file__).parents[2] / "sample_logs"
FORMATS = {
    "json": "json",
    "w3c": "w3c",
    "combined": "combined",
    "csv": "csv",
    "demo/gateway": "json",
    "demo/focus": "json",
    "demo/proxy": "combined",
    "demo/iis": "w3c",
    "demo/staging": "csv",
}
COLUMNS = [column.name for column in CALL_COLUMNS if column.name not in ("load_id", "stream")]
CONTEXT = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)


def _plain(path: Path) -> bytes:
    readers: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.decompress,
        ".bz2": bz2.decompress,
        ".zst": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
    }
    return readers.get(path.suffix, bytes)(path.read_bytes())


def _counts(rows: list[Columns]) -> dict[str, Counter[str]]:
    return {name: Counter(str(row[name]) for row in rows) for name in COLUMNS}


def test_every_folder_of_sample_logs_is_counted() -> None:
    with_logs = {path.parent.relative_to(SAMPLE_LOGS).as_posix() for path in SAMPLE_LOGS.glob("**/*-20*")}
    with_logs |= {path.parent.relative_to(SAMPLE_LOGS).as_posix() for path in SAMPLE_LOGS.glob("**/u_ex*")}
    assert with_logs == set(FORMATS)


@pytest.mark.parametrize("folder", FORMATS)
def test_the_lake_holds_what_the_oracle_counts(folder: str, tmp_path: Path) -> None:
    paths = sorted((SAMPLE_LOGS / folder).iterdir())
    if folder.startswith("demo/") and not IS_THOROUGH:
        paths = paths[2:3]  # a month of three, for the oracle reads line by line
    fates = [fate for path in paths for fate in read_file(FORMATS[folder], _plain(path), CONTEXT)]
    report = ingest(tmp_path / "lake", [str(path) for path in paths], ReadOptions(final=True), now=worked.NOW)
    assert [source.error for source in report.sources if source.error] == []
    snapshot = Lake(tmp_path / "lake").snapshot()
    calls = [row for file in snapshot.calls for row in pq.ParquetFile(file.path).read().to_pylist()]
    rejects = [row["reason"] for file in snapshot.rejects for row in pq.ParquetFile(file).read().to_pylist()]
    ignored = sum(source.ignored for source in report.sources)

    expected, found = _counts([fate for fate in fates if isinstance(fate, dict)]), _counts(calls)
    differ = {name: (found[name] - expected[name], expected[name] - found[name]) for name in COLUMNS}
    assert {name: both for name, both in differ.items() if any(both)} == {}
    assert Counter(rejects) == Counter(fate.reason for fate in fates if isinstance(fate, Reject))
    assert ignored == sum(isinstance(fate, Ignored) for fate in fates)
    assert verify(tmp_path / "lake").ok
