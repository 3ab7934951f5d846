"""No secret that a log carries is kept anywhere, and nothing that is no secret is taken for one."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile, write_table

import koppelzicht
from ingest import ReadOptions, ingest, inspect
from ingest.engine import official_connectors
from ingest.integration_id import parse_integration_ids
from ingest.request_url import parse_request_urls
from tests.ingest import worked
from tests.ingest.canaries import HEADERS, PLACES, Planted, found_in, planted, planted_in_products
from tests.ingest.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMATS = sorted(PLACES)
FEW = settings(
    max_examples=scaled(5, 100),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Log:
    """A log and the canaries in it."""

    path: Path
    log_format: str | None
    lines: list[Planted]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[Log]:
    """A log of each format, dialect and product, with every canary in every place."""
    folder = tmp_path_factory.mktemp("canaries")
    found = []
    for log_format in FORMATS:
        lines = planted(log_format, times=scaled(2, 30))
        path = folder / f"{log_format}.log"
        path.write_text(HEADERS[log_format] + "".join(f"{each.line}\n" for each in lines), encoding="utf-8")
        found.append(Log(path, log_format, lines))
    for product, (text, lines) in planted_in_products().items():
        path = folder / f"{product}.log"
        path.write_text(text + "".join(f"{each.line}\n" for each in lines), encoding="utf-8")
        found.append(Log(path, None, lines))
    found += [_as_har(folder, found[FORMATS.index("json")]), _as_parquet(folder, found[FORMATS.index("csv")])]
    return found


def _as_har(folder: Path, log: Log) -> Log:
    """The records of a JSON log as a browser exports them."""
    entries = []
    for record in _records(log.lines):
        headers = record.get("headers") if isinstance(record.get("headers"), dict) else {}
        assert isinstance(headers, dict)
        request = {
            "method": record.get("method"),
            "url": record.get("url"),
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "cookies": [{"name": "x", "value": record.get("referrer")}],
            "postData": {"mimeType": "text/xml", "text": record.get("body")},
        }
        entries.append(
            {
                "startedDateTime": record.get("timestamp"),
                "time": record.get("duration_ms"),
                "request": request,
                "response": {"status": record.get("status"), "content": {"text": record.get("body")}},
                "comment": record.get("user_agent"),
            }
        )
    path = folder / "calls.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return Log(path, None, log.lines)


def _as_parquet(folder: Path, log: Log) -> Log:
    names = HEADERS["csv"].rstrip("\n").split(",")
    rows = csv.reader(line.line for line in log.lines if line.place != "an open quote")
    columns = zip(*(row for row in rows if len(row) == len(names)), strict=True)
    path = folder / "calls.parquet"
    write_table(pa.table(dict(zip(names, columns, strict=True))), path)
    return Log(path, None, log.lines)


def _records(lines: list[Planted]) -> Iterator[dict[str, object]]:
    for line in lines:
        try:
            record = json.loads(line.line)
        except ValueError:
            continue
        yield record


@pytest.fixture(scope="module")
def lake(logs: list[Log], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything loaded, and the logs again as another format than they are."""
    folder = tmp_path_factory.mktemp("lakes") / "lake"
    for log_format in {log.log_format for log in logs}:
        paths = [str(log.path) for log in logs if log.log_format == log_format]
        options = ReadOptions(log_format=log_format, final=True)
        for source in ingest(folder, paths, options, now=worked.NOW).sources:
            assert (source.status, source.error) == ("loaded", None)
            assert source.calls
    return folder


def _all_lines(logs: list[Log]) -> list[Planted]:
    return [line for log in logs for line in log.lines]


