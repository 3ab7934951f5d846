"""Text that a spreadsheet would run as a formula, and the form in which it runs none: one rule for all that writes or reads CSV.

A text that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or a line feed (or with the full-width form of the four
signs) is run as a formula by spreadsheets. It gets an apostrophe in front, which makes it text there. Whoever reads such a
file takes that one apostrophe away. A text that has apostrophes of its own before such a sign gets one more, so that what
is read is what was written, whatever it was.
"""

from __future__ import annotations

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width forms
_WRITTEN = re.compile(rf"'*[{re.escape(''.join(FORMULA_STARTS))}]")


def neutral(text: str) -> str:
    """The text in a form no spreadsheet takes for a formula.

    >>> neutral("=HYPERLINK(1)"), neutral("'=1"), neutral("KnSubject"), neutral("'s-Hertogenbosch")
    ("'=HYPERLINK(1)", "''=1", 'KnSubject', "'s-Hertogenbosch")
    """
    return f"'{text}" if _WRITTEN.match(text) else text


def original(text: str) -> str:
    """The text that `neutral` was given.

    >>> original("'=HYPERLINK(1)"), original("''=1"), original("KnSubject"), original("'s-Hertogenbosch")
    ('=HYPERLINK(1)', "'=1", 'KnSubject', "'s-Hertogenbosch")
    """
    return text[1:] if text.startswith("'") and _WRITTEN.match(text) else text
