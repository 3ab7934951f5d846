"""A line inside another line is the same call as by itself, and keeps its place and its number."""

from __future__ import annotations

import json
import random
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingest import ReadOptions, SourceError, inspect, retry_rejects
from tests.ingest import lakes, worked
from tests.ingest.formats.wrappings import caddy, combined, looked_at
from tests.ingest.worked import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Callable


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "CRI": lambda line: f"2026-10-01T07:00:00.281234567Z stdout F {line}",
    "syslog": lambda line: f"<190>Oct  1 09:00:00 edge01 caddy[77]: {line}",
    "syslog, as a file keeps it": lambda line: f"Oct 11 09:00:00 edge01 nginx: {line}",
    "syslog of RFC 5424": lambda line: f'<165>1 2026-10-01T07:00:00.25Z edge01 caddy 77 - [x@1 a="b c"] \ufeff{line}',
    "compose": lambda line: f"caddy-1  | {line}",
    "docker": lambda line: json.dumps({"log": f"{line}\n", "stream": "stdout", "time": "2026-10-01T07:00:00.28Z"}),
    "Beats": lambda line: json.dumps({"@timestamp": "2026-10-01T07:00:09Z", "message": line, "host": {"name": "x"}}),
    "journald": lambda line: json.dumps({"__CURSOR": "s=1", "MESSAGE": line, "_PID": "7"}),
    "Beats of docker": lambda line: json.dumps({"message": json.dumps({"log": f"{line}\n", "stream": "stderr"})}),
    "docker of compose": lambda line: json.dumps({"log": f"caddy-1  | {line}\r\n"}),
}


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS.keys())
@pytest.mark.parametrize("inside", [caddy, combined])
def test_a_line_is_what_it_would_be_by_itself(
    tmp_path: Path, inside: Callable[..., str], wrap: Callable[[str], str]
) -> None:
    plain = [inside(1), inside(2, status=999), inside(3, customer=5432), "started", inside(4), ""]
    wrapped = [wrap(line) for line in plain]
    expected, found = looked_at(tmp_path / "log", *plain), looked_at(tmp_path / "log", *wrapped)
    assert (found.log_format, found.dialect) == (expected.log_format, expected.dialect)
    assert [call.customer for call in found.calls] == ["4321", "5432", "4321"]
    assert found.calls == expected.calls
    offsets = [sum(len(line.encode()) + 1 for line in wrapped[:number]) for number in (1, 3)]
    assert [(reject.line_number, reject.reason, reject.byte_offset) for reject in found.rejects] == [
        (2, "bad_status", offsets[0]),
        (4, "not_a_record", offsets[1]),
    ]
    assert found.lines == len(plain)


OBJECTS = {
    "a record of Elasticsearch": ("elastic_ecs", lambda record: {"_index": "a", "_id": "b", "_source": record}),
    "what Google keeps": ("traefik", lambda record: {"insertId": "a", "jsonPayload": record, "resource": {}}),
    "what Splunk is sent": ("envoy_gateway", lambda record: {"time": 1, "event": record}),
}


@pytest.mark.parametrize(("product", "wrap"), OBJECTS.values(), ids=OBJECTS.keys())
def test_a_record_inside_of_an_object_is_the_record(
    tmp_path: Path, product: str, wrap: Callable[[object], object]
) -> None:
    plain = (PRODUCTS / f"{product}.log").read_text(encoding="utf-8").splitlines()
    expected = looked_at(tmp_path / "log", *plain)
    found = looked_at(tmp_path / "log", *(json.dumps(wrap(json.loads(line))) for line in plain))
    assert found == expected


