"""What can go wrong while reading logs and keeping the lake, in words for the person at the keyboard."""


class IngestError(Exception):
    """Base of every error of this floor: says what, where, the value, what was expected and what to do."""


class SourceError(IngestError):
    """One source cannot be read; the others go on."""


class NoLogError(SourceError):
    """A source is none of ours: an archive, a pipe, a picture. In a folder it is skipped."""


class UnknownFormatError(NoLogError):
    """No format claims a source: it may be no log at all."""


class LakeError(IngestError):
    """The lake cannot be read or written."""
