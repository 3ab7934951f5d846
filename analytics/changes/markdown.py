"""Release notes in Markdown.

Every row of a table with a column for the connector is a change:

    ## Inkoop Specification
    ### Breaking Changes
    | Description                             | Connector | Operation                                     |
    | --------------------------------------- | --------- | --------------------------------------------- |
    | removed the request property 'A/B/Fields/Ds' | FbSales | [POST](...#post-/connectors/FbSales), [PUT](...) |

The columns come in any order, in English or Dutch. A connector may be a path (`/connectors/FbSales/FbSalesLines`), which is then
shown in the description. The headings give the severity of a row; if they do not, its description does. Rows with the same text about
the same connectors are one change, also under two headings, and whatever their operations: a reader would take what one row says
of POST and the next of PUT for one change. Rows outside of a table are left out, with a remark.

Nothing is left out silently. A row that this module does not understand may be the one that breaks an integration, so each one
becomes a remark with its line.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from analytics.changes.cells import (
    columns_of,
    connectors_in,
    field_in,
    operations_in,
    parts_of,
    paths_in,
    plain,
    row_of,
    segments_of,
)
from analytics.changes.change import Change, ChangesError, Notes, each_once
from analytics.changes.official import official_in
from analytics.changes.severity import Section, severity_named, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.rules_block import StateBlock

_HEADING = re.compile(r" {0,3}#")
_COMMENT = re.compile(r"^ {0,3}<!--", re.MULTILINE)
_IS_ROW = re.compile(r"(?! {0,3}>).*\|")
_STRAY_ROW = re.compile(r"[ \t>]*\|.*\|[ \t]*")
_DASHES = re.compile(r"[:| \t]*+-[-:| \t]*+")
_HTML_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")
_NOTHING = re.compile(r"[\s>*_]*(no|geen)\b( breaking| brekende)? (changes|wijzigingen)\b", re.IGNORECASE)


def _ends_table(state: StateBlock, line: int, _: int, silent: bool) -> bool:  # noqa: FBT001 - the parser calls it so
    """Whether a line below a table is not one of its rows; the parser asks this silently.

    In Markdown, every line up to the next empty one is a row. Words directly below a table would become a change without a connector,
    and a second table after them would become rows of the first.
    """
    return silent and _IS_ROW.match(state.src, state.bMarks[line], state.eMarks[line]) is None


_BLOCKS = MarkdownIt("zero").enable(["table", "heading", "fence"])
_BLOCKS.core.ruler.enableOnly(["block"])
_BLOCKS.block.ruler.push(
    "ends_table", _ends_table, {"alt": ["blockquote"]}
)  # "blockquote" is the parser's name for rules that may end a table
"""Finds where blocks begin and end, and does not look inside lines. So the time to read a file grows only with its length.

