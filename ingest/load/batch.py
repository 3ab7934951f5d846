"""Sources that are decided together, and planned again if another process was faster.

A commit to the ledger costs time, and more the more commits there are, so small sources share one. The price is that they
also share a refusal: when another process has decided about the content of one of them, the whole batch is planned again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.load.recognition import Recognition, is_related
from ingest.patience import Patience
from ingest.read.names import STANDARD_INPUT, written_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.lake.data_file import StagedFile
    from ingest.lake.lake import Lake
    from ingest.lake.ledger_row import LedgerRow
    from ingest.limits import Limits
    from ingest.load.load import Load
    from ingest.report import SourceReport


class RefusedError(Exception):
    """Somebody has decided about the same content meanwhile: the batch has to be planned again."""


class Batch:
    """Sources that will be decided together, as they were read against one state of the ledger."""

    def __init__(self, lake: Lake, limits: Limits, before: Batch | None = None) -> None:
        self._lake = lake
        self._limits = limits
        self.table, self.ledger = lake.ledger()
        self.recognition: Recognition = before.recognition.at(self.ledger) if before else Recognition(self.ledger)
        self.sources: list[tuple[str, bool]] = []
        """Their paths, and whether they were named or found in a folder."""
        self.reports: list[SourceReport | None] = []
        """One report for each source, in their order. None as long as the result is not known."""
        self.warnings: list[str] = []
        self.rows: list[LedgerRow] = []
        self.numbers: dict[str, int] = {}
        """Of each load which one of the sources it is."""
        self.read: list[Load] = []
        """The sources that were read to their end."""
        self.bytes = 0

    def takes(self, name: str) -> bool:
        """Whether one more source belongs into this batch. Standard input, which is read only once, stays by itself."""
        if not self.sources:
            return True
        is_full = self.bytes >= self._limits.batch_bytes or len(self.sources) >= self._limits.batch_sources
        return not is_full and STANDARD_INPUT not in (name, self.sources[-1][0])

    def add(self, load: Load, row: LedgerRow) -> None:
        """Add this load, or a piece of it, to the decision: it is whole and understood."""
        if load.replaced is not None:
            self.rows.append(load.replaced)
        self.rows.append(row)

    def decide(self, staged: Sequence[StagedFile]) -> None:
        """Make the rows hold. RefusedError when others have decided about the same content meanwhile.

        A refusal alone says only that the ledger has moved on. Mostly others have loaded something else: then this batch is
        as right as before, and the same rows are offered to the ledger as it is now.
        """
        patience = Patience(
            self._lake.path, f"deciding about {len(self.sources):,} sources", most=self._limits.quick_attempts
        )
        while self.rows and not self._lake.decide(self.table, self.ledger, self.rows, staged):
            patience.spend()
            known = self.ledger.version
            self.table, self.ledger = self._lake.ledger()
            if is_related(self.rows, self.ledger.after(known)):
                raise RefusedError


class Refusals:
    """How often each source was refused. One that was refused often is read by itself, and given up in the end."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._of: dict[str, Patience] = {}

    def may_share(self, path: str, batch: Batch) -> bool:
        """Whether a source may be decided with those of the batch: one that is refused often may keep others from being loaded."""
        return not batch.sources or not any(
            self._of[name].is_over for name in (path, *(name for name, _ in batch.sources)) if name in self._of
        )

    def count(self, batch: Batch) -> dict[str, str]:
        """This batch was refused. Returns the sources that are given up, and why."""
        given_up = {}
        is_alone = len(batch.sources) == 1
        for path, _ in batch.sources:
            patience = self._of.setdefault(
                path, Patience(written_name(path), "loading it", most=self._limits.slow_attempts)
            )
            if patience.is_over and is_alone:
                given_up[path] = patience.said()
            elif not patience.is_over:
                patience.spend()
        return given_up
