"""Invented secrets, each of them unique, and logs that carry them in every possible place."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from tests.ingest.encodings import encoded
from tests.ingest.scale import scaled
from tests.ingest.understand.canary_places import PLACES, escaped_bytes, places_of
from tests.ingest.worked import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Canary:
    """A secret in the form in which it is sent, and the parts of it that must not be found anywhere."""

    kind: str
    text: str
    traces: tuple[str, ...]


@dataclass(frozen=True)
class Planted:
    """A line of a log and the canary in it."""

    place: str
    canary: Canary
    line: str


def citizen_service_number(serial: int) -> str:
    """Return a number of nine digits that passes the eleven test."""
    for number in count(100_000_000 + serial * 7919):
        digits = [int(digit) for digit in str(number)]
        total = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits[:8], strict=True))
        if total % 11 == digits[8]:
            return str(number)
    raise AssertionError


def iban(serial: int) -> str:
    """Return an IBAN whose check sum is right."""
    account = f"ABNA{4_170_000_000 % 10**10 // 10 + serial:010}"
    rest = "".join(str(int(character, 36)) for character in f"{account}NL00")
    return f"NL{98 - int(rest) % 97:02}{account}"


def kinds(serial: int) -> Iterator[Canary]:
    """Return one canary of each kind; no two serials share one."""
    data = "".join(f"{(serial * 2_654_435_761 + n * 40_503) % 256:02X}" for n in range(28)) + f"{serial:08X}"
    xml = f"<token><version>1</version><data>{data}</data></token>"
    trace = (data, data[4:20])
    yield Canary("token in XML", xml, trace)
    yield Canary("token in escaped XML", xml.replace("<", "&lt;").replace(">", "&gt;"), trace)
    yield Canary("token in URL-escaped XML", quote(xml, safe=""), trace)
    yield Canary("token in XML, cut off", f"<token><version>1</version><data>{data[:20]}", (data[:20],))
    for prefix in ("", "x", "xy"):
        encoded = base64.b64encode((prefix + xml).encode()).decode()
        yield Canary(f"token in base64 after {prefix!r}", encoded, (encoded[40:80], encoded[80:120]))
    encoded = base64.b64encode(xml.encode()).decode()
    yield Canary("AfasToken", f"AfasToken {encoded}", (encoded[40:80], encoded[80:120]))
    claims = base64.urlsafe_b64encode(f'{{"sub":"canary{serial}","x":"{data}"}}'.encode()).decode().rstrip("=")
    yield Canary("bearer token", f"Bearer eyJhbGciOiJIUzI1NiJ9.{claims}.{data[:43]}", (claims, data[:43]))
    yield Canary("e-mail address", f"kanarie{serial}@vogels.example.nl", (f"kanarie{serial}@", f"kanarie{serial}%40"))
    number = citizen_service_number(serial)
    yield Canary("citizen service number", number, (number,))
    account = iban(serial)
    yield Canary("IBAN", account, (account,))
    # No log of a test is so long that one of its lines has such a number, which the lake keeps.
    yield Canary("phone number", f"+31 6 {serial + 95_000_000}", (f"{serial + 95_000_000}",))
    yield Canary("cookie", f"ASP.NET_SessionId=k{data[:23].lower()}", (f"k{data[:23].lower()}",))


def also_escaped(canary: Canary) -> Canary:
    """Return the canary with its traces as a web server escapes them, which is not to be found either."""
    escaped = tuple(escaped_bytes(trace) for trace in canary.traces)
    return replace(canary, traces=canary.traces + escaped)


def planted(log_format: str, *, times: int = 1) -> list[Planted]:
    """Return this number of lines for every place and kind. No number is planted in a place where numbers identify nobody."""
    first = 1000 * sorted(PLACES).index(log_format)
    places = list(PLACES[log_format].items()) * times
    return [
        Planted(place, also_escaped(canary), write(canary.text))
        for serial, (place, write) in enumerate(places, start=first)
        for canary in kinds(serial)
        if (place, canary.kind) != ("the duration", "citizen service number")
    ]


def corpus(log_format: str) -> list[Planted]:
    """Return secrets in every form that can be read, in every place of a format.

    In `make test` each in one place of JSON, by turns, and a third of them in another format; in `make faults` all in all.
    """
    places = list(PLACES[log_format].items())
    texts = list(encoded())[:: scaled(1 if log_format == "json" else 3, 1)]
    return [
        Planted(place, Canary(f"{one.secret.kind}, {one.encoding}", one.text, (one.text,)), write(one.text))
        for number, one in enumerate(texts)
        for place, write in scaled([places[number % len(places)]], places)
        if (place, one.secret.is_number) != ("the duration", True)
    ]


def planted_in_products() -> dict[str, tuple[str, list[Planted]]]:
    """Return for the sample log of each product its text, and its lines again with a canary in the place of each value."""
    found: dict[str, tuple[str, list[Planted]]] = {}
    serial = 10_000
    for path in sorted(PRODUCTS.glob("*.log")):
        if path.stem == "har":
            continue  # a document, of which nothing can be said line by line
        text = path.read_text(encoding="utf-8")
        data = [line for line in text.split("\n") if line and not line.startswith("#")]
        lines: list[Planted] = []
        for place, write in places_of(data[0]) if data else ():
            serial += 1
            lines += [
                Planted(f"{path.stem}: {place}", canary, write(canary.text))
                for canary in kinds(serial)
                if canary.kind != "citizen service number" or not re.fullmatch(r"[0-9.]+(?:ms)?|.* \(a number\)", place)
            ]
        found[path.stem] = text, lines
    return found


def found_in(haystack: bytes, lines: Iterable[Planted]) -> list[tuple[str, str]]:
    """Return place and kind of every canary that has left a trace in these bytes."""
    traces: dict[bytes, list[tuple[bytes, Planted]]] = {}
    for line in lines:
        for trace in line.canary.traces:
            text = trace.encode()
            traces.setdefault(text[:8], []).append((text, line))
    beginnings = np.sort(np.frombuffer(b"".join(traces), "<u8"))
    found = set()
    # Eight bytes at a time, because ten thousand searches would take minutes.
    for shift in range(8):
        size = (len(haystack) - shift) // 8
        if size <= 0:
            continue
        words = np.frombuffer(haystack, "<u8", count=size, offset=shift)
        places = np.flatnonzero(
            beginnings[np.minimum(np.searchsorted(beginnings, words), len(beginnings) - 1)] == words
        )
        for place in (places * 8 + shift).tolist():
            found |= {
                (line.place, line.canary.kind)
                for text, line in traces[haystack[place : place + 8]]
                if haystack.startswith(text, place)
            }
    return sorted(found)
