"""What is going to change: the vendor's release notes, or a list of one's own, as changes.

Release notes are Markdown. Every row of a table with a column for the connector is a change:

    ## Inkoop Specification
    ### Breaking Changes
    | Description                             | Connector | Operation                                     |
    | --------------------------------------- | --------- | --------------------------------------------- |
    | removed the request property 'A/B/Fields/Ds' | FbSales | [POST](...#post-/connectors/FbSales), [PUT](...) |

The columns come in any order and in English or Dutch, a connector also as a path (`/connectors/FbSales/FbSalesLines`), which
is then told in the description. How severe a row is, its headings say; where they do not, its description does. Rows that say
the same of the same connectors are one change, under two headings too, and whatever their operations: what one row says of POST
and the next of PUT is felt as one. Rows that stand outside of a table are left out, and said.

A list is CSV with the columns description, connector, operation, severity and field, of which connector is needed.

Whoever has written the file, the time to read it grows with its length alone. So no pattern here begins at many places what it
gives up only at the end of a line, or tries one repetition in another's place: repetitions are possessive (`*+`) where two of them
could take the same character, and what needs a search behind a search is a function.
"""

from __future__ import annotations

import csv
import html
import io
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from analytics.errors import AnalyticsError
from analytics.spreadsheet.formulas import original
from ingest.call import Operation, Protocol, TokenForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Severity: TypeAlias = Literal["breaking", "deprecated", "changed", "added"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first. Added: nobody has to do anything."""

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
_SEVERITY_WORDS = {
    "brekend": "breaking",
    "vervalt": "deprecated",
    "verouderd": "deprecated",
    "uitgefaseerd": "deprecated",
    "gewijzigd": "changed",
    "nieuw": "added",
    "toegevoegd": "added",
}

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+)")
_FENCE = re.compile(r" {0,3}(?:(`{3,})[^`]*|(~{3,}).*)")
_COMMENT = re.compile(r"^ {0,3}<!--", re.MULTILINE)
_DELIMITER = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_IS_ROW = re.compile(r"(?! {0,3}(#{1,6} |>)).*\|")
_STRAY_ROW = re.compile(r"[ \t>]*\|.*\|[ \t]*")
_HTML_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")
_TARGET = re.compile(r"\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)")
_MARKUP = re.compile(r"[`*]|(?<!\w)_++|(?<!_)_++(?!\w)")
_LONG_CHARACTER = re.compile(r"&#[0-9]{8,}+;?")
_BREAK = re.compile(r"<br ?/?>")
_BETWEEN = re.compile(r",\s+|;|<br ?/?>|\s/\s|\s(?:en|and|of|or|&|\+)\s")
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"`[^`]*`|(?<!\w)'[^']*'(?!\w)")
_IN_QUOTES = re.compile(r"['`\"]([^'`\"\s]*+)(?=['`\"])")
_FIELD = re.compile(r"/(?:Fields/|@)(?=\w)")
_NAME = re.compile(r"[A-Za-z][\w.\-]*")

_NOT_BREAKING = re.compile(r"\b(non|not|no|niet|geen)[ -]?(breaking|brekend)", re.IGNORECASE)
_BREAKING = re.compile(r"\b(breaking|brekend)", re.IGNORECASE)
_NOTHING = re.compile(r"[\s>*_]*(no|geen)\b( breaking| brekende)? (changes|wijzigingen)\b", re.IGNORECASE)
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
"""Titles that say nothing of how severe something is, and are not meant to."""
_OF_CHANGES = re.compile(r"chang|wijzig|verander|aanpassing|removed?|vervall|verwijder|migrat", re.IGNORECASE)
_HARMLESS = re.compile(
    r"^(added|toegevoegd|nieuwe?)\b(?!.*\b(required|mandatory|verplicht|pattern))|^endpoint added"
    r"|became optional|\bmax\w* was increased|\bmin\w* was decreased|is optioneel",
    re.IGNORECASE,
)


MOST_BYTES = 16 << 20
"""No release notes are longer: a year of the vendor's has a fiftieth of it."""


class ChangesError(AnalyticsError):
    """A file of changes that cannot be read: where, what stands there and what was expected."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that changes. Without a connector no log can show whom it concerns; no operations: all of them.

    `paths` are deeper than a connector, `KnEmployee/KnEmployee/@EmId/{EmId}`, and stand for a part of it: nothing else of that
    connector changes.
    """

    description: str
    severity: Severity | None = None
    connectors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    field: str | None = None
    token_form: TokenForm | None = None
    protocol: Protocol | None = None
    api_version: str | None = None
    line: int = 0

    @property
    def targets(self) -> tuple[tuple[str | None, str | None], ...]:
        """What it is about: a connector and a path of it, None for all of it; and None and None for any connector."""
        if not self.connectors:
            return ((None, None),)
        paths: dict[str | None, list[str]] = {}
        for path in self.paths:
            paths.setdefault(connector_in(path), []).append(path)
        return tuple((name, path) for name in self.connectors for path in paths.get(name) or (None,))

    @property
    def shows(self) -> bool:
        """Whether a log can show whom it concerns at all."""
        return bool(self.connectors or self.operations or self.token_form or self.protocol or self.api_version)


@dataclass(frozen=True)
class Notes:
    """The changes of a file in its order, how many rows said them (several may say one), and what else a reader has to know about the file."""

    changes: tuple[Change, ...]
    rows: int
    remarks: tuple[str, ...]


def read_changes(path: Path) -> Notes:
    """The changes of a file: release notes in Markdown, or CSV. ChangesError where there are none to be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ChangesError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ChangesError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    if len(content) > MOST_BYTES:
        raise ChangesError(
            f"{path}: is longer than {MOST_BYTES:,} bytes, which no release notes are; take what changes into a file of its own"
        )
    try:
        return changes_in(text)
    except ChangesError as error:
        raise ChangesError(f"{path}: {error}") from None


def changes_in(text: str) -> Notes:
    """The changes of a text: release notes in Markdown, or CSV. ChangesError where there are none to be read."""
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    first = next((line for line in lines if line.strip()), "")
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        header = _columns(next(csv.reader([first], delimiter=delimiter), []))
    except csv.Error:  # no row at all: a cell too long for one, or a CR in the middle
        header = {}
    if "connector" in header and "|" not in first and not first.startswith("#"):
        return _listed("\n".join(lines), delimiter)
    return _Markdown(lines).notes()


def operation_named(word: str) -> str | None:
    """The operation that a method or a word says; None where it says none.

    >>> operation_named("PUT"), operation_named("insert"), operation_named("ophalen"), operation_named("merge")
    ('update', 'insert', 'get', None)
    """
    folded = word.strip().lower()
    return _OPERATIONS.get(folded) or (folded if folded in get_args(Operation) else None)


def connector_in(path: str) -> str | None:
    """The connector of a name or a path; None where it stands for any.

    >>> connector_in("/connectors/FiContract/FiContractline"), connector_in("KnProfile/KnProfile/@PrId/{PrId}")
    ('FiContract', 'KnProfile')
    >>> connector_in("FbSales"), connector_in("/api/administrations"), connector_in("/connectors/{Connector}")
    ('FbSales', 'administrations', None)
    """
    segments = _segments(path)
    found = segments and _NAME.fullmatch(segments[0])
    return found[0] if found else None


class _Markdown:
    """Release notes, read from top to bottom."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = _without_comments("\n".join(lines)).split("\n")
        self.headings: dict[int, str] = {}
        self.section = _Section()
        self.changes: list[Change] = []
        self.remarks: list[str] = []
        self.told: dict[tuple[int, str], set[str]] = {}
        self.unruled: dict[tuple[int, str], int] = {}
        self.sections = [0]
        self.tables = 0

    def notes(self) -> Notes:
        number = 0
        while number < len(self.lines):
            line = self.lines[number]
            if found := _FENCE.fullmatch(line):
                number = self._code(number, found[1] or found[2])
            elif found := _HEADING.fullmatch(line):
                self._under(len(found[1]), _text(_without_closing(found[2])), number + 1)
                number += 1
            elif self._begins_table(number):
                number = self._table(number)
            elif _STRAY_ROW.fullmatch(line):
                number = self._stray_rows(number)
            else:
                self._prose(number)
                number += 1
        remarks = [*self.remarks, *self._not_understood(), *self._in_words()]
        if not self.tables:
            expected = (
                "no changes were found; expected Markdown tables with the columns Description, Connector and Operation, "
                "or CSV with the columns description, connector, operation, severity, field"
            )
            raise ChangesError("\n".join([expected, *remarks]))
        return Notes(tuple(_once(self.changes)), len(self.changes), tuple(remarks))

    def _under(self, level: int, title: str, line: int) -> None:
        self.headings = {depth: heading for depth, heading in self.headings.items() if depth < level} | {level: title}
        self.sections.append(line)
        # Once for all lines below it: a title may be as long as all of them together.
        self.section = _Section.under(self.headings)

    def _code(self, number: int, fence: str) -> int:
        """Leave a block of code out; where it ends."""
        ends = re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*")
        for place in range(number + 1, len(self.lines)):
            if ends.fullmatch(self.lines[place]):
                return place + 1
        self.remarks.append(f"line {number + 1}: a block of code that does not end; all that follows is left out")
        return len(self.lines)

    def _stray_rows(self, number: int) -> int:
        """Say that rows stand outside of a table; where they end."""
        end = number
        while end < len(self.lines) and _STRAY_ROW.fullmatch(self.lines[end]) and not self._begins_table(end):
            end += 1
        rows = "a row stands" if end == number + 1 else f"{end - number} rows stand"
        self.remarks.append(
            f"line {number + 1}: {rows} outside of a table and is left out; "
            "a table begins with a header and a line | --- | and has no empty lines"
        )
        return end

    def _begins_table(self, number: int) -> bool:
        return (
            number + 1 < len(self.lines)
            and "|" in self.lines[number]
            and "|" in self.lines[number + 1]
            and _DELIMITER.fullmatch(self.lines[number + 1]) is not None
        )

    def _table(self, number: int) -> int:
        """Take the rows of the table that begins here; where it ends."""
        header = [_text(cell) for cell in _cells(self.lines[number])]
        columns = _columns(header)
        end = number + 2
        while end < len(self.lines) and _IS_ROW.match(self.lines[end]):
            end += 1
        if "connector" not in columns:
            self.remarks.append(
                f"line {number + 1}: a table without a column Connector is left out: {' | '.join(header)}"
            )
            return end
        self.tables += 1
        unnamed = [place for place in range(len(header)) if place not in columns.values()]
        if unnamed:
            columns.setdefault("description", unnamed[0])
        for place in range(number + 2, end):
            cells = _cells(self.lines[place])
            if len(cells) > len(header) and any(cells[len(header) :]):
                self.remarks.append(
                    f"line {place + 1}: {len(cells)} cells where the table has {len(header)} columns; "
                    "the last are left out (a | in a text is written \\|)"
                )
            self.changes.append(self._change(place + 1, _row(columns, cells)))
        if self.section.is_unruled:
            section = self.sections[-1], self.section.title
            self.unruled[section] = self.unruled.get(section, 0) + end - number - 2
        return end

    def _change(self, line: int, row: Mapping[str, str]) -> Change:
        description = _text(row.get("description", ""))
        connectors, unread = _connectors(row["connector"])
        operations, unknown = _operations(row.get("operation", ""))
        deeper = ["/".join(path) for path in map(_segments, _parts(row["connector"])) if len(path) > 1]
        paths = _paths(row["connector"])
        for part in unread:
            self.remarks.append(f"line {line}: {part!r} names no connector; no log can show whom this concerns")
        for word in unknown:
            self.remarks.append(f"line {line}: {word!r} is no operation; expected GET, POST, PUT or DELETE")
        return Change(
            description=f"{description or '-'} ({', '.join(deeper)})" if deeper else description or "-",
            severity=_severity_named(row.get("severity", "")) or self._severity(row.get("description", "")),
            connectors=connectors,
            paths=paths,
            operations=operations,
            field=_text(row.get("field", "")) or _field_in(row.get("description", "")),
            line=line,
        )

    def _severity(self, cell: str) -> Severity:
        if self.section.said is not None:
            return self.section.said
        description = _text(_QUOTED.sub("", cell))
        if _DEPRECATED.search(description) and "without deprecation" not in description:
            return "deprecated"
        return "added" if _HARMLESS.search(description) else "changed"

    def _prose(self, number: int) -> None:
        """Remember what is told in words where it breaks or deprecates something, or may do so."""
        line = self.lines[number]
        if _HTML_TABLE.search(line):
            self.remarks.append(f"line {number + 1}: a table in HTML is left out; write it in Markdown or as CSV")
        may_break = self.section.said in {"breaking", "deprecated"} or self.section.is_unruled
        if line.strip() and not _NOTHING.match(line) and may_break:
            told = self.told.setdefault((self.sections[-1], self.section.title), set(self.section.named))
            told.update(_official_in(line))

    def _not_understood(self) -> Iterator[str]:
        for (line, title), rows in self.unruled.items():
            changes = "its change is" if rows == 1 else f"its {rows} changes are"
            yield f"line {line}: no rule knows how severe {title!r} is; {changes} judged by what the rows say themselves"

    def _in_words(self) -> Iterator[str]:
        ends = dict(zip(self.sections, [*self.sections[1:], len(self.lines) + 1], strict=True))
        changed = [change.line for change in self.changes]
        for (line, title), named in self.told.items():
            following = bisect_right(changed, line)
            if following < len(changed) and changed[following] < ends[line]:
                continue
            ask = f"; it names {', '.join(sorted(named))}: ask with --connector" if named else ""
            yield f"line {line}: {title!r} is told in words, which are not counted as a change{ask}"


@dataclass(frozen=True)
class _Section:
    """What the headings above a line say."""

    title: str = ""
    said: Severity | None = None
    """How severe its changes are."""
    is_unruled: bool = False
    """Whether it has a title that may say how severe its changes are, and no rule knows what it says."""
    named: frozenset[str] = frozenset()
    """The official connectors in the title."""

    @classmethod
    def under(cls, headings: Mapping[int, str]) -> _Section:
        title = " > ".join(headings[level] for level in sorted(headings))
        said = _said_by(headings)
        level = max(headings)
        tells = not (_NOT_BREAKING.search(headings[level]) or _TELLS_NOTHING.fullmatch(headings[level]))
        is_unruled = said is None and tells and (level > 1 or _OF_CHANGES.search(headings[level]) is not None)
        return cls(title, said, is_unruled, _official_in(title))


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


def _official_in(text: str) -> frozenset[str]:
    return official_connectors().intersection(_WORD.findall(text))


def _without_comments(text: str) -> str:
    """A text with the line ends of its comments alone. One that does not end is none, and neither is any behind it."""
    kept: list[str] = []
    at = 0
    for found in _COMMENT.finditer(text):
        if found.start() < at:
            continue
        end = text.find("-->", found.end())
        if end < 0:
            break
        kept += [text[at : found.start()], "\n" * text.count("\n", found.start(), end)]
        at = end + len("-->")
    return "".join((*kept, text[at:]))


def _without_closing(title: str) -> str:
    """A title without the hashes that may close it.

    >>> _without_closing("Changes ##  "), _without_closing("C#"), _without_closing("###")
    ('Changes', 'C', '#')
    """
    return title.rstrip(" \t").rstrip("#").rstrip(" \t") or title[:1]


def _unlinked(text: str) -> str:
    """A text with what its links say in their places. What ends no link that begins here, ends none that begins before it."""
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


def _listed(text: str, delimiter: str) -> Notes:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: dict[str, int] = {}
    changes: list[Change] = []
    try:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells)
                continue
            changes.append(
                _listed_change(
                    rows.line_num, {name: original(text).strip() for name, text in _row(columns, cells).items()}
                )
            )
    except csv.Error as error:
        raise ChangesError(f"line {rows.line_num}: {error}") from None
    if not changes:
        raise ChangesError("there is no change in it, only a header")
    return Notes(tuple(_once(changes)), len(changes), ())


