"""How much is read, understood, written and decided at a time, and how often something is tried.

No answer depends on these numbers. They trade memory against speed and against what a crash costs, so one frozen value is passed
from the command down to whoever reads. A test that wants many blocks, pieces or batches of a small log passes small numbers
instead of a large log.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from ingest.patience import QUICK, SLOW

_MOST_UNTOLD = 4
"""The number of workers if none is given. Each worker takes memory, and other programs use the machine, too."""


def usual_workers() -> int:
    """As many workers as this process has processors, four at most."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, _MOST_UNTOLD)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The sizes of the steps in which logs are loaded."""

    chunk_bytes: int = 1 << 20
    """How much of a file is read at a time."""
    head_bytes: int = 1 << 20
    """How far into a source its first lines of data are looked for. No log has this many comments."""
    workers: int = field(default_factory=usual_workers)
    """How many blocks are understood at the same time, each by a thread of its own."""
    block_bytes: int = 72 << 20
    """How much of a source is understood at a time. More takes more memory: see how much a worker takes (docs/explanation/performance.md)."""
    first_block_bytes: int = 8 << 20
    """How much of a source is understood first: its header, for which all other blocks wait, is known the sooner."""
    block_lines: int = 180_000
    """The most lines of a block. 72 MB of empty lines would be 75 million."""
    line_bytes: int = 8 << 20
    """How long a line may become before reading gives it up and passes on the parts of it."""
    together_bytes: int = 8 << 20
    """Up to this size, small sources are understood together: planning a statement takes as long as reading thousands of lines."""
    file_rows: int = 500_000
    """Calls and rejects are written when there are this many: one data file, and memory that does not grow."""
    dense_file_rows: int = 100_000
    """The same where they come of next to no bytes: the source may be a bomb, for which there is less room."""
    piece_bytes: int = 1 << 30
    """A longer source is decided in pieces of about this size, so that a crash costs little."""
    batch_bytes: int = 256 << 20
    batch_sources: int = 1000
    """A batch with this many bytes or sources is decided."""
    retried_sources: int = 100
    """The rejected lines of this many sources are decided together."""
    window_rows: int = 100_000
    """How many rejects of the lake are in memory at once when they are read again."""
    row_count: int = 32_768
    """How many rows of a Parquet file are understood at a time, if they have no more than `row_bytes`."""
    row_bytes: int = 32 << 20
    """How many bytes of values Arrow reads at a time. They exist several times on their way to lines of JSON."""
    quick_attempts: int = QUICK
    """Attempts at a decision, while other processes are faster, if one takes milliseconds."""
    slow_attempts: int = SLOW
    """The same, if one reads files again."""
    inner_ends: int = 1_000_000
    """The ledger keeps at most this many ends of parts of merged loads: 24 MB, which every load reads in a tenth of a second."""
    findings: int = 5
    """`verify` names this many findings of a check, and counts the others."""
    settle_seconds: float = 5.0
    """The least time between two decisions of a follower. Each costs a commit, and the more commits there are, the more each costs."""


DEFAULT_LIMITS: Final = Limits()
