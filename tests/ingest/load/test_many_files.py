"""Many small files cost little each."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from ingest import ReadOptions, ingest
from tests.ingest.lakes import line, numbers
from tests.ingest.scale import IS_THOROUGH, scaled
from tests.ingest.worked import NOW


class _Pace:
    """The processor time used up when the sources were listed and when each began to be read, however busy the machine is."""

    def __init__(self) -> None:
        self._begun = time.process_time()
        self._at: dict[str, float] = {}
        self.listing = 0.0

    def start(self, total_bytes: int | None) -> None:  # noqa: ARG002 - as Progress says
        self.listing = time.process_time() - self._begun

    def advance(self, source: str, bytes_read: int, lines: int) -> None:  # noqa: ARG002 - as Progress says
        self._at.setdefault(source, time.process_time())

    def finish(self) -> None:
        pass

    def tenths(self) -> tuple[float, float]:
        """The seconds that the first and the last tenth of the sources took."""
        at = sorted(self._at.values())
        tenth = len(at) // 10
        return at[tenth] - at[0], at[-1] - at[-1 - tenth]


def test_many_small_files_cost_little_each(tmp_path: Path) -> None:
    count = scaled(300, 100_000)
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    for number in range(count):
        (logs / f"{number:06}.log").write_bytes(line(number))
    for outcome in ("loaded", "unchanged"):
        pace = _Pace()
        report = ingest(lake, [str(logs)], ReadOptions(), now=NOW, progress=pace)
        assert Counter(source.status for source in report.sources) == {outcome: count}
        if IS_THOROUGH:  # of a few files a tenth costs less than one decision, in whichever tenth that falls
            # What grows with the square of their number would make the last tenth cost 19 times the first one.
            first, last = pace.tenths()
            assert last < 3 * first
            assert pace.listing < 1 + first + last  # a second for the lake that is opened before
    assert numbers(lake) == list(range(count))