def _listed_change(line: int, row: Mapping[str, str]) -> Change:
    connectors, unread = _connectors(row["connector"])
    operations, unknown = _operations(row.get("operation", ""))
    severity = _severity_named(row.get("severity", ""))
    if unread or not connectors:
        raise ChangesError(
            f"line {line}: connector {row['connector']!r} is not the name of a connector, like KnSubject"
        )
    if unknown:
        raise ChangesError(
            f"line {line}: operation {unknown[0]!r} is not get, insert, update, delete, GET, POST, PUT or DELETE"
        )
    if row.get("severity") and severity is None:
        raise ChangesError(f"line {line}: severity {row['severity']!r} is not {', '.join(SEVERITIES)}")
    return Change(
        description=row.get("description") or row["connector"],
        severity=severity or "changed",
        connectors=connectors,
        paths=_paths(row["connector"]),
        operations=operations,
        field=row.get("field") or None,
        line=line,
    )


def _once(changes: Sequence[Change]) -> list[Change]:
    """Each change once, as severe as it is said anywhere, where it is said first, with the operations of all its rows.

    A row that names no operation is about all of them, and so is the change.
    """
    kept: dict[tuple[object, ...], Change] = {}
    for change in changes:
        key = _what(change)
        before = kept.get(key)
        if before is None:
            kept[key] = change
            continue
        is_narrowed = bool(before.operations and change.operations)
        kept[key] = replace(
            before,
            severity=min(before.severity, change.severity, key=_place),
            operations=tuple(dict.fromkeys((*before.operations, *change.operations))) if is_narrowed else (),
        )
    return list(kept.values())


