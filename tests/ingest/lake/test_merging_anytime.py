"""Of two lakes with the same logs, one merges loads all the time. Both hold the same."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import Lake, LakeError, ReadOptions, maintain, retry_rejects, unload
from ingest.lake import merging
from tests.ingest.lake.growing import HOST, LATER, content_of, ledger_rows, load_at
from tests.ingest.lakes import broken, line
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from ingest import IngestReport


EVENTS = [
    "append",
    "append",
    "append",
    "rotate",
    "compress",
    "copy",
    "earlier",
    "refill",
    "replace",
    "unload",
    "retry",
    "age",
]


class _Twins:
    """The same logs in two lakes: in one of them loads become one after every event."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "logs"
        self.folder.mkdir()
        self.lakes = folder / "merged", folder / "plain"
        self.count = 0
        self.merges = 0
        self.versions: list[bytes] = []
        self.log = self._new_name()
        self.append(2)
        self.both(lambda lake: load_at(lake, self.folder))

    def both(self, do: Callable[[Path], IngestReport]) -> None:
        """Do this with both lakes, which tell the same."""
        merged, plain = (
            [
                (one.source, one.status, one.lines, one.calls, one.rejects, one.ignored, one.left)
                for one in do(lake).sources
            ]
            for lake in self.lakes
        )
        assert merged == plain

    def append(self, count: int) -> None:
        with self.log.open("ab") as file:
            for _ in range(count):
                self.count += 1
                file.write(line(self.count))
                if self.count % 4 == 0:
                    file.write(line(self.count, request_id=f"{self.count}0").replace(f"https://{HOST}".encode(), b""))
        self.versions.append(self.log.read_bytes())

    def happen(self, event: str, number: int) -> None:
        """One of EVENTS, then a look of both at all logs, and the loads of one become one."""
        if event in {"append", "rotate", "compress", "refill"}:
            self._write(event, number)
        else:
            self._ask(event, number)
        self.both(lambda lake: load_at(lake, self.folder))
        self.merges += merging.merge_loads(Lake(self.lakes[0]), now=LATER)[0]
        if number % 2:
            assert merging.write_merged(Lake(self.lakes[0]))
        assert content_of(self.lakes[0]) == content_of(self.lakes[1])

    def _write(self, event: str, number: int) -> None:
        match event:
            case "append":
                self.append(1 + number % 3)
            case "refill":
                self.log.write_bytes(b"")
                self.append(2)
            case "rotate":
                self.log.rename(self.log.with_name(f"{self.log.name}.1"))
            case "compress":
                self.log.with_name(f"{self.log.name}.gz").write_bytes(gzip.compress(self.log.read_bytes()))
                self.log.unlink()
        if event in {"rotate", "compress"}:
            self.log = self._new_name()
            self.append(2)

    def _ask(self, event: str, number: int) -> None:
        match event:
            case "copy":  # of a log as it is; what becomes of one that its log has outgrown is asked below
                copy = self.folder / "copy.log"
                copy.write_bytes(self.log.read_bytes())
                self.both(lambda lake: load_at(lake, self.folder))
                copy.unlink()
            case "earlier":
                content = self.versions[number % len(self.versions)]
                self._deliver_an_earlier_version(content, is_packed=number % 3 == 0)
            case "replace":
                self.both(lambda lake: load_at(lake, self.log, replace=True))
            case "unload":
                for lake in self.lakes:
                    with contextlib.suppress(LakeError):  # nothing was loaded from it
                        unload(lake, str(self.log), now=NOW)
            case "retry":
                options = ReadOptions(host=HOST)
                merged, plain = (retry_rejects(lake, [str(self.folder)], options, now=NOW) for lake in self.lakes)
                assert merged == plain
            case "age":
                for lake in self.lakes:
                    maintain(lake, now=NOW, keep_calls=1, as_of=dt.date(2026, 10, 2))

    def _deliver_an_earlier_version(self, content: bytes, *, is_packed: bool) -> None:
        path = self.folder / "earlier.log"
        path.write_bytes(gzip.compress(content) if is_packed else content)
        self.both(lambda lake: load_at(lake, path))
        path.unlink()

    def _new_name(self) -> Path:
        return self.folder / f"access-{self.count}.log"


@settings(max_examples=scaled(2, 40), deadline=None, derandomize=True, database=None)
@given(
    events=st.lists(
        st.tuples(st.sampled_from(EVENTS), st.integers(0, 20)), min_size=scaled(4, 12), max_size=scaled(5, 25)
    )
)
def test_whatever_happens_a_lake_whose_loads_became_one_holds_the_same(
    events: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    twins = _Twins(tmp_path_factory.mktemp("twins"))
    for event, number in [("append", 0), *events, ("append", 1), ("append", 3)]:
        twins.happen(event, number)
    assert twins.merges
    assert len(ledger_rows(twins.lakes[0])) < len(ledger_rows(twins.lakes[1]))
    assert [broken(lake) for lake in twins.lakes] == [{}, {}]
