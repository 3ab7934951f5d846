"""Text that a spreadsheet would run as a formula, and the form in which it does not: one rule for all writers and readers of CSV.

A spreadsheet runs a cell as a formula if it begins with `=`, `+`, `-` or `@` (or the full-width form of one of them), also after
blanks and invisible characters. A tab, a carriage return or a line feed at the start of a text counts as such a sign too. The
reader decides where a cell begins. Our files have commas, but a Dutch office suite splits at semicolons and others at tabs, and a
line end in a text ends the row if they do not see the quotes. So a cell may begin at the start of a text, and after each `;`, tab
and line end in it.

Such a sign gets an apostrophe in front, which makes it text. A reader of our files removes that one apostrophe. A sign that already
has apostrophes in front gets one more. So every text is read back exactly as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width forms
FORMULA_STARTS = (*FORMULA_SIGNS, "\t", "\r", "\n")

# The characters that may stand between the start of a cell and its sign: blanks, invisible ones, and quotes, which a reader may
# take for quotes of the file.
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\""
_SIGN = re.escape("".join(FORMULA_SIGNS))
_STARTS = re.compile(rf"[{_SIGN}\t\r\n]")
# A place is where apostrophes are, or would be: before the sign, and after all unseen characters. An apostrophe is not an unseen
# character, so that to add or remove one makes no new place and removes none. Inside a text, each run of unseen characters is
# matched as a whole, with or without a sign after it, so that a text of nothing but line ends is read once.
_AT_START = re.compile(rf"((?:(?![\t\r\n])[{_UNSEEN}])*+)('*+)(?=[{_SIGN}\t\r\n])")
_INSIDE = re.compile(rf"([;\t\r\n][{_UNSEEN}]*+)('*+)(?=([{_SIGN}])?)")


def neutral(text: str) -> str:
    """The text in a form that no spreadsheet takes for a formula.

    >>> neutral("=HYPERLINK(1)"), neutral("'=1"), neutral("KnSubject"), neutral("'s-Hertogenbosch")
    ("'=HYPERLINK(1)", "''=1", 'KnSubject', "'s-Hertogenbosch")
    >>> neutral("  =1"), neutral("a; =1"), neutral("a;b=1")
    ("  '=1", "a; '=1", 'a;b=1')
    """
    return _with_apostrophes(text, lambda own: f"'{own}")


def original(text: str) -> str:
    """The text that `neutral` was given.

    >>> original("'=HYPERLINK(1)"), original("''=1"), original("KnSubject"), original("'s-Hertogenbosch")
    ('=HYPERLINK(1)', "'=1", 'KnSubject', "'s-Hertogenbosch")
    """
    return _with_apostrophes(text, lambda own: own[1:])


def _with_apostrophes(text: str, changed: Callable[[str], str]) -> str:
    """The text with the apostrophes before each of its signs replaced by `changed` of them."""
    if not _STARTS.search(text):
        return text
    inside = _INSIDE.sub(lambda place: place[1] + (changed(place[2]) if place[3] else place[2]), text)
    first = _AT_START.match(inside)
    return first[1] + changed(first[2]) + inside[first.end() :] if first else inside