def _what(change: Change) -> tuple[object, ...]:
    """What two rows of one change have in common, in whatever order and case they name it."""
    words = " ".join(change.description.split()).casefold()
    connectors, paths = (frozenset(name.casefold() for name in names) for names in (change.connectors, change.paths))
    return words, connectors, paths, (change.field or "").casefold()


def _place(severity: Severity | None) -> int:
    return SEVERITIES.index(severity) if severity is not None else len(SEVERITIES)


def _columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each column that is known, by its name; the first of two."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        folded = re.sub(r"[^a-z]", "", title.lower())
        for name, words in _COLUMNS.items():
            if folded in words:
                places.setdefault(name, place)
    return places


def _row(columns: Mapping[str, int], cells: Sequence[str]) -> dict[str, str]:
    return {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}


def _cells(line: str) -> list[str]:
    inside = line.strip().removeprefix("|")
    cells = _PIPE.split(inside)
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [cell.replace("\\|", "|").strip() for cell in cells]


def _text(cell: str) -> str:
    """A cell or heading without its markup, on one line.

    >>> _text("the **request** property `KnSubject/Ds` of [KnSubject](x#post-/connectors/KnSubject)")
    'the request property KnSubject/Ds of KnSubject'
    """
    unlinked = _BREAK.sub(" ", _unlinked(cell)).replace("\\_", "_")
    # Python converts no number of thousands of digits, and no character has one of eight.
    plain = _LONG_CHARACTER.sub("\ufffd", _MARKUP.sub("", unlinked))
    return " ".join(html.unescape(plain).split())


