"""What an IntegrationId says, read a second time.

Where the contract is silent, the oracle decides:

- I1. The order of the defects is the order of the list. Each is defined on the trimmed text:
  `repeated`: two or more comma-separated parts, each two numbers with one underscore (what a proxy makes of the header sent
  twice), or more than one value in a list of header values, whatever the values are;
  `too_long`: over 64 characters; or two numbers with one underscore, the first of more than 7 digits or the second of
  more than 9;
  `not_ascii`: any character above U+007F; `white_space`: space, tab, CR, LF, VT or FF inside;
  `no_separator`: letters and digits only; `wrong_separator`: no underscore but another character that is neither;
  `too_many_parts`: two or more underscores; `empty_part`: nothing on one side of the underscore (`_` too);
  `not_a_number`: something else than digits on a side; `leading_zero`: a side begins with 0 (a side `0` too);
  `too_short`: fewer than 4 digits in the first number.
- I2. Length is counted in characters, not bytes, after trimming. What was cut is trimmed again: reading it changes nothing.
- I3. Several header values are joined by `, `. No value, an empty one or `-` is missing and stored as null. White space
  around `-` is trimmed first.
- I4. A malformed id is kept as sent when its first 64 characters are only digits, `_`, spaces, tabs and `-.,:;/|#+`, or when it
  is one of the words that programs write for nothing. It is not kept when 8 or 9 digits in it stand apart from any
  underscore, or when 14 digits follow each other: they may be anybody's number. Everything else becomes `REDACTED` as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.oracle.privacy import REDACTED

_TRIMMED = " \t\r\n"
_VALID = re.compile(r"([1-9][0-9]{3,6})_([1-9][0-9]{0,8})")
_HARMLESS = re.compile(r"[0-9_ \t.,:;/|#+-]*|none|null|nil|true|false|undefined", re.IGNORECASE)

_ANYBODYS_NUMBER = re.compile(r"(?<![0-9_])[0-9]{8,9}(?![0-9_])|[0-9]{14}")


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
    """Read the one value of the header."""
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


def _kept(trimmed: str) -> str:
    cut = trimmed[:64].strip(_TRIMMED)
    return cut if _HARMLESS.fullmatch(cut) and not _ANYBODYS_NUMBER.search(cut) else REDACTED