Lists, quotations and HTML are paragraphs here. A table inside one of them is not a table of changes, so its rows become remarks.
"""


def read_markdown(lines: Sequence[str]) -> Notes:
    """The changes of release notes. ChangesError if they have no table of changes."""
    return _Notes(lines).read()


class _Notes:
    """Release notes, read from top to bottom."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = _without_comments("\n".join(lines)).split("\n")
        self.headings: dict[int, str] = {}
        self.section = Section()
        self.changes: list[Change] = []
        self.remarks: list[str] = []
        self.told: dict[tuple[int, str], set[str]] = {}
        self.unruled: dict[tuple[int, str], int] = {}
        self.sections = [0]
        self.tables = 0

    def read(self) -> Notes:
        blocks = _BLOCKS.parse("\n".join(self.lines))
        for place, block in enumerate(blocks):
            begin, end = block.map or (0, 0)
            match block.type:
                case "heading_open" if _HEADING.match(self.lines[begin]):
                    self._under(int(block.tag[1:]), plain(blocks[place + 1].content), begin + 1)
                case "heading_open" | "paragraph_open":
                    self._paragraph(begin, end)
                case "table_open":
                    self._table(begin, end)
                case "fence" if not self._ends(block.markup, begin, end):
                    self.remarks.append(
                        f"line {begin + 1}: a block of code does not end, so everything after it is left out"
                    )
        remarks = [*self.remarks, *self._not_understood(), *self._in_words()]
        if not self.tables:
            expected = (
                "no changes were found; expected Markdown tables with the columns Description, Connector and Operation, "
                "or CSV with the columns description, connector, operation, severity, field"
            )
            raise ChangesError("\n".join([expected, *remarks]))
        return Notes(tuple(each_once(self.changes)), len(self.changes), tuple(remarks))

    def _under(self, level: int, title: str, line: int) -> None:
        self.headings = {depth: heading for depth, heading in self.headings.items() if depth < level} | {level: title}
        self.sections.append(line)
        # Read once for all lines below: a title may be as long as all of them together.
        self.section = Section.under(self.headings)

    def _ends(self, fence: str, begin: int, end: int) -> bool:
        """Whether the last line of a block of code closes it."""
        closing = self.lines[end - 1].strip()
        return end - begin > 1 and len(closing) >= len(fence) and set(closing) == {fence[0]}

    def _paragraph(self, begin: int, end: int) -> None:
        """Take lines outside of a table: words, and rows that are left out."""
        # Lines with a line of dashes among them were meant as a table, but are none, for example by the number of columns.
        is_meant = any("|" in self.lines[place] and _DASHES.fullmatch(self.lines[place]) for place in range(begin, end))

        def is_row(place: int) -> bool:
            line = self.lines[place]
            return _STRAY_ROW.fullmatch(line) is not None or (is_meant and "|" in line)

        for are_rows, places in itertools.groupby(range(begin, end), is_row):
            first, *others = places
            if are_rows:
                rows = f"{len(others) + 1} rows outside of a table are" if others else "a row outside of a table is"
                needs = ", both with the same number of columns" if is_meant else ", and has no empty lines"
                self.remarks.append(
                    f"line {first + 1}: {rows} left out; a table begins with a header and a line | --- |{needs}"
                )
            else:
                for place in (first, *others):
                    self._prose(place)

    def _table(self, begin: int, end: int) -> None:
        """Take the rows of a table."""
        header = [plain(cell) for cell in _cells(self.lines[begin])]
        columns = columns_of(header)
        if "connector" in columns:
            self._rows(header, columns, range(begin + 2, end))
        else:
            self.remarks.append(
                f"line {begin + 1}: a table is left out, because it has no column Connector: {' | '.join(header)}"
            )

    def _rows(self, header: Sequence[str], columns: dict[str, int], rows: Sequence[int]) -> None:
        self.tables += 1
        unnamed = [place for place in range(len(header)) if place not in columns.values()]
        if unnamed:
            columns.setdefault("description", unnamed[0])
        for place in rows:
            cells = _cells(self.lines[place])
            if len(cells) > len(header) and any(cells[len(header) :]):
                self.remarks.append(
                    f"line {place + 1}: the row has {len(cells)} cells, the table {len(header)} columns; "
                    "the last cells are left out (write a | in a text as \\|)"
                )
            self.changes.append(self._change(place + 1, row_of(columns, cells)))
        if self.section.is_unruled:
            section = self.sections[-1], self.section.title
            self.unruled[section] = self.unruled.get(section, 0) + len(rows)

    def _change(self, line: int, row: Mapping[str, str]) -> Change:
        description = plain(row.get("description", ""))
        connectors, unread = connectors_in(row["connector"])
        operations, unknown = operations_in(row.get("operation", ""))
        deeper = ["/".join(path) for path in map(segments_of, parts_of(row["connector"])) if len(path) > 1]
        paths = paths_in(row["connector"])
        for part in unread:
            self.remarks.append(
                f"line {line}: {part!r} does not name a connector, so no log can show whom this affects"
            )
        for word in unknown:
            self.remarks.append(f"line {line}: {word!r} is not an operation; expected GET, POST, PUT or DELETE")
        return Change(
            description=f"{description or '-'} ({', '.join(deeper)})" if deeper else description or "-",
            severity=severity_named(row.get("severity", ""))
            or self.section.said
            or severity_of(row.get("description", "")),
            connectors=connectors,
            paths=paths,
            operations=operations,
            field=plain(row.get("field", "")) or field_in(row.get("description", "")),
            line=line,
        )

    def _prose(self, number: int) -> None:
        """Remember a line of words under a heading that breaks or deprecates something, or may do so."""
        line = self.lines[number]
        if _HTML_TABLE.search(line):
            self.remarks.append(f"line {number + 1}: a table in HTML is left out; write it as Markdown or CSV")
        may_break = self.section.said in {"breaking", "deprecated"} or self.section.is_unruled
        if line.strip() and not _NOTHING.match(line) and may_break:
            told = self.told.setdefault((self.sections[-1], self.section.title), set(self.section.named))
            told.update(official_in(line))

    def _not_understood(self) -> Iterator[str]:
        for (line, title), rows in self.unruled.items():
            changes = "the text of its row" if rows == 1 else f"the text of its {rows} rows"
            yield f"line {line}: the heading {title!r} does not say how severe its changes are; {changes} decides"

    def _in_words(self) -> Iterator[str]:
        ends = dict(zip(self.sections, [*self.sections[1:], len(self.lines) + 1], strict=True))
        changed = [change.line for change in self.changes]
        for (line, title), named in self.told.items():
            following = bisect_right(changed, line)
            if following < len(changed) and changed[following] < ends[line]:
                continue
            ask = f"; it names {', '.join(sorted(named))}: ask with --connector" if named else ""
            yield f"line {line}: {title!r} describes changes in words, not in a table, so they are not counted{ask}"


def _without_comments(text: str) -> str:
    """A text in which only the line ends of its comments are left. A comment that does not end, and any after it, is no comment."""
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


def _cells(line: str) -> list[str]:
    inside = line.strip().removeprefix("|")
    cells = _PIPE.split(inside)
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [cell.replace("\\|", "|").strip() for cell in cells]
