"""Durations and sizes as people's logs have them.

Where the contract is silent, the oracle decides:

N1. Numbers.
    - A number is digits, perhaps with a point and decimals, and perhaps with an exponent.
    - A comma may stand before the decimals of a number with an exponent if one digit stands before the comma.
    - A size may have decimals only if all of them are zeros.

N2. Points and commas.
    - One sign before three digits, after one to three digits without a leading zero (`1.024`, `1,024`), is ambiguous: it may
      be decimal or separate thousands.
    - Any other single sign is decimal.
    - Several signs need one to three digits before the first one, without a leading zero, and three digits between every
      two. If only the last sign is of another kind, it is decimal. If all are of one kind, three digits have to follow the
      last one, too, and none is decimal. Any other number with several signs is null.

N3. Ambiguous signs.
    - A size or a duration with an ambiguous sign is null. Other lines do not decide what the sign is.
    - The exception is a duration such as `1.024`. It has three decimals until a duration of the same source has a decimal
      comma. From there on it is null.

N4. Durations.
    - A duration may have its unit after it, with a blank before the unit or not.
    - A duration may also be several numbers with units, an ISO 8601 duration, or a clock, perhaps with days and a point in front.
    - Durations are rounded to a thousandth of a millisecond.

N5. Nulls.
    - A negative number, a duration over 10^9 ms, a size over 10^15 bytes and every other text is null.
"""

from __future__ import annotations

import math
import re
from typing import Literal, TypeAlias

Notation: TypeAlias = Literal["comma"] | None

_PLAIN = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?")
_WITH_UNIT = re.compile(r"([0-9.,]+) ?([A-Za-zµμ]+)")
_CLOCK = re.compile(
    r"(?:([0-9]{1,6})\.(?=[01]?[0-9]:|2[0-3]:))?([0-9]{1,6}):([0-5][0-9]):([0-5][0-9](?:[.,][0-9]{1,9})?)"
)
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?([a-zµμ]+) ?")
_MS = {
    name: ms
    for names, ms in (
        ("ns nanos nanosecond nanoseconds", 1e-6),
        ("us µs μs micros microsecond microseconds", 1e-3),
        ("ms msec msecs millis millisecond milliseconds", 1.0),
        ("s sec secs second seconds", 1e3),
        ("m min mins minute minutes", 6e4),
        ("h hr hrs hour hours", 3.6e6),
        ("d day days", 8.64e7),
    )
    for name in names.split()
}


def read_duration(text: str | None, unit: float, notation: Notation) -> float | None:
    """Return milliseconds, or None if the text is no duration."""
    text = (text or "").strip(" ")
    with_unit = _WITH_UNIT.fullmatch(text)
    if with_unit and with_unit[2].lower() in _MS:
        value = _signed(with_unit[1], notation)
        milliseconds = None if value is None else _thousandth(value * _MS[with_unit[2].lower()])
    elif (value := _signed(text, notation)) is not None:
        milliseconds = _thousandth(value * unit)
    else:
        milliseconds = _written(text)
    return milliseconds if milliseconds is not None and milliseconds <= 10**9 else None


def read_size(text: str | None) -> int | None:
    """Return bytes, or None if the text is no size."""
    value = _signed((text or "").strip(" "), "comma")
    return int(value) if value is not None and value <= 10**15 and value == int(value) else None


def notation_after(before: Notation, duration: str | None) -> Notation:
    """Return how a source writes durations, once this one is known, too."""
    text = (duration or "").strip(" ")
    with_unit = _WITH_UNIT.fullmatch(text)
    if with_unit and with_unit[2].lower() in _MS:
        text = with_unit[1]
    return "comma" if _decimal_sign(text) == "," else before


def _thousandth(milliseconds: float) -> float:
    return math.floor(milliseconds * 1000 + 0.5) / 1000


def _signed(number: str, notation: Notation) -> float | None:
    sign = _decimal_sign(number)
    if sign == "?":
        return float(number) if notation is None and "." in number else None
    if sign in (",", "."):
        return float(number.replace("." if sign == "," else ",", "").replace(",", "."))
    return float(number) if sign == "" and _PLAIN.fullmatch(number) else None


def _decimal_sign(number: str) -> str:
    """Return the sign before the decimals: `?` if it is ambiguous, an empty text if there is none or the text is no such number."""
    if re.fullmatch(r"[0-9],[0-9]{1,15}[eE][+-]?[0-9]{1,2}", number):
        return ","
    groups, signs = re.split("[.,]", number), [sign for sign in number if sign in ".,"]
    if not signs or not all(group.isascii() and group.isdigit() for group in groups):
        return ""
    is_grouped = len(groups[0]) <= 3 and groups[0][0] != "0"
    if len(signs) == 1:
        return "?" if is_grouped and len(groups[1]) == 3 else signs[0]
    if not is_grouped or any(len(group) != 3 for group in groups[1:-1]) or len(set(signs[:-1])) > 1:
        return ""
    if signs[-1] != signs[0]:
        return signs[-1]
    return {",": ".", ".": ","}[signs[0]] if len(groups[-1]) == 3 else ""


def _written(text: str) -> float | None:
    if clock := _CLOCK.fullmatch(text):
        days, hours, minutes = (int(part or 0) for part in clock.group(1, 2, 3))
        return _thousandth((((days * 24 + hours) * 60) + minutes) * 60_000 + float(clock[4].replace(",", ".")) * 1000)
    form = text.lower()
    if re.fullmatch(r"p[0-9]{1,5}d(t([0-9]{1,9}(\.[0-9]{1,9})?[hms])+)?", form):
        form = form[1:].replace("t", "")
    form = form.removeprefix("pt")
    parts = _PART.findall(form)
    if not parts or _PART.sub("", form) or any(unit not in _MS for _, unit in parts):
        return None
    return _thousandth(sum(float(number) * _MS[unit] for number, unit in parts))
