"""Every .sql file: its length, and that each definition is in one place."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path for floor in ("ingest", "analytics", "sample_logs", "bench") for path in (ROOT / floor).rglob("*.sql")
)
MOST_LINES = 100

DEFINED = {
    r"status\s*(?:<|>=)\s*400": "is_error(status)",
    r"'profit_'": "is_supplied(connector)",
    r"'12345_\d+'": "is_example_id(integration)",
    r"operation\s*<>\s*'auth'": "is_use(status, operation, own)",
    r"epoch_us\(": "hour_of, minute_of or micros_of",
    r"select max\(day\) as day": "the step certification/last_day",
    r"coalesce\((?:cast\()?sum\(": "added_up(calls) or added_up_if(holds, calls)",
}
"""The texts with which a file of analytics would define something a second time, and the definition that it uses instead."""

DEFINING = {
    "analytics/views/macros.sql",
    "analytics/views/sum_macros.sql",
    "ingest/lake/sums/macros.sql",
    "analytics/certification/steps/last_day.sql",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_files() -> None:
    assert len(FILES) > 200


def test_a_long_file_says_why_and_no_other_does() -> None:
    texts = {named(path): path.read_text(encoding="utf-8") for path in FILES}
    long = {name for name, text in texts.items() if len(text.splitlines()) > MOST_LINES}
    says_why = {name for name, text in texts.items() if re.search(r"^-- long: \w.*[.]$", text, re.MULTILINE)}
    assert says_why == long


def test_a_definition_stands_once() -> None:
    again = []
    for path in FILES:
        name = named(path)
        text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        if name.startswith("analytics/") and name not in DEFINING:
            again += [(name, instead) for pattern, instead in DEFINED.items() if re.search(pattern, text)]
    assert again == []


def test_each_definition_is_there() -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in sorted(DEFINING))
    assert [instead for pattern, instead in DEFINED.items() if not re.search(pattern, text)] == []
