"""A lake in which everything is as it has to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Given:
    """A lake with three loads: `first` and `grown` of one file, and `other`."""

    lake: Path
    first: str
    grown: str
    other: str
    log: str
