"""A problem of a registry file, and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VALUE_LIMIT = 80
"""Characters of a value that messages show; longer values are cut."""


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One problem that keeps a file from being loaded, and its place.

    >>> print(Issue(file="partners.csv", line=4, column="partner", value="12a", expected="4 to 7 digits"))
    partners.csv, line 4, partner: got '12a', expected 4 to 7 digits
    """

    file: str | None = None
    line: int | None = None
    counted_as: Literal["line", "row"] = "line"
    column: str | None = None
    value: str | None = None
    expected: str

    def __str__(self) -> str:
        line = None if self.line is None else f"{self.counted_as} {self.line}"
        where = ", ".join(part for part in (self.file, line, self.column) if part is not None)
        got = "" if self.value is None else f"got {_shown(self.value)}, "
        return f"{where}: {got}expected {self.expected}" if where else f"{got}expected {self.expected}"


def _shown(value: str) -> str:
    return repr(value if len(value) <= VALUE_LIMIT else value[:VALUE_LIMIT] + "…")
