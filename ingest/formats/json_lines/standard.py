"""Judges lines by the standard of JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


MAX_DEPTH = 64
"""Objects and lists inside each other. No log needs more; deeper ones are `too_deep`."""


def record_in(line: str) -> Mapping[str, Any] | None:
    """The object that this line is; None where it is no sound one."""
    line = line.removeprefix("\ufeff")
    if not line.lstrip().startswith("{") or defect_of(line) is not None:
        return None
    record: dict[str, Any] = json.loads(line, parse_int=str)
    return record


def defect_of(line: str) -> str | None:
    """The fault of this line by the standard of JSON. None if it is a valid object."""
    if not line.strip() or line.startswith("#"):
        return None
    if _depth(line) > MAX_DEPTH:
        return "too_deep"

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        # Numbers stay text: one of 5,000 digits is sound JSON, and Python would refuse to convert it.
        value = json.loads(line, parse_constant=refuse, parse_int=str)
    except ValueError:
        return "not_a_record"
    return None if isinstance(value, dict) else "not_a_record"


def _depth(line: str) -> int:
    """How many objects and lists stand inside each other, at most."""
    depth = deepest = 0
    for bracket in re.sub(r'"(?:[^"\\]|\\.)*"', "", line):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest
