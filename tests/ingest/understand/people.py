"""Texts that tell who calls and from where, and their places in a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.ingest.understand.canary_places import PLACES, places_of
from tests.ingest.worked import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PEOPLE: dict[str, list[str]] = {
    "one name": ["jan", "may", "mark", "nan", "null", "infinity", "person", "sales", "Employees", "oct", "xqzkw"],
    "two names": ["jan jansen", "may april", "nan null", "Person Sales", "xqzkw wkzqx"],
    "a name in a domain": ["AFAS\\jan", "AFAS\\may", "KANTOOR\\xqzkw", "may\\nan"],
    "IPv4": ["203.0.113.9", "10.0.0.1", "255.255.255.255", "1.2.3.4"],
    "IPv4 and a port": ["203.0.113.9:443", "10.0.0.1:443"],
    "IPv4 in a list": ["203.0.113.9, 10.0.0.1", "10.1.2.3, 192.0.2.77"],
    "IPv6": ["2001:db8::9", "2001:abc::1"],
    "IPv6 of a link": ["fe80:abc::1", "fd00:1::7"],
    "IPv6, whole": ["2001:db8:0:0:0:0:0:9", "2001:0db8:0000:0000:0000:0000:0000:0009"],
    "IPv6 of this machine": ["::1", "::2", "::ffff:203.0.113.9", "::ffff:10.0.0.1"],
    "IPv6 and a port": ["[2001:db8::9]:443", "[2001:abc::1]:443"],
    "a citizen service number, points": ["123.456.782", "111.222.333"],
    "a citizen service number, other points": ["1234.56.782", "1112.22.333"],
    "a citizen service number, hyphens": ["1234-56-782", "1112-22-333"],
    "a citizen service number, pairs": ["12.34.56.782", "11.12.22.333"],
    "a citizen service number behind a date": ["2026-10-01123456782", "2026-10-01111222333"],
    "a citizen service number in a date": ["2026-10-0123456782", "2026-10-0111222333"],
    "a citizen service number in a day": ["01/Oct/2026:123456782", "01/Oct/2026:111222333"],
    "a citizen service number behind a time": ["09:00:00.123456782", "09:00:00.111222333"],
    "a citizen service number behind a comma": ["09:00:00,123456782", "09:00:00,111222333"],
    "a citizen service number behind HTTP": ["HTTP/123456782", "HTTP/111222333"],
    "a number behind HTTP": ["HTTP/1.12345", "HTTP/1.54321"],
}
"""Texts of the same shape that tell who calls and from where. A sample must not show which of them was sent."""

BEFORE_THE_TIME = ["jan", "17", "4711", '"kar 17"', "status", "GET", "token", "KnSubject", "u12", "203.0.113.9", "-x"]
"""Users in an access log; where they stand nothing is known by how it looks."""


def places_of_people() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Return every place of a line, in our logs and in those of products, and how the line is written with a text there.

    The second of two writings of a product's line is the text glued to the value that stands there.
    """
    for log_format, places in PLACES.items():
        for place, write in places.items():
            if not re.search("escaped|truncated|user information", place):
                yield f"{log_format}: {place}", write
    for path in sorted(PRODUCTS.glob("*.log")):
        data = [line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
        if path.stem != "har" and data and len(data[0]) < 400:
            for number, (place, write) in enumerate(places_of(data[0])):
                yield f"{path.stem}: {place}{', glued' * (number % 2)}", write
