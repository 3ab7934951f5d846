"""The parts and defects of an IntegrationId: a second implementation.

Where the contract is silent, the oracle decides:

I1. Defects. Each is defined on the trimmed text, and the first of this list that applies counts.
    - `repeated`: two or more parts with commas between them, each of two numbers with one underscore (a proxy makes that of a
      header that was sent twice). Or a list of more than one header value, whatever the values are.
    - `too_long`: more than 64 characters. Or two numbers with one underscore, the first of more than 7 digits or the second
      of more than 9.
    - `not_ascii`: a character above U+007F.
    - `white_space`: space, tab, CR, LF, VT or FF inside.
    - `no_separator`: only letters and digits.
    - `wrong_separator`: no underscore, but another character that is no letter and no digit.
    - `too_many_parts`: two or more underscores.
    - `empty_part`: nothing on one side of the underscore (`_` too).
    - `not_a_number`: anything but digits on a side.
    - `leading_zero`: a side begins with 0 (a side `0` too).
    - `too_short`: fewer than 4 digits in the first number.

I2. Length.
    - It is counted in characters, not in bytes, after trimming.
    - An id that was cut is trimmed again. So a stored id that is read again stays the same.

I3. Missing ids, and several values.
    - No value, an empty one or `-`, also with white space around it, is missing. It is stored as null.
    - Several header values are joined by `, `.

I4. Malformed ids that are kept as sent, up to their first 64 characters.
    - Digits, `_`, spaces, tabs and `-.,:;/|#+` are kept, unless 14 digits follow each other.
    - A word that programs write for a missing value (none, null, nil, true, false, undefined) is kept.
    - If anything beside its ids (4 to 8 digits, an underscore, 1 to 9 digits) is suspect (P3), the text is not kept. Here dates
      are numbers too, and groups of 4-2-3 and 2-2-2-3 digits are suspect even with underscores between them.
    - Numbers of 4 to 7 and 1 to 7 digits with one other separator between them are kept, even if they look like somebody's
      number: an id with another sign in place of its underscore.
    - Ten or eleven digits are kept, even though they look like somebody's number, if no telephone number begins like them:
      not with 0, and eleven digits not with 31, 32, 33, 44 or 49. They are an id that lacks its underscore.
    - Every other text becomes `redacted` as a whole, except those of I5.

I5. Ids with a slip, which are kept, too.
    - The name of the header, and a colon or an equals sign, may stand before the id. Up to three quotes, brackets and the
      like may stand on either side of it, also as entities or escapes.
    - The id has an underscore (or `%5F`) between 3 to 8 and 1 to 10 characters. One of these characters may be no digit, or
      two that are not neighbours.
    - Or the id has one other character in place of the underscore, between 3 to 7 and 1 to 9 digits.
    - With eight digits at the beginning or ten at the end, it is no such id.
    - If only one character is neither a digit nor the underscore, and it is an ASCII letter, it is kept. Otherwise each
      such character becomes a question mark.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from tests.oracle.privacy import REDACTED, has_somebodys_number, readings, tells

_TRIMMED = " \t\r\n"
_VALID = re.compile(r"([1-9][0-9]{3,6})_([1-9][0-9]{0,8})")
_DIGITS = re.compile(r"[0-9 \t_.,:;/|#+-]*")
_HARMLESS = re.compile(r"[0-9_ \t.,:;/|#+-]*|none|null|nil|true|false|undefined", re.IGNORECASE)


@dataclass(frozen=True)
class ReadId:
    """The contract's columns that come from the header alone."""

    id_status: str
    id_defect: str | None = None
    partner: int | None = None
    project: int | None = None
    integration: str | None = None
    integration_id: str | None = None


def split_integration_id(text: str | None) -> ReadId:
    """Read the header's only value."""
    trimmed = (text or "").strip(_TRIMMED)
    if trimmed in ("", "-"):
        return ReadId("missing")
    valid = _VALID.fullmatch(trimmed)
    if valid:
        return ReadId("valid", None, int(valid[1]), int(valid[2]), trimmed, trimmed)
    return ReadId("malformed", defect_of(trimmed), integration_id=_kept(trimmed))


def split_integration_ids(values: list[str]) -> ReadId:
    """Read all values of the header in one request."""
    if len(values) < 2:
        return split_integration_id(values[0] if values else None)
    return ReadId("malformed", "repeated", integration_id=_kept(", ".join(values).strip(_TRIMMED)))


