"""Recognises hosts of the platform in the fields of a log: perhaps with a port or in quotes, in upper or lower case.

If most lines have such a host in the same field, that field is the called host, whatever its name and place. If it were
overlooked, the calls of many customers could be counted for one of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from ingest.catalogue.published import hosts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LABELS = {"profit": "[0-9]{4,7}", "sb": "[a-z0-9][a-z0-9-]*"}
_NOTHING = ("", "-")

_CALLERS_WORDS = re.compile("(?i)referr?er|agent|body")

_Place = TypeVar("_Place")


@cache
def host_pattern() -> str:
    """The pattern (Python's and RE2's) of a host of the platform, without a port, in any case."""
    each = (f"{_LABELS[host['product']]}[.]{re.escape(host['suffix'])}" for host in hosts())
    return f"(?i:{'|'.join(each)})"


@cache
def domain_pattern() -> str:
    """The pattern of what every host of the platform has in it: quick to look for in a line."""
    domains = dict.fromkeys(".".join(host["suffix"].split(".")[-2:]) for host in hosts())
    return f"(?i){'|'.join(re.escape(domain) for domain in domains)}"


def holds_callers_words(name: str) -> bool:
    """Whether a field of this name holds the caller's own words. A host in it is mentioned, not called.

    >>> holds_callers_words("cs(Referer)"), holds_callers_words("full_url")
    (True, False)
    """
    return _CALLERS_WORDS.search(name) is not None


def is_platform_host(text: str) -> bool:
    """Whether a value is a host of the platform, perhaps with a port or the root's dot after it.

    >>> [is_platform_host(text) for text in ("4321.rest.afas.online:443", "www.rest.afas.online", "https://4321.rest.afas.online/")]
    [True, False, False]
    """
    return re.fullmatch(rf"{host_pattern()}[.]?(?::[0-9]{{1,5}})?", text.strip(' "')) is not None


def places_of_hosts(rows: Sequence[Mapping[_Place, str]], places: Iterable[_Place]) -> list[_Place]:
    """The places that hold a host of the platform in most of the rows that have a value there.

    Of places that always agree only the first is returned. Several places therefore differ, and nobody can tell which one is meant.
    """
    found: list[_Place] = []
    for place in places:
        said = [text for row in rows if (text := row.get(place, "").strip(' "')) not in _NOTHING]
        is_host = 2 * sum(map(is_platform_host, said)) > len(said)
        if is_host and not any(_agree(rows, place, other) for other in found):
            found.append(place)
    return found


def _agree(rows: Sequence[Mapping[_Place, str]], one: _Place, other: _Place) -> bool:
    def host(row: Mapping[_Place, str], place: _Place) -> str:
        return re.sub("[.]?(:[0-9]*)?$", "", row.get(place, "").strip(' "').lower())

    pairs = ((host(row, one), host(row, other)) for row in rows)
    return all(first == second for first, second in pairs if first and second)
