"""No secret in a log is kept anywhere, and nothing else is taken for one."""

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
from ingest import ReadOptions, ingest, inspect, verify
from ingest.catalogue.published import official_connectors
from ingest.engine.connection import connect
from tests.ingest import worked
from tests.ingest.encodings import encoded, told
from tests.ingest.engine.single_values import parse_integration_ids, parse_request_urls
from tests.ingest.lakes import stored
from tests.ingest.scale import scaled
from tests.ingest.understand.canaries import Planted, corpus, found_in, planted, planted_in_products
from tests.ingest.understand.canary_places import HEADERS, PLACES
from tests.ingest.understand.people import BEFORE_THE_TIME, PEOPLE, places_of_people
from tests.oracle.privacy import addresses_in, citizen_service_numbers_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Sampled: TypeAlias = Callable[[Sequence[str]], list[str]]

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
    return found + _corpora(folder)


def _corpora(folder: Path) -> list[Log]:
    """A log of each format with every secret in every encoding."""
    (folder / "corpus").mkdir()
    found = []
    for log_format in FORMATS:
        lines = corpus(log_format)
        path = folder / "corpus" / f"{log_format}.log"
        path.write_text(HEADERS[log_format] + "".join(f"{each.line}\n" for each in lines), encoding="utf-8")
        found.append(Log(path, log_format, lines))
    by_format = dict(zip(FORMATS, found, strict=True))
    return [*found, _as_har(folder / "corpus", by_format["json"]), _as_parquet(folder / "corpus", by_format["csv"])]


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
    """Every byte below a folder, the names of its files, and the unpacked content of data files."""
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


def test_nothing_stored_tells_a_secret_to_who_decodes_it(lake: Path) -> None:
    secrets = list({one.secret.core: one.secret for one in encoded()}.values())
    texts = {text for table in ("calls", "rejects", "loads") for row in stored(lake, table) for text in _texts_in(row)}
    assert len(texts) > 2000
    assert {text: one for text in texts if (one := told(text, secrets))} == {}


def _texts_in(row: dict[str, object]) -> Iterator[str]:
    for value in row.values():
        yield from [value] if isinstance(value, str) else value if isinstance(value, list) else []


def test_verify_agrees_with_what_ingest_keeps(lake: Path) -> None:
    assert [check for check in verify(lake).checks if not check.ok] == []


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


# -- who calls, and from where


@pytest.fixture(scope="module")
def sampled() -> Iterator[Sampled]:
    """What the quarantine keeps of lines."""
    with connect(threads=1) as connection:

        def samples(lines: Sequence[str]) -> list[str]:
            query = "select redacted_sample(line) from (select unnest(?) as line, unnest(range(?)) as n) order by n"
            return [sample for (sample,) in connection.execute(query, [list(lines), len(lines)]).fetchall()]

        yield samples


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_sample_does_not_tell_who_called_or_from_where(sampled: Sampled, kind: str) -> None:
    texts = PEOPLE[kind]
    places = list(places_of_people())
    assert len(places) > 200
    samples = sampled([write(text) for _, write in places for text in texts])
    told = {
        place: found
        for number, (place, _) in enumerate(places)
        if not place.endswith("glued")
        if len(found := set(samples[number * len(texts) : (number + 1) * len(texts)])) > 1
    }
    assert told == {}
    assert [sample for sample in samples if addresses_in(sample) or citizen_service_numbers_in(sample)] == []
    whole = [sample for sample in samples if len(sample) < 200]
    assert sampled(whole) == whole, "the same twice is the same once"


def test_whatever_stands_before_the_time_of_an_access_log_is_not_kept(sampled: Sampled) -> None:
    line = '4321.rest.afas.online 10.0.0.1 {} {} [01/Oct/2026:10:00:00 +0200] "GET /x HTTP/1.1" 999 5 "-" "-" "-" 0.1'
    samples = sampled([line.format("-", user) for user in BEFORE_THE_TIME])
    kept = ' [01/Oct/2026:10:00:00 +0200] "GET /• HTTP/1.1" 999 5 "-" "-" "-" 0.1'
    assert set(samples) == {f"4321.rest.afas.online • - {who}{kept}" for who in ("•", "• •")}
    assert set(sampled([line.format(user, "-") for user in BEFORE_THE_TIME])) == {
        f"4321.rest.afas.online • {who} -{kept}" for who in ("•", "• •")
    }


