"""The sample logs read by plain Python, one line at a time, to check the claims about them.

This reader is simple on purpose, because the files are well formed. Of our own code it uses only the list of lines that are no calls.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sample_logs
from sample_logs.generate import read_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(sample_logs.__file__).parent
FORMATS = ("json", "w3c", "combined", "csv")
DEMO_FORMATS = {"gateway": "json", "proxy": "combined", "iis": "w3c", "focus": "json", "staging": "csv"}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ENVIRONMENTS = {
    "rest": "production",
    "soap": "production",
    "resttest": "test",
    "restaccept": "accept",
    "soapaccept": "accept",
    "restcursus": "training",
}
_COMBINED = re.compile(
    r'(?P<host>\S+) \S+ - - \[(?P<time>[^]]+)\] "(?P<method>[A-Z]+) (?P<target>\S+) HTTP/1\.1" (?P<status>\d+) (?P<bytes>\d+) '
    r'"-" "(?P<agent>[^"]*)" "(?P<id>[^"]*)" (?P<seconds>\d+\.\d{3})'
)


@dataclass(frozen=True, kw_only=True)
class SampleCall:
    """The fields of a call that every format has. `identity` is the header as logged, empty if it is absent."""

    stream: str
    at: dt.datetime
    method: str
    host: str
    path: str
    query: str
    identity: str
    status: int
    duration_ms: int
    response_bytes: int
    agent: str

    @cached_property
    def local(self) -> dt.datetime:
        """When it was made, on the clock on the wall."""
        return self.at.astimezone(AMSTERDAM)

    @property
    def customer(self) -> str:
        """The number in the host, or sub-domain and first segment of SB."""
        first = self.host.split(".")[0]
        return f"{first}/{self.path.split('/')[1]}" if "afasfocus" in self.host else first

    @property
    def environment(self) -> str:
        """What the second label of the host says."""
        return ENVIRONMENTS.get(self.host.split(".")[1], "production")

    @property
    def is_error(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.status >= 400

    @property
    def is_log_in(self) -> bool:
        """Whether it asks for nothing but a token."""
        names = self.path.lower().split("/")
        if "afasfocus" in self.host:
            return any(name in {"authentication", "app"} for name in names[1:3])
        is_description = self.query.lower().startswith("wsdl")
        return (
            any(name in {"oauth", "otprequest", "otpvalidation", "tokenconnector.asmx"} for name in names)
            and not is_description
        )

    @property
    def is_use(self) -> bool:
        """Whether it makes somebody a customer, unless it is the partner itself."""
        return not self.is_error and not self.is_log_in


@dataclass(frozen=True, kw_only=True)
class SampleLog:
    """One file: its calls, and how many lines are bad or say nothing."""

    path: Path
    calls: tuple[SampleCall, ...]
    bad: int
    ignored: int


@cache
def demo() -> tuple[SampleLog, ...]:
    """Every file of the demo."""
    paths = sample_logs.demo_files()
    return tuple(read_log(path, DEMO_FORMATS[path.parent.name], path.parent.name) for path in paths)


@cache
def week(log_format: str) -> tuple[SampleLog, ...]:
    """Both files of the week in one format."""
    return tuple(read_log(path, log_format) for path in sorted((ROOT / log_format).iterdir()))


@cache
def demo_calls() -> tuple[SampleCall, ...]:
    """Every call of the demo."""
    return tuple(call for log in demo() for call in log.calls)


@cache
def registry(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one registry file."""
    with (ROOT / "registry" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def json_records() -> Iterator[dict[str, Any]]:
    """Every JSON object of the demo that is a call, as it stands there."""
    for path in sample_logs.demo_files():
        if DEMO_FORMATS[path.parent.name] == "json":
            for line in text(path).split("\n"):
                if line.strip() and not _is_bad("json", line):
                    yield json.loads(line)


def read_log(path: Path, log_format: str, stream: str = "") -> SampleLog:
    """One file."""
    lines = text(path).split("\n")
    assert lines.pop() == "", f"{path} does not end with a line feed"
    calls: list[SampleCall] = []
    bad = ignored = 0
    separator = ";" if lines[0].startswith("timestamp;") else ","
    for line in lines:
        if not line.strip() or line.startswith(("#", "timestamp")):
            ignored += 1
        elif _is_bad(log_format, line.replace(separator, ",") if log_format == "csv" else line):
            bad += 1
        else:
            calls.append(_call(log_format, line, separator, stream))
    return SampleLog(path=path, calls=tuple(calls), bad=bad, ignored=ignored)


def in_iis(call: SampleCall) -> SampleCall:
    """The call as IIS can tell it: a space is a plus, and a plus is a plus."""
    identity = call.identity.replace(", ", ",").replace(" ", "+")
    return replace(call, identity=identity, agent=call.agent.replace(" ", "+"))


def text(path: Path) -> str:
    """What stands in a sample file."""
    return read_sample(path).decode("utf-8")


@cache
def _bad_patterns(log_format: str) -> tuple[re.Pattern[str], ...]:
    others = tomllib.loads((ROOT / "model" / "other_lines.toml").read_text(encoding="utf-8"))
    templates = [bad["line"] for bad in others[log_format]["bad"]]
    return tuple(re.compile(re.escape(line).replace(re.escape("{time}"), ".{19,30}")) for line in templates)


def _is_bad(log_format: str, line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in _bad_patterns(log_format))


def _call(log_format: str, line: str, separator: str, stream: str) -> SampleCall:
    match log_format:
        case "json":
            return _json_call(line, stream)
        case "w3c":
            return _w3c_call(line, stream)
        case "combined":
            return _combined_call(line, stream)
        case _:
            return _csv_call(line, separator, stream)


def _json_call(line: str, stream: str) -> SampleCall:
    record = json.loads(line)
    url = urlsplit(record["url"])
    headers = {name.lower(): value for name, value in record["headers"].items()}
    identity = headers.get("integrationid", "")
    return SampleCall(
        stream=stream,
        at=dt.datetime.fromisoformat(record["timestamp"]).astimezone(dt.UTC),
        method=record["method"],
        host=_host(url.netloc),
        path=url.path,
        query=url.query,
        identity=identity if isinstance(identity, str) else ", ".join(identity),
        status=record["status"],
        duration_ms=record["duration_ms"],
        response_bytes=record["response_bytes"],
        agent=record["user_agent"],
    )


def _w3c_call(line: str, stream: str) -> SampleCall:
    date, time, method, path, query, host, status, _, sent, taken, agent, identity = line.split(" ")
    return SampleCall(
        stream=stream,
        at=dt.datetime.fromisoformat(f"{date}T{time}+00:00"),
        method=method,
        host=_host(host),
        path=path,
        query=query if query != "-" else "",
        identity=identity.replace(",", ", ") if identity != "-" else "",
        status=int(status),
        duration_ms=int(taken),
        response_bytes=int(sent),
        agent=agent.replace("+", " "),
    )


def _combined_call(line: str, stream: str) -> SampleCall:
    found = _COMBINED.fullmatch(line)
    assert found is not None, line
    path, _, query = found["target"].partition("?")
    identity = re.sub(
        r"((?:\\x[0-9A-F]{2})+)", lambda run: bytes.fromhex(run[0].replace("\\x", "")).decode(), found["id"]
    )
    return SampleCall(
        stream=stream,
        at=dt.datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z").astimezone(dt.UTC),
        method=found["method"],
        host=found["host"],
        path=path,
        query=query,
        identity=identity if identity != "-" else "",
        status=int(found["status"]),
        duration_ms=int(found["seconds"].replace(".", "")),
        response_bytes=int(found["bytes"]),
        agent=found["agent"],
    )


def _csv_call(line: str, separator: str, stream: str) -> SampleCall:
    time, method, address, identity, status, duration, _, sent, agent, _ = next(csv.reader([line], delimiter=separator))
    url = urlsplit(address)
    return SampleCall(
        stream=stream,
        at=dt.datetime.fromisoformat(time).astimezone(dt.UTC),
        method=method,
        host=_host(url.netloc),
        path=url.path,
        query=url.query,
        identity=identity,
        status=int(status),
        duration_ms=int(duration),
        response_bytes=int(sent),
        agent=agent,
    )


def _host(host: str) -> str:
    return host.lower().removesuffix(":443").rstrip(".")