def _connectors(cell: str) -> tuple[tuple[str, ...], list[str]]:
    """The connectors that a cell names, and what in it names none."""
    named = {part: connector_in(part) for part in _parts(cell)}
    return tuple(dict.fromkeys(name for name in named.values() if name)), [
        part for part, name in named.items() if not name
    ]


def _parts(cell: str) -> list[str]:
    """What a cell lists. A comma without a space is part of a path.

    >>> _parts("`KnPerson` / [KnContact](x),KnSubject"), _parts("FbUnit/FbUnit/@VaIt,@BiUn/{VaIt},{BiUn}")
    (['KnPerson', 'KnContact', 'KnSubject'], ['FbUnit/FbUnit/@VaIt,@BiUn/{VaIt},{BiUn}'])
    """
    listed = [_text(part) for part in _BETWEEN.split(_unlinked(cell))]
    return [part.strip() for text in listed for part in ([text] if "/" in text else text.split(",")) if part.strip()]


def _segments(path: str) -> list[str]:
    """A path from its connector on."""
    segments = [segment for segment in path.strip().split("/") if segment]
    begin = 0
    while begin < len(segments) - 1 and segments[begin].lower() in {"connectors", "profitrestservices", "api"}:
        begin += 1
    return segments[begin:]


def _paths(cell: str) -> tuple[str, ...]:
    """The paths in a cell that are deeper than a connector; none of a connector that is named as a whole too.

    >>> _paths("/connectors/FiContract/FiContractline, KnEmployee/KnEmployee/@EmId/{EmId}"), _paths("FbSales en FbSales/Lines")
    (('FiContract/FiContractline', 'KnEmployee/KnEmployee/@EmId/{EmId}'), ())
    """
    found = [_segments(part) for part in _parts(cell)]
    whole = {segments[0] for segments in found if len(segments) == 1}
    deeper = ["/".join(segments) for segments in found if len(segments) > 1 and segments[0] not in whole]
    return tuple(dict.fromkeys(deeper))