def test_the_console_of_caddy_says_the_time_before_the_record(tmp_path: Path) -> None:
    record = json.loads(caddy(1))
    rest = json.dumps({key: value for key, value in record.items() if key not in {"level", "ts", "logger", "msg"}})
    line = f"TIME\t\x1b[34mINFO\x1b[0m\thttp.log.access.log0\thandled request\t{rest}"
    times = ("1790838001.25", "2026/10/01 09:00:01.250", "2026-10-01T07:00:01.25Z")
    wraps: list[Callable[[str], str]] = [WRAPPINGS["compose"], WRAPPINGS["docker"], str]
    for time, wrap in zip(times, wraps, strict=True):
        found = looked_at(tmp_path / "log", wrap(line.replace("TIME", time)), time_zone="Europe/Amsterdam")
        assert [str(call.called_at) for call in found.calls] == ["2026-10-01 07:00:01.250000+00:00"]
        assert found.dialect == "caddy"


def test_what_is_inside_of_a_line_is_found_where_the_layout_or_the_dialect_is_given(tmp_path: Path) -> None:
    path, wrap = tmp_path / "log", WRAPPINGS["docker"]
    layout = '$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
    given: list[tuple[str, dict[str, Any]]] = [
        (caddy(1), {"log_format": "json"}),
        (caddy(1), {"dialect": "caddy"}),
        (combined(1), {"log_format": "combined"}),
        (combined(1), {"layout": f'{layout} "$http_integrationid" $request_time'}),
    ]
    for line, options in given:
        assert [call.integration for call in looked_at(path, wrap(line), **options).calls] == ["1234_5678"]


def test_what_grows_is_read_on_and_plain_logs_of_the_same_run_are_read_as_they_are(tmp_path: Path) -> None:
    lake, wrap = tmp_path / "lake", WRAPPINGS["docker"]
    path, plain = tmp_path / "wrapped.log", tmp_path / "plain.log"
    path.write_text(f"{wrap(caddy(1))}\n")
    plain.write_text(f"{caddy(2)}\n")
    lakes.load(lake, plain, path)
    path.write_text(f"{wrap(caddy(1))}\n{wrap('started')}\n{wrap(caddy(3, status=999))}\n{wrap(caddy(4))}\n")
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 1, 2, 0, 0)
    assert sorted(call["line_number"] for call in lakes.calls(lake)) == [1, 1, 4]
    report = retry_rejects(lake, [str(path)], ReadOptions(), now=worked.NOW)
    assert [(source.error, source.status) for source in report.sources] == [(None, "unchanged")]
    assert lakes.broken(lake) == {}


def test_of_a_line_that_says_twice_what_is_inside_nothing_is_taken(tmp_path: Path) -> None:
    twice = f'{{"log": {json.dumps(caddy(2))}, "log": {json.dumps(caddy(3, customer=5432))}}}'
    found = looked_at(tmp_path / "log", WRAPPINGS["docker"](caddy(1)), twice)
    assert [call.line_number for call in found.calls] == [1]
    assert [reject.line_number for reject in found.rejects] == [2]


def test_of_what_is_inside_and_no_call_the_names_are_said(tmp_path: Path) -> None:
    line = json.dumps({"time": "2026-10-01T07:00:00Z", "uri": "/x", "status": 200, "request_time": 1})
    with pytest.raises(
        SourceError, match=r"no line of JSON is a call \(inside of log\): found time, uri, status, request_time;"
    ):
        looked_at(tmp_path / "log", WRAPPINGS["docker"](line))


ENVELOPES: dict[str, tuple[Callable[[list[str]], object], str]] = {
    "CloudWatch": (
        lambda lines: {
            "messageType": "DATA_MESSAGE",
            "logGroup": "edge",
            "logEvents": [{"id": "1", "timestamp": 1790838000000, "message": line} for line in lines],
        },
        "jq -r '.logEvents[].message' FILE",
    ),
    "a search in Elasticsearch": (
        lambda lines: {"took": 5, "hits": {"hits": [{"_id": "b", "_source": {"message": line}} for line in lines]}},
        "jq -r '.hits.hits[]._source.message' FILE",
    ),
    "a search in Loki": (
        lambda lines: {
            "data": {"result": [{"stream": {}, "values": [["1790838000000000000", line] for line in lines]}]}
        },
        "jq -r '.data.result[].values[][1]' FILE",
    ),
    "GELF in a list": (
        lambda lines: {"batch": [{"version": "1.1", "short_message": line} for line in lines]},
        "jq -r '.batch[].short_message' FILE",
    ),
    "keys that may not be shown": (
        lambda lines: {"jan jansen": [{"short_message": line} for line in lines]},
        "jq -r '.[][].short_message' FILE",
    ),
}
OF_OBJECTS: dict[str, tuple[Callable[[list[object]], object], str]] = {
    "hits": (
        lambda records: {"took": 5, "hits": {"hits": [{"_id": "b", "_source": record} for record in records]}},
        "jq -c '.hits.hits[]._source' FILE",
    ),
    "a list": (lambda records: {"Records": records}, "jq -c '.Records[]' FILE"),
}


def _said(path: Path, envelope: object) -> str:
    path.write_text(json.dumps(envelope) + "\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    found = re.search("its calls are inside other objects: (jq .*) writes one record per line", str(caught.value))
    assert found is not None, caught.value
    return found[1]


@pytest.mark.parametrize("inside", [caddy, combined])
def test_of_an_envelope_the_command_is_said_that_takes_the_calls_out(
    tmp_path: Path, inside: Callable[..., str]
) -> None:
    lines = [inside(1), inside(2, customer=5432)]
    for wrap, command in ENVELOPES.values():
        assert _said(tmp_path / "log", wrap(lines)) == command
    if inside is caddy:
        for wrap_objects, command in OF_OBJECTS.values():
            assert _said(tmp_path / "log", wrap_objects([json.loads(line) for line in lines])) == command


@pytest.mark.skipif(
    shutil.which("jq") is None, reason="jq is not installed, so what it makes of an envelope is not tried"
)
def test_what_the_command_takes_out_are_the_calls(tmp_path: Path) -> None:
    lines = [caddy(1), caddy(2, customer=5432)]
    expected = looked_at(tmp_path / "log", *lines).calls
    wrapped = [wrap(lines) for wrap, _ in ENVELOPES.values()]
    wrapped += [wrap([json.loads(line) for line in lines]) for wrap, _ in OF_OBJECTS.values()]
    for envelope in wrapped:
        path = tmp_path / "log"
        _, option, filter_, _ = re.split(r" '?|' ", _said(path, envelope))
        jq = [shutil.which("jq") or "jq", option, filter_, str(path)]
        found = subprocess.run(jq, check=True, capture_output=True, text=True).stdout
        assert looked_at(path, *found.splitlines()).calls == expected


def test_a_comma_behind_an_object_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"the elements of a JSON list: sed 's/,\[\[:space:\]\]\*\$//' FILE"):
        looked_at(tmp_path / "log", f"{caddy(1)},", f"{caddy(2)}, ")
    found = looked_at(tmp_path / "log", "[", f"{caddy(1)},", f"{caddy(2)} ,", caddy(3), "]")
    details = [reject.detail or "" for reject in found.rejects]
    assert [detail.startswith("a comma stands behind the object, as in a JSON list") for detail in details] == [
        False,
        True,
        True,
        False,
    ]
    assert [call.line_number for call in found.calls] == [4]


def test_behind_the_name_of_a_pod_a_record_is_read(tmp_path: Path) -> None:
    found = looked_at(tmp_path / "log", *(f"[pod/edge-7d9f/caddy] {caddy(second)}" for second in range(3)))
    assert [call.line_number for call in found.calls] == [1, 2, 3]


PREFIXES: dict[str, Callable[[str], str]] = {"none": str} | {
    name: wrap for name, wrap in WRAPPINGS.items() if name.startswith(("CRI", "syslog", "compose"))
}


