"""Paths of fields in objects inside of each other, and the values that stand there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PARTS = re.compile(r'(?:^|\.)(?:"([^"]+)"|([^."]+))')


def parts_of(path: str) -> tuple[str, ...]:
    """The keys that lead to a field, from the outside in; empty where the text is no path.

    >>> parts_of('attributes."http.request.method"')
    ('attributes', 'http.request.method')
    """
    found = list(_PARTS.finditer(path))
    if "".join(match[0] for match in found) != path:
        return ()
    return tuple(match[1] or match[2] for match in found)


def places_of(path: str) -> list[tuple[str, ...]]:
    """Where a field may be: inside of other objects, and beside them under its whole name.

    >>> places_of("url.path")
    [('url', 'path'), ('url.path',)]
    """
    parts = parts_of(path)
    return [parts] if '"' in path or len(parts) < 2 else [parts, (path,)]


def has(record: Mapping[str, Any], path: str) -> bool:
    """Whether the record has this field. An object is not a field; it holds fields."""
    return any(not isinstance(value_at(record, parts), dict | None) for parts in places_of(path))


def value_of(record: Mapping[str, Any], path: str) -> str:
    """The text of a field; empty where it is no text."""
    found = next((value for parts in places_of(path) if (value := value_at(record, parts)) is not None), None)
    return found if isinstance(found, str) else ""


def value_at(record: Any, parts: Sequence[str]) -> Any:
    """The value at a place in nested objects; None where there is none."""
    for part in parts:
        record = record.get(part) if isinstance(record, dict) else None
    return record
