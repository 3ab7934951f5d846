"""Made-up secrets and personal data, in every form in which somebody could still read them."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.oracle.privacy import readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True)
class Secret:
    """Something that must not be kept, and the part of it that must not be found in any form."""

    kind: str
    text: str
    core: str

    @property
    def is_number(self) -> bool:
        """Say whether it is nothing but digits to whom it may concern."""
        return self.core.isdecimal()


@dataclass(frozen=True)
class Encoded:
    """A secret as it is sent."""

    secret: Secret
    encoding: str
    text: str


_KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_XML = f"<token><version>1</version><data>{_KEY.upper()}</data></token>"
_RANDOM = "q9Zx3LmTr8VbKw2YhNd5PcGf7SjAe4UuXo1RiEt6MyBs"

SECRETS = [
    Secret("citizen service number", "271828183", "271828183"),
    Secret("citizen service number of eight digits", "27182812", "27182812"),
    Secret("mobile telephone", "0627182818", "0627182818"),
    Secret("telephone abroad", "+31627182818", "31627182818"),
    Secret("telephone with two zeros", "0031627182818", "0031627182818"),
    Secret("e-mail address", "kanarie@vogels.nl", "kanarie@vogels.nl"),
    Secret("IPv4", "203.0.113.97", "203.0.113.97"),
    Secret("IPv6", "2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370:7334"),
    Secret("network card", "00:1b:44:11:3a:b7", "00:1b:44:11:3a:b7"),
    Secret("IBAN", "NL91ABNA0417164300", "0417164300"),
    Secret("IBAN of another country", "DE89370400440532013000", "89370400440532013000"),
    Secret("card", "4111111111111111", "4111111111111111"),
    Secret("token in XML", _XML, _KEY[:20].upper()),
    Secret("bearer token", f"Bearer {_RANDOM}", _RANDOM[:20]),
    Secret("JSON web token", f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{_RANDOM}", _RANDOM[:20]),
    Secret("password", "wachtwoord=Kanarie-2026!", "Kanarie-2026"),
    Secret("key with a name", f"api_key={_RANDOM[:20]}", _RANDOM[:20]),
    Secret("64 hexadecimal digits", _KEY, _KEY[:20]),
    Secret("random text", _RANDOM, _RANDOM[:20]),
    Secret("key of a known maker", f"sk_live_{_RANDOM[:24]}", _RANDOM[:20]),
]


def _escaped(text: str, form: str) -> str:
    return "".join(form.format(ord(character)) for character in text)


def _percents(text: str) -> str:
    return _escaped(text, "%{:02X}")


def _in_other_digits(zero: str) -> Callable[[str], str]:
    digits = {ord(str(digit)): chr(ord(zero) + digit) for digit in range(10)}
    return lambda text: text.translate(digits)


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def _mathematical(capital: int, small: int, zero: int) -> Callable[[str], str]:
    table = {ord("A") + place: capital + place for place in range(26)}
    table |= {ord("a") + place: small + place for place in range(26)}
    table |= {ord("0") + place: zero + place for place in range(10)}
    return lambda text: text.translate(table)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent signs": lambda text: quote(text, safe=""),
    "percent signs for all": _percents,
    "percent signs for all, small": lambda text: _percents(text).lower(),
    "percent signs twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent signs for all, twice": lambda text: quote(_percents(text), safe=""),
    "percent signs of JavaScript": lambda text: _escaped(text, "%u{:04x}"),
    "escapes of JSON": lambda text: _escaped(text, "\\u{:04x}"),
    "escapes of bytes": lambda text: _escaped(text, "\\x{:02x}"),
    "escapes with braces": lambda text: _escaped(text, "\\u{{{:x}}}"),
    "quoted-printable": lambda text: _escaped(text, "={:02X}"),
    "entities": lambda text: _escaped(text, "&#{};"),
    "entities, padded": lambda text: _escaped(text, "&#{:05};"),
    "entities in hexadecimal": lambda text: _escaped(text, "&#x{:x};"),
    "entities in capitals": lambda text: _escaped(text, "&#X{:X};"),
    "entities without an end": lambda text: _escaped(text, "&#{}"),
    "entities twice": lambda text: _escaped(text, "&amp;#{};"),
    "entities, escaped": lambda text: quote(_escaped(text, "&#{};"), safe=""),
    "names of entities": lambda text: (
        text.replace("@", "&commat;").replace(".", "&period;").replace(":", "&colon;").replace("<", "&lt;")
    ),
    "base64": _base64,
    "base64 without padding": lambda text: _base64(text).rstrip("="),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 behind a letter": lambda text: _base64("x" + text),
    "base64 behind two letters": lambda text: _base64("xy" + text),
    "base64 behind a word": lambda text: f"Acme_{_base64(text).rstrip('=')}",
    "base64 glued to a word": lambda text: f"Acmes{_base64(text).rstrip('=')}",
    "base64, escaped": lambda text: quote(_base64(text), safe=""),
    "base64 of percent signs": lambda text: _base64(quote(text, safe="")),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, capitals": lambda text: text.encode().hex().upper(),
    "hexadecimal with colons": lambda text: text.encode().hex(":"),
    "hexadecimal with hyphens": lambda text: text.encode().hex("-"),
    "full-width": _full_width,
    "full-width, escaped": lambda text: quote(_full_width(text), safe=""),
    "mathematical, bold": _mathematical(0x1D400, 0x1D41A, 0x1D7CE),
    "mathematical, monospace": _mathematical(0x1D670, 0x1D68A, 0x1D7F6),
    "digits of Arabic": _in_other_digits("\u0660"),
    "digits of Persian": _in_other_digits("\u06f0"),
    "digits of Devanagari": _in_other_digits("\u0966"),
    "digits of Thai": _in_other_digits("\u0e50"),
    "lowered digits": _in_other_digits("₀"),
    "zero-width spaces": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "word joiners": "\u2060".join,
    "lines below": "\u0332".join,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "in quotes": '"{}"'.format,
    "in brackets": "[{}]".format,
    "in parentheses": "({})".format,
    "behind a name": "x={}".format,
    "behind a colon": "id:{}".format,
    "behind an underscore": "Acme_{}".format,
    "before an underscore": "{}_Acme".format,
    "between letters": "acme{}acme".format,
    "in a URL": "https://example.com/{}".format,
    "behind a date": "2026-10-01-{}".format,
}
"""How anything can be written."""

GROUPINGS: dict[str, Callable[[str], str]] = {
    **{
        f"three by three with {sign!r}": lambda text, sign=sign: sign.join(re.findall("...?", text))  # type: ignore[misc]
        for sign in [*" .-:/,;|*'\u00a0\u2013", " - ", ". ", "  "]
    },
    "four, two and three": lambda text: f"{text[:4]}.{text[4:6]}.{text[6:]}",
    "four, two and three with hyphens": lambda text: f"{text[:4]}-{text[4:6]}-{text[6:]}",
    "pairs": lambda text: f"{text[:2]}.{text[2:4]}.{text[4:6]}.{text[6:]}",
    "one by one": " ".join,
    "one by one with points": ".".join,
    "one by one with hyphens": "-".join,
    "three by three, escaped": lambda text: "%20".join(re.findall("...", text)),
    "three by three, escaped points": lambda text: "%2E".join(re.findall("...", text)),
    "three by three with underscores": lambda text: "_".join(re.findall("...", text)),
    "three by three in base64": lambda text: _base64(".".join(re.findall("...", text))),
    "with its name": "bsn={}".format,
    "with its name and a colon": "BSN: {}".format,
    "with its name alone": "bsn{}".format,
}
"""How a citizen service number is written besides."""

OTHERS = {
    "telephone": [
        *[
            "06-27182818",
            "06 27182818",
            "06 27 18 28 18",
            "06.27.18.28.18",
            "06-2718 2818",
            "(06) 27182818",
            "0627-182818",
        ],
        *[
            "+31 6 27182818",
            "+31 6 27 18 28 18",
            "+31-6-27182818",
            "+31 (0)6 27182818",
            "0031 6 27182818",
            "31627182818",
        ],
        *["tel:+31627182818", "%2B31627182818"],
    ],
    "e-mail address": [
        *["kanarie%2540vogels.nl", "kanarie&#64;vogels.nl", "kanarie&commat;vogels.nl", "kanarie(at)vogels.nl"],
        *["kanarie[at]vogels.nl", "kanarie (at) vogels.nl", "kanarie\uff20vogels.nl", "kanarie\\u0040vogels.nl"],
        *["mailto:kanarie@vogels.nl", "kanarie=40vogels.nl", "кanarie@vogels.nl", "kanarie_at_vogels.nl"],
    ],
    "IPv4": [
        "203-0-113-97",
        "203.0.113.97:443",
        "[203.0.113.97]",
        "::ffff:203.0.113.97",
        "ip-203-0-113-97",
        "203%2E0%2E113%2E97",
    ],
    "IBAN": ["NL91 ABNA 0417 1643 00", "NL91.ABNA.0417.1643.00", "nl91abna0417164300", "NL91-ABNA-0417-1643-00"],
    "card": ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111"],
    "password": [
        "wachtwoord:Kanarie-2026!",
        "password=Kanarie-2026!",
        "pwd: Kanarie-2026!",
        "wachtwoord%3DKanarie-2026!",
    ],
}
"""Forms of one kind alone."""


def encoded() -> Iterator[Encoded]:
    """Return every secret in every form that leaves it readable."""
    for secret in SECRETS:
        for encoding, write in ENCODINGS.items():
            text = write(secret.text)
            if tells(text, secret):
                yield Encoded(secret, encoding, text)
    number = SECRETS[0]
    for encoding, write in GROUPINGS.items():
        yield Encoded(number, encoding, write(number.text))
    for kind, texts in OTHERS.items():
        for text in texts:
            yield Encoded(_of_kind(kind, text), text, text)


def _of_kind(kind: str, text: str) -> Secret:
    cores = {"telephone": "627182818", "IBAN": "0417164300", "card": "4111111111111111", "password": "Kanarie-2026"}
    cores |= {"e-mail address": "vogels.nl", "IPv4": "203.0.113.97" if "-0-" not in text else "203-0-113-97"}
    return Secret(kind, text, cores[kind])


def tells(text: str, secret: Secret) -> bool:
    """Say whether a careful reader finds a secret in a text."""
    return bool(told(text, [secret]))


def told(text: str, secrets: Iterable[Secret]) -> list[Secret]:
    """Return which of these secrets a text tells."""
    plain = [re.sub(r"\s", "", reading).lower() for reading in readings(text)]
    digits = [re.sub(r"[^0-9]", "", reading) for reading in plain]
    return [
        secret
        for secret in secrets
        if any(secret.core.lower() in reading for reading in (digits if secret.is_number else plain))
    ]
