"""The severity of a change, by the headings above it or by its own text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.changes.cells import plain
from analytics.changes.change import SEVERITIES
from analytics.changes.official import official_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.changes.change import Severity

_SEVERITY_WORDS = {
    "brekend": "breaking",
    "vervalt": "deprecated",
    "verouderd": "deprecated",
    "uitgefaseerd": "deprecated",
    "gewijzigd": "changed",
    "nieuw": "added",
    "toegevoegd": "added",
}
_QUOTED = re.compile(r"`[^`]*`|(?<!\w)'[^']*'(?!\w)")
_NOT_BREAKING = re.compile(r"\b(non|not|no|niet|geen)[ -]?(breaking|brekend)", re.IGNORECASE)
_BREAKING = re.compile(r"\b(breaking|brekend)", re.IGNORECASE)
_DEPRECATED = re.compile(r"deprecat|obsolete|verouderd|vervalt|vervallen|uitgefaseerd|uitfaser", re.IGNORECASE)
_NEW = re.compile(r"\b(new|nieuwe?)\b", re.IGNORECASE)
_INTERFACE = re.compile(r"\b(endpoints?|\w*connector(s|en)?)\b", re.IGNORECASE)
_REQUIRED = re.compile(r"\b(required|mandatory|verplicht)", re.IGNORECASE)
_TELLS_NOTHING = re.compile(
    r"(the |de |all |alle |other |overige |andere |minor |kleine |api[ -])*(changes?|wijzigingen|changelog|wijzigingslog)|.*\bspecificat(ion|ie)s?"
    r"|release[ -]?notes|introduction|inleiding|over(view|zicht)|contents?|inhoud(sopgave)?|about|summary|samenvatting"
    r"|(bug ?)?fixe[sd]|(opgeloste )?(bugs|fouten)|opgelost",
    re.IGNORECASE,
)
"""Titles that say nothing about a severity, and are not meant to."""
_OF_CHANGES = re.compile(r"chang|wijzig|verander|aanpassing|removed?|vervall|verwijder|migrat", re.IGNORECASE)
_HARMLESS = re.compile(
    r"^(added|toegevoegd|nieuwe?)\b(?!.*\b(required|mandatory|verplicht|pattern))|^endpoint added"
    r"|became optional|\bmax\w* was increased|\bmin\w* was decreased|is optioneel",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Section:
    """The headings above a line, and what they say."""

    title: str = ""
    said: Severity | None = None
    """The severity of its changes."""
    is_unruled: bool = False
    """Whether its title may say how severe its changes are, but no rule understands it."""
    named: frozenset[str] = frozenset()
    """The official connectors in the title."""

    @classmethod
    def under(cls, headings: Mapping[int, str]) -> Section:
        """The section under these headings, which are given by their level."""
        title = " > ".join(headings[level] for level in sorted(headings))
        said = _said_by(headings)
        level = max(headings)
        tells = not (_NOT_BREAKING.search(headings[level]) or _TELLS_NOTHING.fullmatch(headings[level]))
        is_unruled = said is None and tells and (level > 1 or _OF_CHANGES.search(headings[level]) is not None)
        return cls(title, said, is_unruled, official_in(title))


def severity_of(description: str) -> Severity:
    """The severity by a row's own description, for rows whose headings do not say it."""
    told = plain(_QUOTED.sub("", description))
    if _DEPRECATED.search(told) and "without deprecation" not in told:
        return "deprecated"
    return "added" if _HARMLESS.search(told) else "changed"


def severity_named(word: str) -> Severity | None:
    """The severity that one of our words, or a Dutch one, names."""
    folded = plain(word).lower()
    found = _SEVERITY_WORDS.get(folded, folded)
    return next((severity for severity in SEVERITIES if severity == found), None)


def _said_by(headings: Mapping[int, str]) -> Severity | None:
    for level in sorted(headings, reverse=True):
        title = headings[level]
        if _NOT_BREAKING.search(title):
            return None
        if _BREAKING.search(title):
            return "breaking"
        if _DEPRECATED.search(title):
            return "deprecated"
        if _is_of_new(title):
            return "added"
    return None


def _is_of_new(title: str) -> bool:
    """Whether a title announces new endpoints or connectors.

    >>> _is_of_new("Three new GetConnectors"), _is_of_new("A new required field of the connector"), _is_of_new("Connectors, new")
    (True, False, False)
    """
    found = _NEW.search(title)
    return found is not None and _INTERFACE.search(title, found.end()) is not None and not _REQUIRED.search(title)