@pytest.mark.parametrize("inside", [caddy, combined])
@pytest.mark.parametrize("seed", range(3))
def test_each_line_is_read_by_the_prefix_that_it_has_itself(
    tmp_path: Path, inside: Callable[..., str], seed: int
) -> None:
    chance = random.Random(seed)
    prefixes = chance.sample([*PREFIXES.values()], 3)
    plain = [inside(second, status=200 if second % 7 else 999, customer=4321 + second) for second in range(20)]
    mixed = [chance.choice(prefixes)(line) for line in plain]
    expected, found = looked_at(tmp_path / "log", *plain), looked_at(tmp_path / "log", *mixed)
    assert (found.log_format, found.dialect, found.lines) == (expected.log_format, expected.dialect, 20)
    assert found.calls == expected.calls
    assert [(reject.line_number, reject.reason) for reject in found.rejects] == [
        (reject.line_number, reject.reason) for reject in expected.rejects
    ]
    # And however the file grows.
    path, lake = tmp_path / "grown.log", tmp_path / "lake"
    for end in (12, 20):
        path.write_text("".join(f"{line}\n" for line in mixed[:end]))
        lakes.load_one(lake, path)
    calls = sorted(lakes.calls(lake), key=lambda call: call["line_number"])
    assert [call["customer"] for call in calls] == [call.customer for call in expected.calls]
    assert lakes.broken(lake) == {}


def test_another_layout_behind_a_prefix_changes_none_of_the_lines_without_it(tmp_path: Path) -> None:
    other = '192.0.2.7 - - [01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 512'
    found = looked_at(tmp_path / "log", combined(1), WRAPPINGS["CRI"](other), combined(2))
    assert [call.integration_id for call in found.calls] == ["1234_5678"] * 2
    [reject] = found.rejects
    assert (reject.line_number, reject.reason) == (2, "not_a_record")


def _unwrapped(path: Path, detail: str | None) -> list[str]:
    """The lines that the command in the detail of a reject makes of a file."""
    command = re.search(
        ": ((?:jq|sed) .*) FILE > NEW takes that away; unload FILE if it is loaded, and load NEW$", detail or ""
    )
    assert command is not None, detail
    words = [*shlex.split(command[1]), str(path)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.skipif(
    shutil.which("jq") is None, reason="jq is not installed, so what it makes of docker's lines is not tried"
)
@pytest.mark.parametrize("inside", [caddy, combined])
@pytest.mark.parametrize("most", ["none", "CRI"])
def test_of_objects_of_docker_among_other_lines_the_reason_says_what_they_are_and_what_takes_it_away(
    tmp_path: Path, inside: Callable[..., str], most: str
) -> None:
    plain = [inside(second) for second in range(6)]
    mixed = [PREFIXES[most](line) for line in plain[:5]] + [WRAPPINGS["docker"](plain[5])]
    found = looked_at(tmp_path / "log", *mixed)
    [reject] = found.rejects
    assert (len(found.calls), reject.line_number) == (5, 6)
    assert reject.detail is not None
    assert reject.detail.startswith(
        "docker keeps this line in an object, under log, and other lines of the log are kept otherwise: jq"
    )
    lines = _unwrapped(tmp_path / "log", reject.detail)
    assert looked_at(tmp_path / "log", *lines).calls == looked_at(tmp_path / "log", *plain).calls


@pytest.mark.parametrize("prefix", ["CRI", "syslog", "syslog, as a file keeps it", "compose"])
def test_of_a_prefix_that_comes_when_the_log_is_known_the_reason_says_what_takes_it_away(
    tmp_path: Path, prefix: str
) -> None:
    plain = [caddy(second) for second in range(1001)]
    found = looked_at(tmp_path / "log", *plain[:1000], WRAPPINGS[prefix](plain[1000]))
    [reject] = found.rejects
    assert (len(found.calls), reject.line_number, reject.reason) == (1000, 1001, "not_a_record")
    assert _unwrapped(tmp_path / "log", reject.detail) == plain
