"""The names of the columns in the first line of a table."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.formats.unread import could_be

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.formats.dialect.model import Dialect


DELIMITERS = (",", ";", "\t")
"""The separators that are tried if none is given."""
LONGEST_HEADER = 20_000

_ANNOUNCEMENT = re.compile(r"(?i)\ufeff?(\"?)sep=([^\"\r\n])\1[\r\n]*")
"""What Excel writes above a header: sep=; is the delimiter."""


@dataclass(frozen=True)
class Header:
    """The names of the columns, in lower case, and their separator. An unread column has no name here, because its name may be anything."""

    columns: tuple[str, ...]
    delimiter: str
    announced: str | None = None
    """The delimiter that a line `sep=;` announced for the header below it."""
    unread: tuple[tuple[str, str], ...] = ()
    """The unread columns, and the fields that they could be."""
    written: tuple[str, ...] = field(default=(), compare=False)
    """The columns as they are written, as long as it matters which of them is the host."""


def table_header(lines: Sequence[str]) -> tuple[list[str], str] | None:
    """The columns that the first line plainly names, as they are written, and their separator. None if it names none.

    Some of them need the name of a field of a call. Otherwise any prose with commas would be a header.

    >>> table_header(["when;method;path;answer"]), table_header(["Dear sir, we write, to you"])
    ((['when', 'method', 'path', 'answer'], ';'), None)
    """
    first = next(
        (line for line in lines if announced_delimiter(line) is None and not line.lstrip("\ufeff").startswith("#")), ""
    )
    if first.startswith(("{", "[")) or len(first) > LONGEST_HEADER or re.search("[0-9]{3}", first):
        return None
    found = [(names_in(first.strip("\ufeff\r\n"), one, '"', as_written=True), one) for one in (*DELIMITERS, "|")]
    names, delimiter = max(found, key=lambda one: len(one[0]))
    known = [name for name in names if could_be(name)[0]]
    is_header = len(names) >= 3 and len(known) >= 2 and all(re.search("[A-Za-z]", name) for name in names)
    return (list(names), delimiter) if is_header else None


def column_names(line: str, dialect: Dialect) -> list[str]:
    """The values of a line, split at what separates most of them."""
    delimiters = (dialect.delimiter,) if dialect.delimiter else DELIMITERS
    found = [names_in(line.strip("\ufeff\r\n"), delimiter, dialect.quote) for delimiter in delimiters]
    longest = max(found, key=len)
    return list(longest)


def missing_columns(columns: Sequence[str], dialect: Dialect) -> list[str]:
    """Which of the fields that make a call none of these columns is."""
    needed = dialect.fields.needed()
    return [what for what, paths in needed.items() if not {path.lower() for path in paths} & set(columns)]


def announced_delimiter(line: str) -> str | None:
    """The delimiter, if the line announces one and holds nothing else.

    >>> announced_delimiter("sep=;"), announced_delimiter("timestamp;status")
    (';', None)
    """
    found = _ANNOUNCEMENT.fullmatch(line)
    return found[2] if found else None


def names_in(line: str, delimiter: str, quote: str, *, as_written: bool = False) -> tuple[str, ...]:
    """The names of the columns in a line. A last column without a name is a superfluous delimiter."""
    if delimiter == quote:
        return ()
    line = line[:LONGEST_HEADER].replace("\r", " ")
    reader = csv.reader([line], delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter != " ")
    parts = next(reader, [])
    names = tuple(part.strip().removeprefix(f"={quote}").strip(quote).strip() for part in parts)
    names = names if as_written else tuple(name.lower() for name in names)
    return names[:-1] if names and not names[-1] else names
