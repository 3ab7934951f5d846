"""Text that a spreadsheet would run as a formula, and the form in which it runs none: one rule for all that writes or reads CSV.

A cell that begins with `=`, `+`, `-` or `@` (or the full-width form of the four) is run as a formula by spreadsheets, also
behind blanks and other characters that nobody sees; a tab, a carriage return or a line feed at the start of a text counts as
such a sign, too. Where a cell begins is up to the reader: our files have commas, but an office suite of the Netherlands
splits at semicolons, others at tabs, and a line end in a text that they do not take for a quoted one ends the row. So a cell
may begin at the start of a text and behind each `;`, tab and line end in it.

Such a sign gets an apostrophe in front, which makes it text. Whoever reads such a file takes that one apostrophe away. A
sign that has apostrophes of its own in front gets one more, so that what is read is what was written, whatever it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width forms
FORMULA_STARTS = (*FORMULA_SIGNS, "\t", "\r", "\n")

# What may stand between the start of a cell and its sign: blanks, what is invisible, and quotes, which a reader may take
# for quotes of the file.
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\""
_SIGN = re.escape("".join(FORMULA_SIGNS))
_STARTS = re.compile(rf"[{_SIGN}\t\r\n]")
# A place is where the apostrophes stand, or would: before the sign, behind all that is unseen. No apostrophe is among the
# unseen, so that one more or one less of them makes and unmakes no place. Inside a text every run is taken whole, with a
# sign behind it or without, so that a text of nothing but line ends is read once.
_AT_START = re.compile(rf"((?:(?![\t\r\n])[{_UNSEEN}])*+)('*+)(?=[{_SIGN}\t\r\n])")
_INSIDE = re.compile(rf"([;\t\r\n][{_UNSEEN}]*+)('*+)(?=([{_SIGN}])?)")


def neutral(text: str) -> str:
    """The text in a form no spreadsheet takes for a formula.

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
    """The text with other apostrophes before its signs, given those that stand there."""
    if not _STARTS.search(text):
        return text
    inside = _INSIDE.sub(lambda place: place[1] + (changed(place[2]) if place[3] else place[2]), text)
    first = _AT_START.match(inside)
    return first[1] + changed(first[2]) + inside[first.end() :] if first else inside
