"""The detection of a log's format, and the error about a log that has none."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, SourceError, ingest
from tests.ingest import lakes, worked
from tests.ingest.formats.detected import CUSTOMERS, OURS, PATH, looked_at, without
from tests.ingest.lakes import written

if TYPE_CHECKING:
    from pathlib import Path


FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# -- whose log it is

APPLICATION = {
    "reqId": "a1",
    "level": 2,
    "time": "2026-10-01T07:00:00Z",
    "method": "GET",
    "url": "/login",
    "user": "jan@x.nl",
}


def test_a_log_of_which_no_line_is_a_call_is_of_no_format_and_its_names_are_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        looked_at(written(tmp_path / "log", APPLICATION, APPLICATION | {"jan@x.nl": 1}))
    said = str(raised.value)
    assert "unknown_format: no line of JSON is a call: found reqId, level, time, method, url, user, redacted;" in said
    assert "the nearest dialect is nginx, and no line has the status (status or responseStatus" in said
    assert "jan" not in said.replace(str(tmp_path), "")


@pytest.mark.parametrize("name", ["timestamp", "method", "url", "status"])
def test_our_own_names_with_one_that_is_missing_are_nearest_to_ours(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=rf"nearest dialect is koppelzicht, and no line has the {name} \({name}\);"):
        looked_at(written(tmp_path / "log", without(name)))


@pytest.mark.parametrize("name", ["timestamp", "method", "url", "status"])
def test_a_line_that_lacks_a_field_is_told_so_and_its_neighbours_live(tmp_path: Path, name: str) -> None:
    found = looked_at(written(tmp_path / "log", without(name) | {"when": 1}, OURS, OURS | {name: None}))
    assert [call.line_number for call in found.calls] == [2]
    names = ", ".join(key for key in [*OURS, "when"] if key != name)
    assert [reject.detail for reject in found.rejects] == [
        f"no field {name}; found {names}",
        f"no value in the field {name}",
    ]


def test_of_a_time_that_cannot_be_read_and_a_status_that_is_missing_the_time_is_told(tmp_path: Path) -> None:
    found = looked_at(written(tmp_path / "log", OURS, without("status") | {"timestamp": "soon"}))
    [reject] = found.rejects
    assert (reject.reason, "status" in str(reject.detail)) == ("bad_time", False)


def test_the_names_that_are_told_are_no_secrets(tmp_path: Path) -> None:
    found = looked_at(
        written(tmp_path / "log", OURS, without("status") | {"jan@example.nl": 1, "@at": 2, "123456782": 3})
    )
    assert [reject.detail for reject in found.rejects] == [
        "no field status; found timestamp, method, url, headers, redacted, @at, redacted"
    ]


def test_a_table_that_lacks_nothing_but_a_known_delimiter_is_told_so(tmp_path: Path) -> None:
    row = f"2026-10-01T07:00:00Z|GET|https://4321.rest.afas.online{PATH}|200"
    path = written(tmp_path / "log", "timestamp|method|url|status", row)
    with pytest.raises(SourceError) as raised:
        looked_at(path)
    assert (
        "koppelzicht_csv, which has the same columns, but no delimiter '|'; if its rows are calls, describe its columns"
        in str(raised.value)
    )
    dialect = tmp_path / "acme.toml"
    dialect.write_text("name = 'acme'\nformat = 'csv'\nlike = 'koppelzicht_csv'\ndelimiter = '|'\n", encoding="utf-8")
    assert [call.customer for call in looked_at(path, dialect=dialect).calls] == ["4321"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_table_that_is_none_of_calls_is_told_its_columns_and_which_are_missing(
    tmp_path: Path, separator: str
) -> None:
    names = ["timestamp", "verb", "path", "status", "Integration Id", "vhost", "jan@x.nl"]
    rows = ["2026-10-01T07:00:00Z", "GET", PATH, "200", "1234_5678", "4321.rest.afas.online", "x"]
    with pytest.raises(SourceError) as raised:
        looked_at(written(tmp_path / "log", "#comment", separator.join(names), separator.join(rows)))
    said = str(raised.value).replace(str(tmp_path), "")
    assert said == (
        "/log: unknown_format: no format claims this table: found the columns timestamp, verb, path, status, Integration Id, vhost,"
        " redacted; the nearest dialect is koppelzicht_csv, and no column is the method (method), nor the url (url);"
        " verb could be method, path could be path, vhost could be host;"
        " if its rows are calls, describe its columns in a file for --dialect FILE"
        f""" (begin it with like = "koppelzicht_csv"{" and delimiter = '|'" if separator == "|" else ""})"""
    )
    dialect = tmp_path / "acme.toml"
    dialect.write_text(
        'name = "acme"\nformat = "csv"\nlike = "koppelzicht_csv"\n'
        + ("delimiter = '|'\n" if separator == "|" else "")
        + '[fields]\nmethod = "verb"\npath = "path"\nhost = "vhost"\nintegration_id = "Integration Id"\n'
    )
    [call] = looked_at(tmp_path / "log", dialect=dialect).calls
    assert (call.customer, call.integration) == ("4321", "1234_5678")


@pytest.mark.parametrize("line", ["Dear sir, the status, as of today, is bad", "2026-10-01;GET;status;path;200", "a,b"])
def test_what_is_no_header_is_not_shown_as_one(tmp_path: Path, line: str) -> None:
    with pytest.raises(SourceError, match="no format claims its first line"):
        looked_at(written(tmp_path / "log", line))


def test_a_log_may_begin_with_other_lines(tmp_path: Path) -> None:
    found = looked_at(written(tmp_path / "log", *[{"level": "info", "msg": "started"}] * 200, OURS))
    assert (len(found.calls), len(found.rejects)) == (1, 200)


def test_a_log_that_is_none_yet_is_read_when_it_is_one(tmp_path: Path) -> None:
    path = written(tmp_path / "log", {"level": "info"})
    assert lakes.load_one(tmp_path / "lake", path).status == "failed"
    written(path, {"level": "info"}, OURS)
    assert lakes.fate(lakes.load_one(tmp_path / "lake", path)) == ("loaded", 1, 1, 0, 0)
    written(path, {"level": "info"}, OURS, without("status"))
    assert lakes.fate(lakes.load_one(tmp_path / "lake", path)) == ("loaded", 0, 1, 0, 0)


def test_in_a_folder_other_logs_are_skipped_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    written(folder / "ours.log", OURS)
    written(folder / "other.log", APPLICATION)
    report = ingest(tmp_path / "lake", [str(folder)], ReadOptions(), now=worked.NOW)
    assert [(source.status, source.calls) for source in report.sources] == [("loaded", 1)]
    [warning] = report.warnings
    assert warning.startswith(f"skipped: {folder / 'other.log'}: unknown_format: no line of JSON is a call")


def test_who_says_the_id_as_we_do_is_read_as_ours_whatever_else_a_line_has(tmp_path: Path) -> None:
    found = looked_at(written(tmp_path / "log", OURS | {"remote_addr": "192.0.2.7", "request_time": 1, "path": "/x"}))
    assert (found.dialect, found.calls[0].integration) == (None, "1234_5678")


# -- logs of any shape

KNOWN = {
    "timestamp": ["time_iso8601", "time", "timestamp", "@timestamp"],
    "method": ["request_method", "method"],
    "path": ["request_uri", "uri", "path", "url"],
    "status": ["status", "responseStatus"],
    "host": ["http_host", "host", "vhost", "domain", "edge", "deep.name"],
    "id": ["http_integrationid", "integration_id"],
}


@FEW
@given(st.randoms(use_true_random=False), st.sampled_from([None, "9999.rest.afas.online"]))
def test_a_json_log_is_read_with_the_right_customers_or_it_is_said_what_is_missing(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, host: str | None
) -> None:
    names = {what: chance.choice([*known, f"x_{what}"]) for what, known in KNOWN.items()}
    others = {"remote_addr": "192.0.2.7", "clientip": "192.0.2.7", "upstream": "10.0.0.1:80", "size": 5}
    lines = []
    for customer in CUSTOMERS:
        values = {
            "timestamp": "2026-10-01T09:00:00+02:00",
            "method": "GET",
            "path": f"{PATH}?skip=1",
            "status": 200,
            "host": f"{customer}.rest.afas.online",
            "id": f"{customer[:4]}_1",
        }
        record: dict[str, Any] = {names[what]: value for what, value in values.items()} | others
        if names["host"] == "deep.name":
            record["deep"] = {"name": record.pop("deep.name")}
        lines.append(dict(chance.sample(sorted(record.items(), key=str), len(record))))
    path = written(tmp_path_factory.mktemp("log") / "log", *lines)
    missing = [what for what in ("timestamp", "method", "path", "status") if names[what] == f"x_{what}"]
    if missing:
        with pytest.raises(SourceError, match="unknown_format") as raised:
            looked_at(path, host=host)
        assert all(f"the {'url' if what == 'path' else what} (" in str(raised.value) for what in missing)
        return
    found = looked_at(path, host=host)
    assert [call.customer for call in found.calls] == list(CUSTOMERS), (names, found.rejects)
    if names["id"] != "x_id":
        assert [call.integration for call in found.calls] == [f"{customer[:4]}_1" for customer in CUSTOMERS]


@FEW
@given(st.randoms(use_true_random=False), st.sampled_from([None, "9999.rest.afas.online"]))
def test_an_access_log_of_any_shape_is_read_with_the_right_customers(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, host: str | None
) -> None:
    front, behind = chance.randint(1, 6), chance.randint(0, 4)
    place = chance.randrange(front + behind)
    ends = chance.choice(["", ":443", "."])
    has_agent = chance.choice([True, False])
    quoted = [number >= front and chance.choice([True, False]) for number in range(front + behind)]
    lines = []
    for customer in CUSTOMERS:
        fields = [chance.choice(["-", "jan", "10.0.0.1", "0.1"]) for _ in range(front + behind)]
        fields[place] = f"{customer}.rest.afas.online{ends}"
        texts = [f'"{text}"' if is_quoted else text for text, is_quoted in zip(fields, quoted, strict=True)]
        agent = ['"-"', '"Acme/1.0"'] if has_agent else []
        known = ["[01/Oct/2026:09:00:00 +0200]", f'"GET {PATH} HTTP/1.1"', "200", "5", *agent]
        lines.append(" ".join([*texts[:front], *known, *texts[front:], '"1234_5678"']))
    path = written(tmp_path_factory.mktemp("log") / "log", *lines)
    found = looked_at(path, host=host)
    assert [call.customer for call in found.calls] == list(CUSTOMERS), (lines, found)
    assert [call.integration for call in found.calls] == ["1234_5678"] * len(CUSTOMERS)


STRANGERS: dict[str, dict[str, Any]] = {
    "Kong": {
        "latencies": {"request": 87},
        "service": {"host": "10.0.0.9"},
        "request": {
            "method": "GET",
            "uri": PATH,
            "headers": {"host": "4321.rest.afas.online", "integrationid": "1234_5678"},
        },
        "response": {"status": 200, "headers": {"host": "x"}},
        "started_at": 1790838000123,
    },
    "Cloudflare": {
        "ClientIP": "192.0.2.7",
        "ClientRequestHost": "4321.rest.afas.online",
        "ClientRequestMethod": "GET",
        "ClientRequestURI": PATH,
        "EdgeResponseStatus": 200,
        "EdgeStartTimestamp": "2026-10-01T07:00:00Z",
        "IntegrationId": "1234_5678",
    },
    "Google": {
        "httpRequest": {"requestMethod": "GET", "requestUrl": f"https://4321.rest.afas.online{PATH}", "status": 200},
        "timestamp": "2026-10-01T07:00:00.1Z",
        "integrationId": "1234_5678",
    },
    "Log Analytics": {
        "TimeGenerated": "2026-10-01T07:00:00Z",
        "HttpMethod": "GET",
        "RequestUri": PATH,
        "HttpStatus": 200,
        "OriginalHost": "4321.rest.afas.online",
        "integration_id": "1234_5678",
    },
    "HAProxy": {
        "time": "2026-10-01T07:00:00Z",
        "server": "srv1",
        "http_method": "GET",
        "http_uri": PATH,
        "status_code": 200,
        "host": "4321.rest.afas.online",
        "http_integrationid": "1234_5678",
    },
}
"""Logs of products that no dialect knows."""


@pytest.mark.parametrize("record", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_log_that_no_dialect_knows_is_read_by_whoever_does_what_the_error_says(
    tmp_path: Path, record: dict[str, Any]
) -> None:
    path = written(tmp_path / "log", record)
    with pytest.raises(SourceError) as raised:
        looked_at(path)
    said = str(raised.value)
    known = re.search(r'\(begin it with like = "(\w+)"\)$', said)
    assert known is not None
    hints = re.findall(r"([\w.@]+) could be (\w+)", said)
    assert len({field for _, field in hints}) == len(hints) > 0
    dialect = tmp_path / "acme.toml"
    fields = "".join(f'{field} = "{name}"\n' for name, field in hints)
    dialect.write_text(f'name = "acme"\nlike = "{known[1]}"\n\n[fields]\n{fields}', encoding="utf-8")
    [call] = looked_at(path, dialect=dialect).calls
    assert (call.customer, call.method, call.status, call.integration) == ("4321", "GET", 200, "1234_5678")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            f'https 2026-10-01T07:00:00.1Z app/lb 192.0.2.7:2817 0.001 0.086 200 34 "GET https://4321.rest.afas.online:443{PATH} HTTP/1.1"',
            "it looks like an access log in a layout of its own: pass --layout the format",
        ),
        (
            f'192.0.2.7:333 [01/Oct/2026:09:00:00.655] http-in~ static/srv1 10/0/109 200 2750 ---- {{a|b}} "GET {PATH} HTTP/1.1"',
            "it looks like an access log in a layout of its own: pass --layout the format",
        ),
        (
            f'time="2026-10-01T07:00:00Z" method=GET host=4321.rest.afas.online path={PATH} status=200 took=87ms',
            "its values follow their names (name=value), which is not read: log it as JSON",
        ),
        ("a=1 and nothing else", "name its format with --log-format, --layout or --dialect"),
    ],
)
def test_a_first_line_that_no_format_claims_says_what_helps(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        looked_at(written(tmp_path / "log", line))
    assert said in str(raised.value)


def test_an_access_log_of_its_own_is_read_by_the_layout_that_is_written_for_it(tmp_path: Path) -> None:
    line = f'https 2026-10-01T07:00:00.1Z app/lb 192.0.2.7:2817 0.086 200 34 "GET https://4321.rest.afas.online:443{PATH} HTTP/1.1"'
    layout = '$type $time_iso8601 $elb $client $took $status $bytes_sent "$request"'
    [call] = looked_at(written(tmp_path / "log", line), layout=layout).calls
    assert (call.customer, call.status, call.response_bytes) == ("4321", 200, 34)
