"""The content as UTF-8, from its first character on."""

from __future__ import annotations

import codecs
import itertools
import re
from typing import TYPE_CHECKING, Final

from ingest.errors import NoLogError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.read.reader import Reader


def behind_nuls(reader: Reader, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content after any number of NUL bytes at its beginning. NoLogError if nothing else follows.

    Logrotate's copytruncate empties a log in place. A writer that does not append then goes on at its old place, and the log begins with
    as many NULs, perhaps gigabytes, and is sound after them. The NULs are no line and no part of one. Three NULs may begin UTF-32.
    """
    first = b""
    while len(first) < 4 and (chunk := next(chunks, None)) is not None:
        first += chunk
    if not first.startswith(b"\0" * 4):
        yield from itertools.chain([first] if first else [], chunks)
        return
    for chunk in itertools.chain([first] if first else [], chunks):
        text = chunk.lstrip(b"\0")
        reader.nuls += len(chunk) - len(text)
        if text:
            yield text
            yield from chunks
            return
    raise NoLogError(f"{reader.name}: unknown_format: holds {reader.nuls:,} NUL bytes and nothing else; expected a log")


_ENCODINGS: Final = (
    (re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|[!-~]\0\0\0|\0\0\0[!-~]", re.DOTALL), None),  # UTF-32
    (re.compile(rb"\xff\xfe|[!-~]\0[!-~]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\xfe\xff|\0[!-~]\0[!-~]", re.DOTALL), "utf-16-be"),
)
"""How a log in UTF-16 or UTF-32 begins: with a mark, or with two characters of ASCII."""


def decoded(reader: Reader, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content as UTF-8: UTF-16 is decoded, everything else passes as it is. NoLogError for UTF-32."""
    first = b""
    while len(first) < 4 and (chunk := next(chunks, None)) is not None:
        first += chunk
    found = [encoding for begins, encoding in _ENCODINGS if begins.match(first)]
    if not found:
        yield from itertools.chain([first] if first else [], chunks)
        return
    if found[0] is None:
        raise NoLogError(
            f"{reader.name}: unsupported_encoding: is UTF-32; expected UTF-8 or UTF-16;"
            " iconv -f UTF-32 -t UTF-8 converts it"
        )
    reader.is_recoded = True
    decoder = codecs.getincrementaldecoder(found[0])("replace")
    marked = 2 if first[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else 0
    for chunk in itertools.chain([first[marked:]], chunks):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    # Half a character at the end is one that is still being written, unless there is no more to come.
    yield decoder.decode(b"", final=reader.is_whole).encode("utf-8", "replace")