def _everything_below(folder: Path) -> bytes:
    """Every byte below a folder, its files' names, and what is compressed in data files."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found += [str(path.relative_to(folder)).encode(), path.read_bytes()]
        if path.suffix == ".parquet":
            with ParquetFile(path) as parquet:
                found += [str(column.unique().to_pylist()).encode() for column in _flat(parquet.read())]
    return b"\n".join(found)


def _flat(table: pa.Table) -> Iterator[pa.ChunkedArray]:
    for column in table.columns:
        yield pa.compute.list_flatten(column) if pa.types.is_list(column.type) else column


def test_a_canary_is_found_wherever_it_stands() -> None:
    lines = planted("csv")
    for place, line in enumerate(lines[:40]):
        haystack = b"x" * place + line.canary.traces[0].encode() + b"y"
        assert (line.place, line.canary.kind) in found_in(haystack, lines)
    assert found_in(b"nothing is here" * 100, lines) == []


def test_the_canaries_are_in_the_logs(logs: list[Log]) -> None:
    hidden = {"the user agent, escaped", "filterjson"}
    for log in logs[: len(FORMATS)]:
        places = {place for place, _ in found_in(log.path.read_bytes(), log.lines)}
        assert {each.place for each in log.lines} - places <= hidden
    assert len(_all_lines(logs)) >= scaled(5_000, 10_000)


def test_no_secret_is_below_the_lake(logs: list[Log], lake: Path) -> None:
    assert found_in(_everything_below(lake), _all_lines(logs)) == []


EXPORTS = [
    ["sql", "from calls", "--format", "csv"],
    ["sql", "from rejects", "--format", "json"],
    ["rejects", "--json"],
    ["metric", "unidentified_calls", "--environment", "all", "--json"],
    ["metric", "connector_usage", "--environment", "all"],
]


def test_no_secret_is_printed_or_exported(
    logs: list[Log], lake: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for arguments in EXPORTS:
        assert koppelzicht.run([*arguments, "--lake", str(lake)]) == 0
    paths = [str(log.path) for log in logs]
    assert koppelzicht.run(["ingest", *paths, "--final", "--lake", str(tmp_path / "again")]) == 0
    # As something that they are not: everything is rejected, or nothing of it is known.
    koppelzicht.run(["ingest", *paths, "--lake", str(tmp_path / "wrong"), "--log-format", "w3c"])
    koppelzicht.run(["ingest", *paths, "--lake", str(tmp_path / "wrong layout"), "--layout", '"$request" $status'])
    koppelzicht.run(["report", "month", "2026-10", "--lake", str(lake), "--out", str(tmp_path / "report")])
    printed = capfd.readouterr()
    assert len(printed.out) > 100_000
    everything = (printed.out + printed.err).encode() + _everything_below(tmp_path)
    assert found_in(everything, _all_lines(logs)) == []


def test_no_secret_is_inspected(logs: list[Log]) -> None:
    for log in logs:
        inspection = inspect(
            str(log.path), ReadOptions(log_format=log.log_format, final=True), limit=None, now=worked.NOW
        )
        assert len(inspection.calls) + len(inspection.rejects) > len(log.lines) // 2
        assert found_in(inspection.model_dump_json().encode(), log.lines) == []
        assert found_in("\n".join(inspection.warnings).encode(), log.lines) == []


def test_what_no_format_claims_is_shown_without_its_secrets(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = planted("csv")
    for number, line in enumerate(lines[::10]):
        path = tmp_path / f"{number}.log"
        path.write_text(f"{line.canary.text} {line.line}\n", encoding="utf-8")
    paths = [str(path) for path in sorted(tmp_path.glob("*.log"))]
    assert koppelzicht.run(["ingest", *paths, "--lake", str(tmp_path / "lake")]) == 1
    printed = capfd.readouterr()
    assert "unknown_format" in printed.err
    assert found_in((printed.out + printed.err).encode(), lines) == []


# -- and nothing else


IDS = st.builds("{}_{}".format, st.integers(1000, 9_999_999), st.integers(1, 999_999_999))


@FEW
@given(st.lists(IDS, min_size=500, max_size=500))
def test_no_valid_id_is_redacted(ids: list[str]) -> None:
    found = parse_integration_ids(ids)
    assert [one.stored for one in found] == ids
    assert {one.status for one in found} == {"valid"}


@FEW
@given(st.lists(st.integers(1000, 9_999_999), min_size=300, max_size=300))
def test_no_customer_is_redacted(customers: list[int]) -> None:
    urls = [("GET", f"https://{customer}.rest.afas.online/ProfitRestServices/metainfo") for customer in customers]
    assert [one.customer for one in parse_request_urls(urls)] == [str(customer) for customer in customers]


def test_no_official_connector_is_redacted() -> None:
    names = official_connectors()
    rest = [("GET", f"https://1234.rest.afas.online/ProfitRestServices/connectors/{name}") for name in names]
    assert [one.connector for one in parse_request_urls(rest)] == list(names)
    update = [("GET", f"https://1234.rest.afas.online/ProfitRestServices/metainfo/update/{name}") for name in names]
    assert [one.connector for one in parse_request_urls(update)] == list(names)
