"""Small logs whose lines can be told apart, and the rows of a lake."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import DeltaTable
from pyarrow.parquet import ParquetFile

from ingest import Lake, ReadOptions, ingest, verify
from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.lake.data_file import TABLES, data_files, write_file
from ingest.lake.delta_log import append
from ingest.lake.ledger_row import LEDGER_COLUMNS
from ingest.lake.seal import UNSEALED, sealed
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.reject import REJECT_COLUMNS
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest import IngestReport, SourceReport
    from ingest.load.planning import Overlap

SCHEMAS = {
    "calls": arrow_schema(CALL_COLUMNS),
    "rejects": arrow_schema(REJECT_COLUMNS),
    "loads": arrow_schema(LEDGER_COLUMNS),
}
BAD = b"{this is no record\n"
CSV_HEADER = b"timestamp,method,url,status,request_id\n"
W3C_FIELDS = b"#Fields: date time cs-method cs-host cs-uri-stem sc-status cs(X-Request-Id)\n"


def line(number: int, **more: object) -> bytes:
    """One good line of JSON; the lake keeps its number as the request's id."""
    record = {
        "timestamp": 1_790_805_000 + number,
        "method": "GET",
        "url": "https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject",
        "headers": {"IntegrationId": "4321_1"},
        "status": 200,
        "request_id": str(number),
    }
    return json.dumps(record | more).encode() + b"\n"


def lines(*numbers: int | range) -> bytes:
    """Good lines of JSON with these numbers."""
    return b"".join(line(number) for some in numbers for number in (some if isinstance(some, range) else [some]))


def csv_line(number: int) -> bytes:
    url = "https://1234.rest.afas.online/ProfitRestServices/metainfo"
    return f"2026-10-01T{number // 60:02}:{number % 60:02}:00Z,GET,{url},200,{number}\n".encode()


def w3c_line(number: int) -> bytes:
    """Values in the order of W3C_FIELDS."""
    time = f"{number // 60:02}:{number % 60:02}:00"
    return f"2026-10-01 {time} GET 1234.rest.afas.online /ProfitRestServices/metainfo 200 {number}\n".encode()


def log_file(folder: Path, content: bytes, name: str = "access.log") -> Path:
    """Write this content to a file in the folder, or in one below it."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def written(path: Path, *records: object) -> Path:
    """Write a log with a line for each of these: a text as it stands, anything else as JSON."""
    path.write_text("".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records))
    return path


def load(
    lake: Path,
    *sources: Path | str,
    overlap: Overlap | None = None,
    replace: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    **options: Any,
) -> IngestReport:
    """Ingest these sources; `options` are those of ReadOptions."""
    paths = [str(source) for source in sources]
    return ingest(lake, paths, ReadOptions(**options), now=NOW, overlap=overlap, replace=replace, limits=limits)


def load_one(
    lake: Path,
    source: Path | str,
    *,
    overlap: Overlap | None = None,
    replace: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    **options: Any,
) -> SourceReport:
    """Ingest one source."""
    (report,) = load(lake, source, overlap=overlap, replace=replace, limits=limits, **options).sources
    return report


def fate(report: SourceReport) -> tuple[str, int, int, int, int]:
    """Status, calls, rejects, ignored lines and bytes left. The lines add up."""
    assert report.lines == report.calls + report.rejects + report.ignored
    return report.status, report.calls, report.rejects, report.ignored, report.left


def fates(report: IngestReport) -> list[tuple[str, int, int, int, int]]:
    return [fate(source) for source in report.sources]


def numbers(lake: Path) -> list[int]:
    """The numbers of the lines that are calls in the lake, sorted."""
    return sorted(int(call["request_id"]) for call in calls(lake))


def places(lake: Path) -> list[tuple[int, int]]:
    """Number and line number of every call, sorted."""
    return sorted((int(call["request_id"]), call["line_number"]) for call in calls(lake))


def calls(lake: Path) -> list[dict[str, Any]]:
    """Every call in the lake."""
    return rows(file.path for file in Lake(lake).snapshot().calls)


def rejects(lake: Path) -> list[tuple[int, int, str]]:
    """Line number, byte offset and reason of every line in quarantine, sorted."""
    snapshot = Lake(lake).snapshot()
    visible = set(snapshot.loads["load_id"].to_pylist())
    found = [row for row in rows(snapshot.rejects) if row["load_id"] in visible]
    return sorted((row["line_number"], row["byte_offset"], row["reason"]) for row in found)


def texts(lake: Path) -> list[tuple[int, bool, bool]]:
    """Line number of every line in quarantine, and whether it has a detail and a sample, sorted."""
    found = rows(Lake(lake).snapshot().rejects)
    return sorted((row["line_number"], row["detail"] is not None, row["sample"] is not None) for row in found)


def loads(lake: Path) -> list[dict[str, Any]]:
    """Every load that holds, in the ledger's order."""
    rows: list[dict[str, Any]] = Lake(lake).snapshot().loads.to_pylist()
    return rows


def broken(lake: Path, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, str]:
    """The checks of `verify` that fail, with their findings by name."""
    verification = verify(lake, limits=limits)
    found = {check.name: check.detail for check in verification.checks if not check.ok}
    assert verification.ok == (not found)
    return found


def leftovers(lake: Path) -> set[str]:
    """Data files that the tables do not hold: staged and neither decided nor removed."""
    snapshot = Lake(lake).snapshot()
    visible = {*(file.path.name for file in snapshot.calls), *(path.name for path in snapshot.rejects)}
    return {path.name for table in ("calls", "rejects") for path in (lake / table).glob("*.parquet")} - visible


def rows(files: Iterable[Path]) -> list[dict[str, Any]]:
    """The rows of these data files."""
    found: list[dict[str, Any]] = []
    for path in files:
        with ParquetFile(path) as parquet:
            found += parquet.read().to_pylist()
    return found


def stored(lake: Path, table: str) -> list[dict[str, Any]]:
    """Every row of one of the lake's tables, whether readers see it or not."""
    return rows(lake / table / Path(uri).name for uri in DeltaTable((lake / table).as_uri()).file_uris())


def store(lake: Path, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Replace all rows of the table by these, as only an attacker could who knows how the table is kept."""
    delta = DeltaTable((lake / table).as_uri())
    schema = SCHEMAS[table]
    new = write_file(lake / table, secrets.token_hex(8), schema, [pa.Table.from_pylist(list(rows), schema=schema)])
    held = data_files(delta, lake / table)
    assert append(lake / table, delta.version() + 1, gone=held, new=[new], is_change=True, reaches={})


def shorten_logs(lake: Path) -> None:
    """Write two checkpoints of each table and remove older entries, as if both were an hour old."""
    opened = Lake(lake)
    opened.roll_forward()
    for name in TABLES:
        opened.checkpoint(name, commits=1)
        assert opened.commit(name, opened.open(name), gone=(), new=(), reaches=None)
        opened.checkpoint(name, commits=1)
        opened.shorten(name, before=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))


def sealed_anew(text: str) -> str:
    """What somebody has written into a sealed file, with the hash that it has now: no bit was flipped."""
    return sealed(re.sub('("seal": ?")[0-9a-f]{64}', rf"\g<1>{UNSEALED}", text))
