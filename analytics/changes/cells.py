"""Reads a cell: connectors and paths, operations, a field, and the plain text of its Markdown.

Anybody may have written the text, so the time to read a cell must grow with its length and no faster. No pattern here starts at many
places and fails only at the end, or tries one repetition in the place of another. If two repetitions could take the same character,
they are possessive (`*+`). A search within a search is a function.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, get_args

from ingest.call import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COLUMNS = {
    "description": ("description", "omschrijving", "beschrijving", "change", "wijziging"),
    "connector": (
        "connector", "connectors", "connectoren", "updateconnector", "updateconnectors", "updateconnectoren",
        "getconnector", "getconnectors", "getconnectoren", "path", "pad", "endpoint", "endpoints",
    ),
    "operation": (
        "operation", "operations", "operatie", "operaties", "method", "methods", "methode", "methodes", "methoden",
        "bewerking", "bewerkingen", "action", "actions", "actie", "acties",
    ),
    "severity": ("severity", "ernst", "soort"),
    "field": ("field", "veld"),
}  # fmt: skip
_OPERATIONS = {
    "get": "get", "post": "insert", "put": "update", "delete": "delete",
    "ophalen": "get", "toevoegen": "insert", "wijzigen": "update", "verwijderen": "delete",
}  # fmt: skip
_TARGET = re.compile(r"\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)")
_MARKUP = re.compile(r"[`*]|(?<!\w)_++|(?<!_)_++(?!\w)")
_LONG_CHARACTER = re.compile(r"&#[0-9]{8,}+;?")
_BREAK = re.compile(r"<br ?/?>")
_BETWEEN = re.compile(r",\s+|;|<br ?/?>|\s/\s|\s(?:en|and|of|or|&|\+)\s")
_WORD = re.compile(r"\w+")
_IN_QUOTES = re.compile(r"['`\"]([^'`\"\s]*+)(?=['`\"])")
_FIELD = re.compile(r"/(?:Fields/|@)(?=\w)")
_NAME = re.compile(r"[A-Za-z][\w.\-]*")


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """The place of each known column, by its name; of two with the same name, the first."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        folded = re.sub(r"[^a-z]", "", title.lower())
        for name, words in _COLUMNS.items():
            if folded in words:
                places.setdefault(name, place)
    return places


def row_of(columns: Mapping[str, int], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row by the names of the known columns."""
    return {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}


def operation_named(word: str) -> str | None:
    """The operation that a method or a word names; None if it names none.

    >>> operation_named("PUT"), operation_named("insert"), operation_named("ophalen"), operation_named("merge")
    ('update', 'insert', 'get', None)
    """
    folded = word.strip().lower()
    return _OPERATIONS.get(folded) or (folded if folded in get_args(Operation) else None)


def connector_in(path: str) -> str | None:
    """The connector of a name or a path; None if it stands for any connector.

    >>> connector_in("/connectors/FiContract/FiContractline"), connector_in("KnProfile/KnProfile/@PrId/{PrId}")
    ('FiContract', 'KnProfile')
    >>> connector_in("FbSales"), connector_in("/api/administrations"), connector_in("/connectors/{Connector}")
    ('FbSales', 'administrations', None)
    """
    segments = segments_of(path)
    found = segments and _NAME.fullmatch(segments[0])
    return found[0] if found else None


def connectors_in(cell: str) -> tuple[tuple[str, ...], list[str]]:
    """The connectors that a cell names, and the parts of it that name none."""
    named = {part: connector_in(part) for part in parts_of(cell)}
    return tuple(dict.fromkeys(name for name in named.values() if name)), [
        part for part, name in named.items() if not name
    ]


def paths_in(cell: str) -> tuple[str, ...]:
    """The paths in a cell that are deeper than a connector, unless the cell names the whole connector too.

    >>> paths_in("/connectors/FiContract/FiContractline, KnEmployee/KnEmployee/@EmId/{EmId}"), paths_in("FbSales en FbSales/Lines")
    (('FiContract/FiContractline', 'KnEmployee/KnEmployee/@EmId/{EmId}'), ())
    """
    found = [segments_of(part) for part in parts_of(cell)]
    whole = {segments[0] for segments in found if len(segments) == 1}
    deeper = ["/".join(segments) for segments in found if len(segments) > 1 and segments[0] not in whole]
    return tuple(dict.fromkeys(deeper))


def operations_in(cell: str) -> tuple[tuple[str, ...], list[str]]:
    """The operations that a cell names, and the words in it that name none."""
    words = _WORD.findall(plain(cell))
    named = {word: operation_named(word) for word in words}
    return tuple(dict.fromkeys(name for name in named.values() if name)), [
        word for word, name in named.items() if not name
    ]


def field_in(description: str) -> str | None:
    """The field that a description is about; None if it is about an object or a whole connector.

    >>> field_in("removed the enum value 'N/A' of the request property 'KnSubject/Element/Fields/Ds'")
    'Ds'
    >>> field_in("removed the request property `KnSubject/Element/Objects/KnSubjectLink`")
    """
    for quoted in _IN_QUOTES.finditer(description):
        fields = [found.end() for found in _FIELD.finditer(quoted[1])]
        if fields:  # the last one is the deepest
            name = _WORD.match(quoted[1], fields[-1])
            return name[0] if name else None
    return None


def plain(cell: str) -> str:
    """A cell or heading without its markup, on one line.

    >>> plain("the **request** property `KnSubject/Ds` of [KnSubject](x#post-/connectors/KnSubject)")
    'the request property KnSubject/Ds of KnSubject'
    """
    shown = _BREAK.sub(" ", unlinked(cell)).replace("\\_", "_")
    # Python refuses to convert numbers of thousands of digits, and no character has a number of eight digits.
    bare = _LONG_CHARACTER.sub("\ufffd", _MARKUP.sub("", shown))
    return " ".join(html.unescape(bare).split())


def unlinked(text: str) -> str:
    """A text with the words of its links in their places. A bracket that does not end this link ends no earlier one either."""
    kept: list[str] = []
    at = 0
    while (begin := text.find("[", at)) >= 0 and (end := text.find("]", begin)) >= 0:
        target = _TARGET.match(text, end + 1)
        if target is None:
            kept.append(text[at : end + 1])
            at = end + 1
        else:
            kept += [text[at:begin].removesuffix("!"), text[begin + 1 : end]]
            at = target.end()
    return "".join((*kept, text[at:]))


def parts_of(cell: str) -> list[str]:
    """The entries of a cell. A comma without a space is part of a path.

    >>> parts_of("`KnPerson` / [KnContact](x),KnSubject"), parts_of("FbUnit/FbUnit/@VaIt,@BiUn/{VaIt},{BiUn}")
    (['KnPerson', 'KnContact', 'KnSubject'], ['FbUnit/FbUnit/@VaIt,@BiUn/{VaIt},{BiUn}'])
    """
    listed = [plain(part) for part in _BETWEEN.split(unlinked(cell))]
    return [part.strip() for text in listed for part in ([text] if "/" in text else text.split(",")) if part.strip()]


def segments_of(path: str) -> list[str]:
    """A path from its connector on."""
    segments = [segment for segment in path.strip().split("/") if segment]
    begin = 0
    while begin < len(segments) - 1 and segments[begin].lower() in {"connectors", "profitrestservices", "api"}:
        begin += 1
    return segments[begin:]