def test_a_user_of_a_json_log_is_not_kept_however_it_looks(sampled: Sampled) -> None:
    users = ['"17"', "17", '"jan"', '"GET"', '"KnSubject"', '"200"', '"1234_5678"']
    assert set(sampled([f'{{"status":999,"user":{user},"remote_user":{user}}}' for user in users])) == {
        '{"status":999,"user":"•","remote_user":"•"}'
    }


USEFUL = {
    '4321.rest.afas.online 10.0.0.1 - - [01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/connectors/KnSubject?x=1'
    ' HTTP/1.1" 999 61 "-" "Acme/1.0" "1107_301201" 0.090': (
        '4321.rest.afas.online • - - [01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/connectors/KnSubject?…'
        ' HTTP/1.1" 999 61 "-" "•/•" "1107_301201" 0.090'
    ),
    '{"timestamp":"2026-10-01 09:00:00","method":"PUT","url":"https://4321.rest.afas.online/ProfitRestServices/'
    'connectors/Profit_Users","headers":{"IntegrationId":"1107_301201"},"status":200': (
        '{"timestamp":"2026-10-01 09:00:00","method":"PUT","url":"https://4321.rest.afas.online/ProfitRestServices/'
        'connectors/Profit_Users","headers":{"IntegrationId":"1107_301201"},"status":200'
    ),
    "2026-10-01 07:00:00 192.0.2.7 POST /ProfitServices/AppConnectorUpdate.asmx - 443 jan 4321.soap.afas.online 500 0 0 87": (
        "2026-10-01 07:00:00 • POST /ProfitServices/AppConnectorUpdate.asmx - 443 • 4321.soap.afas.online 500 0 0 87"
    ),
    "jan;method;url;status;integration_id": "•;•;•;•;•",
    "timestamp;method;url;status;integration_id": "timestamp;method;url;status;integration_id",
    "2026-10-01T09:00:00;GET;4321.rest.afas.online/ProfitRestServices/metainfo;1107_301201;abc;12.5": (
        "2026-10-01T09:00:00;GET;4321.rest.afas.online/ProfitRestServices/metainfo;1107_301201;•;12.5"
    ),
    "10/31/2026 9:00:00 31-10-2026 Oct  1 09:00:00 Jan 17": "10/31/2026 9:00:00 31-10-2026 Oct  1 09:00:00 • 17",
}


def test_a_sample_shows_when_which_customer_id_connector_method_and_status(sampled: Sampled) -> None:
    assert dict(zip(USEFUL, sampled(list(USEFUL)), strict=True)) == USEFUL


RUN_TOGETHER = {
    "12:34:56:78:2": "•",
    "10:20:30:40:50:60": "•",
    "10:20:30:40:50:60:70:80": "•",
    "01/Oct/2026:12:34:56:78:2": "•",
    "2026-10-01 12:34:56.78.2": "•",
    "09:00:00.123456782": "09:00:00.•",
    "2026-10-01T07:00:00.123456782Z": "2026-10-01T07:00:00.•",
    "2026-10-01T07:00:00.123456Z": "2026-10-01T07:00:00.123456Z",
    "HTTP/1.12345 HTTP/1.1 HTTP/2": "•/• HTTP/1.1 HTTP/2",
}


def test_a_time_stays_where_it_ends_where_its_digits_end(sampled: Sampled) -> None:
    samples = sampled(list(RUN_TOGETHER))
    assert dict(zip(RUN_TOGETHER, samples, strict=True)) == RUN_TOGETHER
    assert sampled(samples) == samples


def test_no_stored_sample_has_an_address_or_a_number_of_a_citizen(lake: Path) -> None:
    kept = [row["sample"] for row in stored(lake, "rejects")]
    assert len(kept) > 1000
    assert [text for text in kept if addresses_in(text) or citizen_service_numbers_in(text)] == []


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
