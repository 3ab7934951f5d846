"""How a value looks: to programs (JSON, CSV) exactly, to people readably, in a terminal harmlessly."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import json
import math
import re
from typing import Any

NULL = "–"
IDENTIFIERS = frozenset({"partner", "project", "status", "version", "line_number", "year", "month", "port"})
"""Whole numbers that name something: no thousands separators."""

_SMALL = 0.001
"""Nearer to nothing than this, four places are not enough."""

_RANGES = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
)
"""Invisible characters, and characters that a terminal obeys: the first and the last of each range."""
_INVISIBLE = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _RANGES)}]")
_POINTS = [point for first, last in _RANGES for point in range(first, last + 1)]
# A text of nothing but such characters may be long: a table of theirs takes no memory for each of them, as a pattern does.
_SPELLED = {point: chr(point).encode("unicode_escape").decode("ascii") for point in _POINTS}
_ESCAPED = {point: f"\\u{point:04x}" for point in _POINTS if chr(point) != "\n"}


def as_plain(record: object) -> dict[str, Any]:
    """A pydantic model, data class or mapping as a dict of its fields, in their order."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    fields: dict[str, Any] = dict(record)  # type: ignore[call-overload]  # a mapping, or a model, which yields its fields
    return fields


def to_json(value: object) -> object:
    """A value as JSON has it: dates and instants (UTC) as ISO 8601 text, null for what is not a number. Decimals stay decimals.

    >>> to_json(dt.datetime(2026, 3, 29, 2, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    '2026-03-29T00:30:00Z'
    >>> to_json(float("nan"))
    >>> to_json(decimal.Decimal(7)), to_json(decimal.Decimal("1.50"))
    (7, Decimal('1.50'))
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case decimal.Decimal():
            return _decimal(value)
        case dt.datetime():
            return _instant(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | tuple() | set() | frozenset():
            return [to_json(item) for item in value]
        case dict():
            return {str(key): to_json(item) for key, item in value.items()}
        case _ if dataclasses.is_dataclass(value) or hasattr(value, "model_fields_set"):
            return {key: to_json(item) for key, item in as_plain(value).items()}
        case _:
            return str(value)


def json_text(value: object, *, indent: int | None = None) -> str:
    r"""A value as JSON text; what a terminal would take for more than text stands there as an escape.

    >>> print(json_text({"user_agent": "caf\u00e9 \x9b31m \u202e", "error_rate": float("nan")}))
    {"user_agent": "café \u009b31m \u202e", "error_rate": null}
    >>> print(json_text({"amount": decimal.Decimal("1234567890123456789.10")}))
    {"amount": 1234567890123456789.10}
    """
    text = _json(to_json(value), indent)
    return text.translate(_ESCAPED) if _INVISIBLE.search(text) else text


def _json(plain: object, indent: int | None = None) -> str:
    """JSON of what `to_json` gives. A decimal is a number with all its digits, which no encoder of the library can say."""
    try:
        return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=indent)
    except TypeError:  # there is a decimal in it: seldom, and some eight times as slow
        return _json_of_parts(plain)


def _json_of_parts(plain: object) -> str:
    match plain:
        case decimal.Decimal():
            return f"{plain:f}"
        case list():
            return f"[{', '.join(map(_json_of_parts, plain))}]"
        case dict():
            return "{" + ", ".join(f"{_json(key)}: {_json_of_parts(value)}" for key, value in plain.items()) + "}"
        case _:
            return _json(plain)


def to_csv(value: object) -> object:
    """A value in CSV: empty for null, JSON for lists and objects, and `nan`, `inf`, `-inf` for floats that are no numbers."""
    plain = to_json(value)
    match plain:
        case None:
            return repr(value) if isinstance(value, float) else ""
        case bool():
            return "true" if plain else "false"
        case decimal.Decimal():
            return f"{plain:f}"
        case list() | dict():
            return _json(plain)
        case _:
            return plain


def cell(column: str, value: object) -> str:
    """A value as people read it: thousands separators, rates in percent, instants in UTC, nothing invisible.

    >>> cell("calls", 1234567), cell("partner", 1234567), cell("error_rate", 0.0123)
    ('1,234,567', '1234567', '1.23 %')
    >>> cell("sum(calls)", decimal.Decimal(1234567)), cell("avg", decimal.Decimal("1234.5"))
    ('1,234,567', '1,234.5')
    >>> cell("avg", 0.25), cell("avg", 2 / 3), cell("avg", 0.00000123456), cell("avg", float("inf"))
    ('0.25', '0.6667', '1.235e-06', 'inf')
    >>> cell("environments", ["production", "test"])
    'production, test'
    """
    match value:
        case None:
            return NULL
        case bool():
            return "yes" if value else "no"
        case float() | decimal.Decimal() if _is_share(column) and math.isfinite(value):
            return f"{float(value) * 100:.2f} %"
        case float() if column.endswith("_ms") and math.isfinite(value):
            return f"{value:,.0f}"
        case int() | decimal.Decimal() if _is_whole(value):
            return _whole(column, int(value))
        case float() | decimal.Decimal():
            return _fraction(value)
        case dt.datetime():
            return _instant(value.replace(microsecond=0)).replace("T", " ").replace("Z", " UTC")
        case list() | tuple() | dict():
            return _several(value)
        case _:
            return shown(str(to_json(value)))


def _several(values: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> str:
    if not values:
        return NULL
    if isinstance(values, dict) or not all(isinstance(value, str) for value in values):
        return json_text(values)
    return ", ".join(shown(value) for value in values)


def heading(column: str) -> str:
    """What stands above a column for people; a unit that stands at every value does not.

    >>> heading("call_age_seconds"), heading("duration_ms")
    ('call_age', 'duration_ms')
    """
    return column.removesuffix("_seconds") if column.endswith("_age_seconds") else column


def _whole(column: str, value: int) -> str:
    if column.endswith("_age_seconds"):
        return duration(value)
    return str(value) if column in IDENTIFIERS or column.endswith("_id") else f"{value:,}"


def duration(seconds: int) -> str:
    """How long that is, in its two largest units.

    >>> duration(59), duration(3_600), duration(93_784), duration(-90)
    ('59 s', '1 h', '1 d 2 h', '-1 min 30 s')
    """
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    left = abs(seconds)
    parts: list[tuple[int, str]] = []
    for unit, length in units:
        count, left = divmod(left, length)
        if count or parts:
            parts.append((count, unit))
    words = " ".join(f"{count:,} {unit}" for count, unit in parts[:2] if count) or "0 s"
    return f"-{words}" if seconds < 0 else words


def shown(text: str) -> str:
    r"""The text with control characters, escapes and everything else invisible spelled out.

    >>> shown("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    return text.translate(_SPELLED) if _INVISIBLE.search(text) else text


def _fraction(value: float | decimal.Decimal) -> str:
    """All digits of a decimal; four places of a double, or four digits where that would say nothing."""
    if isinstance(value, decimal.Decimal):
        return f"{value:,f}"
    return f"{round(value, 4):,}" if value == 0 or abs(value) >= _SMALL else f"{value:.4g}"


def _is_share(column: str) -> bool:
    return "share" in column or "error_rate" in column


def _is_whole(value: int | decimal.Decimal) -> bool:
    """Whether it has no fraction by its type: DuckDB gives a sum of integers as a decimal."""
    return isinstance(value, int) or value.as_tuple().exponent == 0


def _decimal(value: decimal.Decimal) -> int | decimal.Decimal | None:
    if not value.is_finite():
        return None
    return int(value) if _is_whole(value) else value


def _instant(value: dt.datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"
