"""Log files read line by line, a second time: json (our dialect), w3c, combined (default layout), csv.

Where the contract is silent, the oracle decides:

- L1. LF ends a line, a CR before it goes with it; nothing else ends one. What stands after the last LF is a line too (as
  with `--final`). A byte order mark at the start of a line is dropped. Wrong UTF-8 is replaced.
- L2. Ignored in every format: lines of spaces, tabs and CR alone, and lines that begin with `#` and do not go on behind a CR; in csv
  also lines `sep=` and one character, the first line that is none of these (the header) and every later line that says the same.
- L3. json: an object, nested at most 100 deep (counted outside of texts; deeper is `too_deep`, whatever follows). A name twice
  in any object is `duplicate_key`, unless its values are the same. NaN, Infinity, a lone surrogate anywhere, control characters in a text: `not_a_record`.
- L4. json: a header's value is text or a number, a list is several values; null is absent. Names that differ in case only are
  one header with several values. The header wins over the top-level `integration_id` when it is there at all, also when
  empty. Top-level `user_agent` and `request_id` win over the headers User-Agent and X-Request-ID. `headers` that is no object
  is not logged. The id is logged where `headers` is an object or the line has `integration_id`, be it null.
- L5. w3c without `#Software:`: `#Fields:` names in any case, split at white space; a line splits at spaces and tabs and must
  have as many values as there are fields; before any `#Fields:` it is `no_fields_directive`. From a quote at the beginning of
  a value to one at its end white space is part of it, and a doubled quote there is one; any other quote is a character. `-`
  is null everywhere. No host is the given one, and else none. `cs-uri-query` is joined with `?` where it does not begin with
  it. A plus is a space in a user agent without spaces. `cs(Authorization)` logged as `-` is none. `cs(X-Request-ID)` is the request id. A field that stands twice with
  different values, `-` aside, is `duplicate_key`. Where `#Fields` names no date, the last `#Date` says the day and perhaps the time;
  (00:00:00 is none); a time more than an hour before the one above it is of the next day, one 23 hours or more after it of the day before.
  The id is logged where `#Fields:` names `cs(IntegrationId)`.
- L6. combined: exactly the default layout; inside quotes `\\"`, `\\\\` and `\\xHH` (a byte of UTF-8) are
  escapes. `-` is null. An empty user may be `""`; one may hold blanks, and not begin with a
  hyphen and a blank. The request is `METHOD target HTTP/n`: the method ends at the first space, the version is optional, the target is what is
  between and begins with `/` or is a whole URL, else `bad_url`. The request time is in seconds, rounded to microseconds.
- L7. csv: the separator is what `sep=` says, else the one of comma, semicolon, tab that the header has most of; every line stands
  alone. Blanks and tabs around a value are no part of it, nor around a quoted one. A quote that is open at its
  end or stands inside a value without quotes is `not_a_record`, and so are more or fewer values than the header has names, but
  for an empty one at the end. Empty values are null. A column that stands twice with different values is `duplicate_key`. The id is logged where the header names `integration_id`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.oracle.calls import Columns, Context, Logged, Reject, notation_with, understand
from tests.oracle.combined_lines import read_combined
from tests.oracle.csv_lines import csv_names, read_csv
from tests.oracle.headers import NOT_A_RECORD, Header
from tests.oracle.json_lines import read_json
from tests.oracle.w3c_lines import Days, read_w3c

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.figures import Notation


READERS = {"json": read_json, "w3c": read_w3c, "combined": read_combined, "csv": read_csv}
FORMATS = tuple(READERS)


@dataclass(frozen=True)
class Ignored:
    """A line that is not a call and not an error: blank, a comment or a header."""


IGNORED = Ignored()


def read_file(log_format: str, content: bytes, context: Context) -> list[Columns | Reject | Ignored]:
    """Return the fate of every line."""
    return list(_read(log_format, split_lines(content), context))


def split_lines(content: bytes) -> list[str]:
    """Return the lines of a file, decoded."""
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    lines = [line.removeprefix(b"\xef\xbb\xbf") for line in lines]
    return [line.removesuffix(b"\r").decode("utf-8", errors="replace") for line in lines]


def _read(log_format: str, lines: list[str], context: Context) -> Iterator[Columns | Reject | Ignored]:
    header: Header | None = None
    separator: str | None = None
    days = Days()
    notation: Notation = None
    for number, line in enumerate(lines, start=1):
        if log_format == "csv" and (found := re.fullmatch(r"(?i)\"?sep=([^\"\r])\"?\r*", line)):
            separator = found[1]
            header = replace(header, separator=separator) if header else None
            yield IGNORED
            continue
        announced = _header(log_format, line, header, separator)
        if announced is not None:
            header = announced
            yield IGNORED
            continue
        if log_format == "w3c":
            header = days.seen(line, header)
        logged = _logged_in(log_format, line, header)
        notation = notation_with(logged, notation) if isinstance(logged, Logged) else notation
        fate = understand(logged, context, notation) if isinstance(logged, Logged) else logged
        yield fate | {"line_number": number} if isinstance(fate, dict) else fate


def _header(log_format: str, line: str, header: Header | None, separator: str | None) -> Header | None:
    """Return the header that a line announces, if it does."""
    if _goes_on(line):
        return None
    if log_format == "w3c" and line.lower().startswith("#fields:"):
        return Header(tuple(line[len("#fields:") :].lower().split()))
    if log_format == "csv" and line.strip(" \t\r") and not line.startswith("#"):
        if header is None:
            separator = separator or max(",;\t", key=line.count)
            return Header(csv_names(line, separator), separator)
        if csv_names(line, header.separator) == header.names:
            return header
    return None


def _goes_on(line: str) -> bool:
    return "\r" in line.rstrip("\r")


def read_line(log_format: str, line: str, context: Context, header: Header | None = None) -> Columns | Reject | Ignored:
    """Return the fate of one line, by itself."""
    logged = _logged_in(log_format, line, header)
    return understand(logged, context, notation_with(logged, None)) if isinstance(logged, Logged) else logged


def _logged_in(log_format: str, line: str, header: Header | None) -> Logged | Reject | Ignored:
    if not line.strip(" \t\r") or (line.startswith("#") and not _goes_on(line)):
        return IGNORED
    if line.startswith("#"):
        return NOT_A_RECORD
    return READERS[log_format](line, header)