def _operations(cell: str) -> tuple[tuple[str, ...], list[str]]:
    """The operations that a cell says, and the words in it that say none."""
    words = _WORD.findall(_text(cell))
    named = {word: operation_named(word) for word in words}
    return tuple(dict.fromkeys(name for name in named.values() if name)), [
        word for word, name in named.items() if not name
    ]


def _severity_named(word: str) -> Severity | None:
    folded = _text(word).lower()
    found = _SEVERITY_WORDS.get(folded, folded)
    return next((severity for severity in SEVERITIES if severity == found), None)


def _field_in(description: str) -> str | None:
    """The field that a description speaks of; None where it speaks of an object or of a whole connector.

    >>> _field_in("removed the enum value 'N/A' of the request property 'KnSubject/Element/Fields/Ds'")
    'Ds'
    >>> _field_in("removed the request property `KnSubject/Element/Objects/KnSubjectLink`")
    """
    for quoted in _IN_QUOTES.finditer(description):
        fields = [found.end() for found in _FIELD.finditer(quoted[1])]
        if fields:  # the last is the deepest
            name = _WORD.match(quoted[1], fields[-1])
            return name[0] if name else None
    return None


@cache
def official_connectors() -> frozenset[str]:
    """The connectors of the vendor's published list."""
    text = (files("ingest") / "catalogue" / "connectors.csv").read_text(encoding="utf-8")
    return frozenset(row["connector"] for row in csv.DictReader(io.StringIO(text)))
