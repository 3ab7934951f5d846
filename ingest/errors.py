"""What can go wrong while reading logs and keeping the lake, in words for the person at the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class IngestError(Exception):
    """Base of every error of this floor: says what, where, the value, what was expected and what to do."""


class SourceError(IngestError):
    """One source cannot be read; the others go on."""


class NoLogError(SourceError):
    """A source is none of ours: an archive, a pipe, a picture. In a folder it is skipped."""


class UnknownFormatError(NoLogError):
    """No format claims a source: it may be no log at all."""


class AmbiguousDialectError(SourceError):
    """Several dialects claim a line; nobody guesses which one it is."""

    def __init__(self, dialects: Sequence[str]) -> None:
        super().__init__(f"{' and '.join(dialects)} both claim it; --dialect {dialects[0]} says which it is")


class AmbiguousHostError(SourceError):
    """Several fields of a log hold hosts of the platform, and not the same ones; nobody guesses which one was called."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(fields)} hold different hosts of the platform; which of them is the one that was called?"
        )


class LakeError(IngestError):
    """The lake cannot be read or written."""
