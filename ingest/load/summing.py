"""Sums of the calls that a load has brought, where the lake has sums."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import LakeError
from ingest.lake.sums.building import add_sums

if TYPE_CHECKING:
    from ingest.lake.compaction import FileSizes
    from ingest.lake.lake import Lake
    from ingest.report import IngestReport


def with_sums(store: Lake, report: IngestReport, sizes: FileSizes) -> IngestReport:
    """Add sums of what was loaded. It holds already, so an error here is only told, in the report."""
    if not any(source.calls for source in report.sources):
        return report
    try:
        add_sums(store, sizes)
    except LakeError as error:
        return replace(report, warnings=(*report.warnings, f"questions take longer, no sums were added: {error}"))
    return report
