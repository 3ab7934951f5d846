"""Texts from logs as nothing but text: whoever writes a log may choose names, ids and connectors.

No line of theirs becomes a header of a mail, no name of theirs a mention or a link in a chat, and none changes the direction in which
the rest is read.
"""

from __future__ import annotations

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Control characters, characters that format, halves of characters, private ones, and separators of lines."""


def one_line(text: str, most: int) -> str:
    r"""The text on one line, no longer than `most` characters, with everything invisible spelled out.

    >>> one_line("a\r\nBcc: b\u202e", 80), one_line("abcdef", 4)
    ('a\\r\\nBcc: b\\u202e', 'abc…')
    """
    spelled = "".join(_spelled(character) for character in text[:most])
    return spelled if len(text) <= most and len(spelled) <= most else f"{spelled[: most - 1]}…"


def for_slack(text: str) -> str:
    """The text without the three characters that Slack parses.

    >>> for_slack("<!channel> & <https://example.com|here>")
    '&lt;!channel&gt; &amp; &lt;https://example.com|here&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _spelled(character: str) -> str:
    if unicodedata.category(character) in _UNSEEN:
        return character.encode("unicode_escape").decode("ascii")
    return character
