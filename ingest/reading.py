"""How a source has to be read: as the operator says, or as its first lines say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ingest.errors import UnknownFormatError
from ingest.formats import FORMATS, detect, log_format

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.formats import LogFormat
    from ingest.report import ReadOptions
    from ingest.source import Block

_LINES_TO_DETECT = 50
_BYTES_TO_DETECT = 4 << 20


def format_of(name: str, first: Block | None, options: ReadOptions, sample: Callable[[str], str]) -> LogFormat:
    """The format of a source that begins with this block. UnknownFormatError when none claims it.

    `sample` redacts the line that the error shows.
    """
    head = first.data[:_BYTES_TO_DETECT].decode("utf-8", "replace").split("\n") if first else []
    lines = list(itertools.islice((line for line in head if line.strip("\ufeff \t\r")), _LINES_TO_DETECT))
    if options.log_format or options.layout:
        named = log_format(options.log_format or "combined", layout=options.layout)
        if options.layout is None:
            named.claims(lines)  # an access log finds its layout this way
        return named
    found = detect(lines)
    if found is not None:
        return found
    if all(line.startswith("#") for line in lines):
        return log_format("json")  # empty, or nothing but comments so far
    raise UnknownFormatError(
        f"{name}: unknown_format: no format claims its first line: {sample(lines[0])!r}; known: {', '.join(FORMATS)};"
        " --log-format or --layout says which it is"
    )
