"""What the operator should know about a source. `ingest`, `follow` and `inspect` give the same warnings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.formats.dialect.known import OWN, OWN_CSV, dialects
from ingest.formats.unread import MOST_KEPT, UNREAD
from ingest.understand.second_look import DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.formats.protocol import LogFormat
    from ingest.understand.counts import Counts

_MANY_CALLS = 100
"""This many calls without an id are no coincidence."""

_EXPECTED = {
    "duration": "a number such as 12.5, or a time with its unit such as 12ms, 1.5s or 00:00:01.5",
    "request_bytes": "a whole number of bytes",
    "response_bytes": "a whole number of bytes",
}

_DOUBTFUL_SIGN = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")
_NOBODY_KNOWS = " only the writer of the log knows whether the sign in it is decimal or separates thousands;"


@dataclass(frozen=True)
class SourceWarning:
    """One warning about a source."""

    source: str
    about: str
    """The subject: it stays the same when the warning is repeated for a source that grows."""
    text: str

    def __str__(self) -> str:
        return f"{self.source}: {self.text}"


def source_warnings(
    name: str, log_format: LogFormat, context: Mapping[str, Any], counts: Counts, *, nuls: int = 0
) -> tuple[SourceWarning, ...]:
    """The warnings about a source.

    `nuls` is how many NUL bytes stood in front, `context` what the last lines told about those after them, `counts` what became of all
    lines.
    """
    warnings = [SourceWarning(name, text, text) for text in log_format.warnings(context)]
    if not warnings and counts.calls_not_logged:
        text = (
            f"{counts.calls_not_logged:,} of its {counts.calls:,} calls are in lines without a place for the IntegrationId header, so"
            " nobody knows whose they are (id_status not_logged); have the server log that header, empty where it was not sent"
        )
        warnings.append(SourceWarning(name, "not_logged", text))
    elif not warnings and counts.calls >= _MANY_CALLS and not counts.calls_with_id:
        text = (
            f"none of its {counts.calls:,} calls has an IntegrationId: every call is unidentified;"
            " does the server log that header?"
        )
        warnings.append(SourceWarning(name, "no IntegrationId", text))
    if nuls:
        text = (
            f"{nuls:,} NUL bytes at the beginning were skipped: the file was emptied while its writer went on at the old position;"
            " copytruncate needs a writer that appends (O_APPEND)"
        )
        warnings.append(SourceWarning(name, f"{nuls} NUL bytes", text))
    for unread in counts.unread:
        if unread.what == DOUBTFUL:
            were = "1 value was" if unread.values == 1 else f"{unread.values:,} values were"
            text = (
                f"{unread.name}: {were} read like {unread.example!r}, with a decimal point, before the first one with a decimal comma;"
                " if the points separate thousands, these durations are wrong: write that column in one way, and reload it with --replace"
            )
            warnings.append(SourceWarning(name, f"{unread.what} {unread.name}", text))
            continue
        values = "1 value is" if unread.values == 1 else f"{unread.values:,} values are"
        text = (
            f"{unread.name}: {values} not read, such as {unread.example!r}; expected {_EXPECTED[unread.what]};"
            f"{_NOBODY_KNOWS if _DOUBTFUL_SIGN.fullmatch(unread.example) else ''} the calls are loaded without it"
        )
        warnings.append(SourceWarning(name, f"{unread.what} {unread.name}", text))
    return tuple(warnings)


_FEW_NAMES = 8
"""At most this many columns are named if the user did not ask for them."""

_READ_AS = {
    "json": 'a --dialect FILE can name them under [fields] (begin it with like = "{dialect}")',
    "csv": 'a --dialect FILE can name them under [fields] (begin it with like = "{dialect}")',
    "combined": "they are read where --layout names them",
    "w3c": "they are read where #Fields names them",
    "parquet": "they are read where the columns have these names",
}


_SAYS_USERS = "the file of the dialect can name them under [fields]"


@dataclass(frozen=True)
class UnreadColumns:
    """The columns of a source that koppelzicht does not read."""

    names: tuple[str, ...]
    """All of their names, as they may be shown."""
    text: str
    """The sentence about them."""
    is_warning: bool
    """Whether some of them could be fields of a call. The logs of a platform have many others, which are not needed."""


def unread_columns(
    log_format: LogFormat, context: Mapping[str, Any], *, most: int = _FEW_NAMES
) -> UnreadColumns | None:
    """The columns that koppelzicht does not read, at most `most` of them by name; None where it reads every column."""
    unread = dict(context.get(UNREAD, ()))
    if not unread:
        return None
    names = [*(f"{name} (could be {field})" for name, field in unread.items() if field)]
    names += [name for name, field in unread.items() if not field]
    kind = log_format.name
    noun = "column" if kind in {"csv", "parquet"} else "field"
    number = f"{len(unread):,} or more" if len(unread) == MOST_KEPT else f"{len(unread):,}"
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    text = f"{number} {noun + ' is' if len(unread) == 1 else noun + 's are'} not read: {', '.join(names[:most])}{more}"
    is_warning = any(unread.values())
    if is_warning and kind in _READ_AS:
        dialect = log_format.dialect or {"csv": OWN_CSV}.get(kind, OWN)
        is_users = kind in {"json", "csv"} and dialect not in dialects()
        text = f"{text}; {_SAYS_USERS if is_users else _READ_AS[kind].format(dialect=dialect)}"
        if kind in {"json", "csv"} and "headers" in unread.values():
            text = f'{text}; for headers write headers = "NAME" above [fields]'
    return UnreadColumns(tuple(unread), text, is_warning)