def defect_of(trimmed: str) -> str:
    """Return the first defect of a text that is neither valid nor missing."""
    defects = {
        "repeated": _is_repeated(trimmed),
        "too_long": len(trimmed) > 64 or re.fullmatch(r"[0-9]{8,}_[0-9]+|[0-9]+_[0-9]{10,}", trimmed) is not None,
        "not_ascii": not trimmed.isascii(),
        "white_space": any(character in trimmed for character in " \t\r\n\v\f"),
        "no_separator": re.fullmatch(r"[0-9A-Za-z]+", trimmed) is not None,
        "wrong_separator": "_" not in trimmed,
        "too_many_parts": trimmed.count("_") > 1,
        "empty_part": trimmed.startswith("_") or trimmed.endswith("_"),
        "not_a_number": re.fullmatch(r"[0-9]+_[0-9]+", trimmed) is None,
        "leading_zero": trimmed.startswith("0") or "_0" in trimmed,
        "too_short": True,
    }
    return next(name for name, applies in defects.items() if applies)


def _is_repeated(trimmed: str) -> bool:
    parts = [part.strip(_TRIMMED) for part in trimmed.split(",")]
    return len(parts) > 1 and all(re.fullmatch(r"[0-9]+_[0-9]+", part) for part in parts)


_WITHOUT_UNDERSCORE = re.compile(r"[1-9][0-9]{9}|(?!31|32|33|44|49)[1-9][0-9]{10}")
"""Ten or eleven digits that begin like no telephone number."""


def _kept(trimmed: str) -> str:
    cut = trimmed[:64].strip(_TRIMMED)
    if _WITHOUT_UNDERSCORE.fullmatch(cut):
        return cut
    if _tells_beside_ids(cut) or (_DIGITS.fullmatch(cut) and re.search(r"[0-9]{14}", cut)):
        return REDACTED
    if _HARMLESS.fullmatch(cut):
        return cut
    kept = _with_a_slip(cut)
    return REDACTED if kept is None or _tells_beside_ids(kept) else kept


def _tells_beside_ids(text: str) -> bool:
    read = [re.sub(r"(?<![0-9])[0-9]{4,8}_[0-9]{1,9}", "~", reading) for reading in readings(text)]

    def has_number(whole: str) -> bool:
        lacks_its_underscore = r"[^0-9]*[1-9][0-9]{3,6}[^0-9A-Za-z][0-9]{1,7}[^0-9]*"
        return has_somebodys_number(whole) and not re.fullmatch(lacks_its_underscore, whole)

    grouped = r"(?<![0-9])(?:[0-9]{4}_[0-9]{2}_[0-9]{3}|[0-9]{2}_[0-9]{2}_[0-9]{2}_[0-9]{3})(?![0-9])"
    return tells(read, has_number=has_number) or re.search(grouped, text) is not None


_SIGNS = ("&quot;", "&#39;", "%22", "%27", *"\"'`<>{}()[]\\*,;.„“”‘’‹›«»")  # noqa: RUF001 - quotes of documents
_NOT_INSIDE = "\"'`<>{}()[]\\*,;„“”‘’‹›«» \t\n\r\f"  # noqa: RUF001


def _with_a_slip(text: str) -> str | None:
    named = re.match(r"(?:(?:x-)?integration[_ -]?id|id)?[ \t]*[:=]?[ \t]*", text, re.IGNORECASE)
    assert named is not None, "it may be empty"
    start = _behind_signs(text, named.end())
    for end in _before_signs(text):
        inside = text[start:end]
        if 5 <= len(inside) <= 20 and not any(character in _NOT_INSIDE for character in inside):
            kept = _inside(inside)
            return text[:start] + kept + text[end:] if kept else None
    return None


def _behind_signs(text: str, start: int) -> int:
    for _ in range(3):
        start += next((len(sign) for sign in _SIGNS if text.startswith(sign, start)), 0)
    return start


def _before_signs(text: str) -> list[int]:
    """Return the places where the signs at the end may begin, the earliest first."""
    ends = [len(text)]
    for _ in range(3):
        sign = next((sign for sign in _SIGNS if text[: ends[0]].endswith(sign)), None)
        if sign is None:
            break
        ends.insert(0, ends[0] - len(sign))
    return ends


def _inside(text: str) -> str | None:
    plain = re.sub("%5f", "_", text, flags=re.IGNORECASE)
    strange = [place for place, character in enumerate(plain) if not re.match("[0-9_]", character)]
    neighbours = any(second - first == 1 for first, second in itertools.pairwise(strange))
    too_many = re.search("^[0-9]{8}|[0-9]{10}$", plain)
    if len(strange) > 2 or neighbours or too_many or any(plain[place] == "%" for place in strange):
        return None
    first, underscore, second = plain.partition("_")
    if underscore:
        shaped = 3 <= len(first) <= 8 and 1 <= len(second) <= 10 and "_" not in second
    else:
        shaped = len(strange) == 1 and 3 <= strange[0] <= 7 and 1 <= len(plain) - strange[0] - 1 <= 9
    if not shaped:
        return None
    if not strange or (len(strange) == 1 and re.match("[A-Za-z]", plain[strange[0]])):
        return text
    return "".join(character if re.match("[0-9_]", character) else "?" for character in text)
