"""The worked cases beside this file, as both readers need them. Found by folder: none can be forgotten."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CASES = Path(__file__).parent / "cases"
PRODUCTS = Path(__file__).parent / "products"
NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
LAKE_TIME_ZONE = zoneinfo.ZoneInfo("Europe/Amsterdam")

_NUMBERS = ("skip", "take", "query_length")
_NOT_NULL = {"filter_fields": [], "operator_types": [], "query_length": 0, "own": False}


@dataclass(frozen=True)
class IdCase:
    rule: str
    text: str
    status: str
    defect: str | None = None
    partner: int | None = None
    project: int | None = None
    stored: str | None = None


@dataclass(frozen=True)
class UrlCase:
    rule: str
    method: str
    url: str
    expected: dict[str, object] | str
    """The columns, or the reason to reject it."""


@dataclass(frozen=True)
class OutcomeCase:
    status: int
    duration_ms: float | None
    query_length: int
    outcome: str
    party: str | None


@dataclass(frozen=True)
class LineCase:
    rule: str
    format: str
    line: str
    header: str | None = None
    host: str | None = None
    time_zone: str | None = None
    call: dict[str, object] = field(default_factory=dict)
    reject: str | None = None
    ignored: bool = False

    @property
    def content(self) -> bytes:
        lines = [self.line] if self.header is None else [self.header, self.line]
        return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True)
class FileCase:
    rule: str
    format: str
    lines: list[str]
    fates: list[str]
    end: str

    @property
    def content(self) -> bytes:
        return "".join(line + self.end for line in self.lines).encode()


def file_cases() -> list[FileCase]:
    return [FileCase(**case) for case in _toml("files")]


def id_cases() -> list[IdCase]:
    return [
        IdCase(**{**case, "text": case["text"] * times})
        for case in _toml("integration_ids")
        for times in [case.pop("times", 1)]
    ]


def url_cases() -> list[UrlCase]:
    cases = []
    for row in _csv("urls"):
        reason = row.pop("reason")
        rule, method, url = row.pop("rule"), row.pop("method"), row.pop("url")
        columns: dict[str, object] = {name: value or None for name, value in row.items()}
        columns |= {name: int(row[name]) for name in _NUMBERS if row[name]}
        columns |= {
            "method": method.upper(),
            "ordered": {"true": True, "false": False, "": None}[row["ordered"]],
            "filter_fields": row["filter_fields"].split(),
            "operator_types": [int(text) for text in row["operator_types"].split()],
        }
        cases.append(UrlCase(rule, method, url, reason or columns))
    return cases


def outcome_cases() -> list[OutcomeCase]:
    return [
        OutcomeCase(
            status=int(row["status"]),
            duration_ms=float(row["duration_ms"]) if row["duration_ms"] else None,
            query_length=int(row["query_length"]),
            outcome=row["outcome"],
            party=row["party"] or None,
        )
        for row in _csv("outcomes")
    ]


def line_cases() -> list[LineCase]:
    cases = []
    for case in _toml("lines"):
        padding = "x" * case.pop("query_padding", 0)
        case["line"] = case["line"].replace("QQQQ", padding)
        cases.append(LineCase(**case))
    return cases


def whole(call: dict[str, object], columns: set[str]) -> dict[str, object]:
    """Return what a case says of a call, with the columns that it does not name."""
    return {name: _NOT_NULL.get(name) for name in columns} | call


def differences(found: dict[str, object], expected: dict[str, object]) -> dict[str, tuple[object, object]]:
    """Return the differences, each as found and expected."""
    return {name: (found[name], value) for name, value in expected.items() if found[name] != value}


def different_fates(
    found: Sequence[Mapping[str, object]], expected: Sequence[Mapping[str, object]]
) -> list[tuple[int, Mapping[str, object], Mapping[str, object]]]:
    """Return where two readings of a file part: position, and on each side only what differs."""
    assert len(found) == len(expected)
    return [
        (
            position,
            {name: value for name, value in one.items() if name not in other or other[name] != value},
            {name: value for name, value in other.items() if name not in one or one[name] != value},
        )
        for position, (one, other) in enumerate(zip(found, expected, strict=True))
        if one != other
    ]


def _toml(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return cases


def _csv(name: str) -> list[dict[str, str]]:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
