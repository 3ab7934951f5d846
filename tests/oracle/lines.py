"""Log files read line by line, a second time: json (our dialect), w3c, combined (default layout), csv.

Where the contract is silent, the oracle decides:

L1. Lines.
    - LF ends a line, and nothing else does. A CR before the LF is dropped.
    - Text after the last LF is a line too, as with `--final`.
    - A byte order mark at the start of a line is dropped. Bytes that are not UTF-8 are replaced.

L2. Ignored lines.
    - In every format, a line of only spaces, tabs and CR is ignored.
    - In every format, a line that begins with `#` is ignored. If text follows a CR inside it, it is `not_a_record` instead.
    - In csv, a line `sep=` with one character, in any case and in quotes or not, is ignored.
    - In csv, the first line that is none of these is the header. It is ignored, and so is every later line with the same names.

L3. json: records.
    - A line has to be one object. Any other line is `not_a_record`.
    - A line with more than 100 levels of brackets, counted outside of texts, is `too_deep`, whatever else is wrong with it.
    - An object, at any level, that has a name twice with different values makes the line `duplicate_key`.
    - NaN, Infinity, a lone surrogate anywhere, or a control character in a text makes the line `not_a_record`.

L4. json: headers.
    - A header's value is a text or a number. A list is several values, and null or an empty list is none.
    - True and false are the texts `true` and `false`: what a program makes of such a text. Something was sent, and what it was is lost.
    - An object stands for what it has under `value`, `Value` or `values`, also inside a list. Any other object, and a list inside
      a list, is its JSON text, so that what cannot be read is malformed and not missing.
    - Names that differ only in case are one header with several values, in the order in which they stand. Of any header but
      IntegrationId, the first one that is not null counts, and a list is joined by `, `.
    - If the header IntegrationId has a value, it wins over the top-level `integration_id`, even if it is empty.
    - If the top-level `user_agent` or `request_id` is there, it wins over the header User-Agent or X-Request-ID.
    - An empty list of headers is an empty object: some languages write one for the other. If `headers` is anything else than
      an object, the headers are not logged.
    - If `headers` is an object, or the line has `integration_id`, even as null, the id is logged.

L5. w3c, without `#Software:`.
    - A line before any `#Fields:` is `no_fields_directive`.
    - `#Fields:` names its fields in any case, with white space between them.
    - A line splits at spaces and tabs. If it has more or fewer values than there are fields, it is `not_a_record`.
    - White space between a quote that begins a value and a quote that ends it belongs to the value. A doubled quote
      there is one quote. Every other quote is an ordinary character.
    - `-` is null in every field.
    - If a field that is read stands twice with two values other than `-`, the line is `duplicate_key`.
    - If the line names no host, the given host counts. Without a given host there is none.
    - `cs-uri-query` follows the path after a `?`, unless it begins with one itself.
    - In a user agent without spaces, each plus is a space.
    - If `cs(Authorization)` is `-`, the token form is none.
    - `cs(X-Request-ID)` is the request id.
    - If `#Fields:` names `cs(IntegrationId)`, the id is logged.

L6. w3c, if `#Fields:` names a time and no date.
    - The last `#Date` gives the day. If its time is not 00:00:00, it gives the time of day to start from as well.
    - A time more than an hour before that of the line above is on the next day.
    - A time 23 hours or more after that of the line above is on the day before.

L7. combined.
    - A line has to have exactly the default layout.
    - In quotes, `\\"`, `\\\\` and `\\xHH` are escapes. `\\xHH` is one byte of UTF-8.
    - `-` is null.
    - The user may be missing, or stand in quotes (`""` too). Without quotes it may have blanks inside, unless it begins
      with a hyphen and a blank.
    - The request is `METHOD target HTTP/n`. The method ends at the first space, and the version may be missing.
    - If the target neither begins with `/` nor is a whole URL, the line is `bad_url`.
    - The request time is in seconds, rounded to microseconds.

L8. csv.
    - `sep=` names the separator, also for the lines below a later `sep=`. Without it, the separator is the one of comma,
      semicolon and tab that the header has most often.
    - Every line is a row of its own.
    - Blanks and tabs around a value are dropped, inside its quotes and outside of them.
    - If a quote is not closed at the end of the line, or stands in a value without quotes, the line is `not_a_record`.
    - If a row has more or fewer values than the header has names, it is `not_a_record`. One empty value more at the end
      is dropped.
    - An empty value is null.
    - If a column that is read stands twice with different values, the line is `duplicate_key`.
    - If the header names `integration_id`, the id is logged.
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
    """A line that is neither a call nor an error: a blank line, a comment or a header."""


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
    """Return the header if this line is one."""
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
    """Return the fate of a single line."""
    logged = _logged_in(log_format, line, header)
    return understand(logged, context, notation_with(logged, None)) if isinstance(logged, Logged) else logged


def _logged_in(log_format: str, line: str, header: Header | None) -> Logged | Reject | Ignored:
    if not line.strip(" \t\r") or (line.startswith("#") and not _goes_on(line)):
        return IGNORED
    if line.startswith("#"):
        return NOT_A_RECORD
    return READERS[log_format](line, header)
