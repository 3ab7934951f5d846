"""Decodes a text as a curious reader would, to show what it hides.

jan%2540x.nl      jan@x.nl      escaped, twice
&#74;an&#64;x.nl  Jan@x.nl      in entities
MTIzNDU2Nzgy      123456782     base64, wherever it begins

Letters and digits that look like ours (full-width, mathematical, of other scripts) become ours.
"""

from __future__ import annotations

import base64
import binascii
import html
import itertools
import re
import unicodedata
from functools import cache, lru_cache
from urllib.parse import unquote

_TIMES = 3
"""How often a text is unescaped. A text that was escaped twice is as easy to read, and an escape may hide another one."""

_ESCAPES = re.compile(r"(?:%u|\\u\{?)0*([0-9A-Fa-f]{2,5})\}?|\\x([0-9A-Fa-f]{2})")
"""A character by its number, as JavaScript, Python and JSON write it. Percent signs come after it."""

_MAIL_ESCAPES = re.compile(r"(?:=[0-9A-F]{2}){2,}|=40|=2E")
"""The same in mail (quoted-printable): one alone is a value as likely as not, status=200."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}[ :-]?){7,}")
_TEXT = re.compile(r"[^\x00-\x1F\x7F\uFFFD]{6,}")
"""What counts as a text among decoded bytes. A shorter one is chance, and too short for an address or a number of anybody."""

BETWEEN = "\nx\n"
"""The separator between the readings of a text: a letter, so that digits of two readings are not taken for one number."""

_SEEN_AS = {
    **dict(zip("авекмнорстухіјѕԁһԛԝьАВЕКМНОРСТУХІЈЅ", "abekmhopctyxijsdhqwbABEKMHOPCTYXIJS", strict=True)),
    **dict(zip("αινορτυκχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aivoptukxABEZHIKMNOPTYX", strict=True)),
    **dict.fromkeys("‐‑‒–—―−⁃", "-"),  # noqa: RUF001
    **dict.fromkeys("·∙。", "."),
    **dict.fromkeys("⁄∕╱", "/"),  # noqa: RUF001
    **dict.fromkeys("∶ː˸", ":"),  # noqa: RUF001
}
"""Letters and signs that look like those of ASCII and that Unicode does not call the same."""

_UNSEEN = (range(0x0300, 0x0370), range(0x20D0, 0x2100), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Marks that are written over, under or into another character, and that choose its shape."""

_LOOKED_AT = (range(0x80, 0x3400), range(0xA4D0, 0xAC00), range(0xF900, 0x20000), range(0xE0000, 0xE0200))
"""All of Unicode but the letters of Chinese and Korean, which look like none of ASCII."""


@lru_cache(maxsize=8192)
def plain_text(text: str) -> str:
    """The text, its unescaped form if that differs, and the texts that are encoded in it, with an x between them.

    >>> plain_text("Acme_amFuQHgubmw").split(BETWEEN)
    ['Acme_amFuQHgubmw', 'jan@x.nl']
    """
    # Remembered, because the engine asks several questions about each of the two thousand texts that it has at hand.
    plain = unescaped(text)
    return BETWEEN.join([text, *([plain] if plain != text else []), *map(unescaped, _encoded(plain))])


@lru_cache(maxsize=4096)
def unescaped(text: str) -> str:
    r"""The text without escapes, with look-alikes as what they look like.

    >>> unescaped("jan%2540x.nl"), unescaped("jan&#64;x.nl"), unescaped("\\uff11\\uff12")
    ('jan@x.nl', 'jan@x.nl', '12')
    """
    for _ in range(_TIMES):
        before, text = text, _unescaped_once(text if text.isascii() else text.translate(_look_alikes()))
        if text == before:
            break
    return text


def _unescaped_once(text: str) -> str:
    text = _ESCAPES.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    # A character beyond the first 65,536 is escaped as two, and half of one is none.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _MAIL_ESCAPES.sub(lambda found: found[0].replace("=", "%"), text)
    return unquote(html.unescape(text), errors="replace")


def _encoded(text: str) -> list[str]:
    """The texts that the words of a text hold as base64, which may begin in mid-word, and as hexadecimal digits."""
    found: list[str] = []
    for word in _BASE64.findall(text):
        for start in range(4):
            rest = word[start:]
            length = len(rest) - (len(rest) % 4 == 1)
            found += _texts(base64.urlsafe_b64decode(rest[:length].replace("+", "-").replace("/", "_") + "=="))
    for word in _HEXADECIMAL.findall(text):
        found += _texts(binascii.unhexlify(re.sub("[ :-]", "", word)))
    return found


def _texts(data: bytes) -> list[str]:
    """The texts among these bytes; in UTF-16 every other byte is 0."""
    return _TEXT.findall(data.replace(b"\0", b"").decode("utf-8", "replace"))


@cache
def _look_alikes() -> dict[int, str | None]:
    """By its number every character that looks like one of ASCII, and that one; None where nobody sees it.

    They are what Unicode's compatibility decomposition (NFKC) says, with the digits of every script and a few letters that it
    keeps apart.
    """
    found: dict[int, str | None] = {ord(character): plain for character, plain in _SEEN_AS.items()}
    for number in itertools.chain(*_LOOKED_AT):
        character = chr(number)
        plain = unicodedata.normalize("NFKC", character)
        digit = unicodedata.digit(character, None)
        if number in found or unicodedata.category(character) in ("Cn", "Co", "Cs"):
            continue
        if digit is not None:
            found[number] = str(digit)
        elif plain != character and plain.isascii() and (len(plain) == 1 or any(map(str.isalnum, plain))):
            found[number] = plain
        elif unicodedata.category(character) == "Cf" or any(number in marks for marks in _UNSEEN):
            found[number] = None
    return found
