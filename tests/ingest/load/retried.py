"""Rejected lines that are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest import ReadOptions, retry_rejects
from ingest.limits import DEFAULT_LIMITS, Limits
from tests.ingest.lakes import line, loads
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import RetryReport


def retry(lake: Path, *sources: Path | str, limits: Limits = DEFAULT_LIMITS, **options: Any) -> RetryReport:
    return retry_rejects(lake, [str(source) for source in sources], ReadOptions(**options), now=NOW, limits=limits)


def retry_one(lake: Path, source: Path | str, **options: Any) -> tuple[str, int, int, int, int]:
    """Status, lines read again, calls, rejects and ignored lines among them."""
    (report,) = retry(lake, source, **options).sources
    assert report.error is None
    return report.status, report.lines, report.calls, report.rejects, report.ignored


def counts(lake: Path) -> list[tuple[int, int, int, int]]:
    """Lines, calls, rejects and ignored lines of every load as it is now."""
    return [tuple(row[name] for name in ("lines", "calls", "rejects", "ignored")) for row in loads(lake)]


NO_ZONE = line(7, timestamp="2026-10-01T00:00:00")
ZONE: dict[str, Any] = {"time_zone": "Europe/Amsterdam"}
