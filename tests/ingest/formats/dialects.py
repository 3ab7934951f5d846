"""A user's own dialect, and the calls in logs that are written in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest import ReadOptions, inspect
from tests.ingest import worked

if TYPE_CHECKING:
    from pathlib import Path


HOST = "4321.rest.afas.online"
TARGET = "/ProfitRestServices/metainfo"
ACME = """
name = "acme"

[fields]
timestamp = "when"
method = "verb"
url = "address"
status = "answer.code"
"""


def found_in(path: Path, **options: Any) -> list[dict[str, Any]]:
    """Every call of a log, in the order of the lines; a rejected line is its reason."""
    inspection = inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)
    calls = {call.line_number: call.model_dump(exclude_none=True) for call in inspection.calls}
    calls |= {reject.line_number: {"reason": reject.reason} for reject in inspection.rejects}
    return [calls[number] for number in sorted(calls)]


def dialect_file(folder: Path, text: str = ACME, name: str = "acme.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def acme(number: int, **more: object) -> dict[str, object]:
    return {
        "when": f"2026-10-01T07:00:{number:02}Z",
        "verb": "GET",
        "address": f"https://{HOST}{TARGET}",
        "answer": {"code": 200},
    } | more
