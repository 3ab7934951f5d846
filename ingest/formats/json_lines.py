"""JSON lines, our own dialect: one object a line.

{"timestamp": "2026-10-21T13:55:36Z", "method": "GET", "url": "https://...", "headers": {...}, "status": 200, ...}
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

MAX_DEPTH = 64
"""Objects and lists inside each other. No log needs more; deeper ones are `too_deep`."""

_HERE = Path(__file__).parent
_SETUP, _LEARN, _READ = (
    (_HERE / name).read_text(encoding="utf-8")
    for name in ("json_lines_setup.sql", "json_lines_learn.sql", "json_lines.sql")
)
_ODD = (
    r"select line_number, line from lines where fate is null and ("
    r"regexp_matches(line, '(?i)[:,\[]\s*-?(nan|inf)|,\s*[}\]]|/[*/]|^\s*[^{\s#]')"
    r" or regexp_matches(line, '([\[{][^\[{]*){64}'))"
)
"""Lines that DuckDB's JSON reader, more lenient than the standard, might take though they are not sound."""


class JsonLines:
    """JSON lines with the field names of `ingest/formats/json_lines.sql`."""

    name: ClassVar[str] = "json"
    dialect: str | None = None

    def claims(self, lines: Sequence[str]) -> bool:
        """Some line is a JSON object."""
        return any(line.lstrip(" \t\ufeff").startswith("{") and _defect(line) != "not_a_record" for line in lines)

    def __init__(self) -> None:
        self._is_set_up = False

    def read(
        self, connection: duckdb.DuckDBPyConnection, context: Mapping[str, Any]
    ) -> tuple[pa.Table, Mapping[str, Any]]:
        """The fields of every line. What looks odd is looked at once more, by the standard."""
        if not self._is_set_up:
            connection.execute(_SETUP)
            self._is_set_up = True
        odd = connection.execute(_ODD).fetchall()
        connection.execute("truncate defects")
        found = [(number, defect) for number, line in odd if (defect := _defect(line))]
        if found:
            numbers, defects = zip(*found, strict=True)
            connection.execute("insert into defects select unnest(?), unnest(?)", [list(numbers), list(defects)])
        connection.execute(_LEARN)
        return connection.sql(_READ).to_arrow_table(), context

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Nothing is known beforehand."""
        return ()


def _defect(line: str) -> str | None:
    """What the standard says against this line, None where it is a sound object."""
    if not line.strip() or line.startswith("#"):
        return None
    depth = deepest = 0
    in_string = escaped = False
    for character in line:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        return "too_deep"

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        # Numbers stay text: one of 5,000 digits is sound JSON, and Python would refuse to convert it.
        value = json.loads(line.removeprefix("\ufeff"), parse_constant=refuse, parse_int=str, strict=False)
    except ValueError:
        return "not_a_record"
    return None if isinstance(value, dict) else "not_a_record"
