"""The second, independent way of counting: plain Python, line by line, from the contract alone.

It shares no code with the product and is written to be read, not to be fast. Where the contract leaves a choice, the
module that decides lists its rules: P (privacy), I (ids), U (urls), C (calls), N (figures), D (durations), L (lines),
J (logs), V (verdicts). A rule names its case first, and then says what becomes of it.
"""

from __future__ import annotations

from tests.oracle.calls import Columns, Context, Reject
from tests.oracle.headers import Header
from tests.oracle.ids import ReadId, split_integration_id, split_integration_ids
from tests.oracle.lines import FORMATS, IGNORED, Ignored, read_file, read_line
from tests.oracle.outcomes import outcome, party
from tests.oracle.privacy import REDACTED
from tests.oracle.urls import BadUrl, ReadUrl, read_url

__all__ = [
    "FORMATS",
    "IGNORED",
    "REDACTED",
    "BadUrl",
    "Columns",
    "Context",
    "Header",
    "Ignored",
    "ReadId",
    "ReadUrl",
    "Reject",
    "outcome",
    "party",
    "read_file",
    "read_line",
    "read_url",
    "split_integration_id",
    "split_integration_ids",
]
