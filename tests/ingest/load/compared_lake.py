"""A lake that is compared after each step with the plain rules of `exactly_once.py`."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis.stateful import invariant

from ingest import Lake, ReadOptions, retry_rejects
from ingest.limits import DEFAULT_LIMITS
from tests.ingest.lakes import calls, load, rows
from tests.ingest.load.exactly_once import counted, number_of
from tests.ingest.load.written_logs import WrittenLogs
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest import IngestReport, RetryReport
    from ingest.lake.ledger_row import LedgerRow
    from tests.ingest.load.exactly_once import ExpectedRetry, Held


class ComparedLake(WrittenLogs):
    """The lake, its expected content, and loads that can be disturbed at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.lake = self.folder / "lake"
        self.twice: set[int] = set()
        """Numbers that may be in the lake more than once."""
        self.doubled: set[str] = set()
        """Loads of lines that the lake held already, because the operator wanted them twice. The lines that they grow by may be twice, too."""
        self.is_in_pieces = False
        self.known_version = 0
        """The last decision of the ledger that the model knows."""
        self.host: str | None = None
        """The host that is given to a disturbed retry."""
        self.at_step: Callable[[str], None] = lambda _: None
        self.limits = DEFAULT_LIMITS
        self.patches = contextlib.ExitStack()

    @invariant()
    def the_lake_holds_what_it_should(self) -> None:
        if not self.lake.exists():
            return
        snapshot = Lake(self.lake).snapshot()
        now = {
            row["load_id"]: (row["lines"], row["calls"], row["rejects"], row["ignored"])
            for row in snapshot.loads.to_pylist()
        }
        assert now == {load_id: held.counts for load_id, held in self.model.loads.items()}
        found: defaultdict[str, Counter[tuple[int, object]]] = defaultdict(Counter)
        for call in calls(self.lake):
            found[call["load_id"]][call["line_number"], number_of(call)] += 1
        for reject in rows(snapshot.rejects):
            what = "torn" if reject["reason"] == "torn_line" else "rejected"
            found[reject["load_id"]][reject["line_number"], what] += 1
        for load_id, held in self.model.loads.items():
            expected = [(number, "torn" if line.is_torn else line.fate) for number, line in held.lines.items()]
            assert found[load_id] == Counter(one for one in expected if one[1] != "ignored"), load_id
        fates = [line.fate for held in self.model.loads.values() for line in held.lines.values()]
        numbers = Counter(fate for fate in fates if isinstance(fate, int))
        assert {number for number, times in numbers.items() if times > 1} <= self.twice

    def _ingest(self, names: list[str], *, final: bool, overlap: Any, replace: bool) -> None:
        """Load files while nobody changes them. The result for each is known beforehand."""
        final = final and all(self._is_recognised(name, self.files[name].content) for name in names)
        # Where the pieces of a long log end is known afterwards only, and a log that begins like it may go on from there.
        for together in [[name] for name in names] if self.is_in_pieces else [names]:
            self._ingest_together(together, final=final, overlap=overlap, replace=replace)

    def _ingest_together(self, names: list[str], *, final: bool, overlap: Any, replace: bool) -> None:
        expected = []
        held = dict(self.model.loads)
        ours: list[str] = []
        for name in names:
            one = self.model.expect(self.files[name], final=final, overlap=overlap, replace=replace, ours=ours)
            if one is None:
                self.model.loads = held
                assume(False)  # noqa: FBT003 - hypothesis' own
                return
            expected.append(one)
            if one.status == "loaded":
                for load_id in one.taken_back:
                    del self.model.loads[load_id]
                key = f"of {name}"
                ours.append(key)
                marks = self.model.marks(one.content)
                self.model.loads[key] = self.model.held(one.content, one.start, marks, one.parent)
        report = load(
            self.lake,
            *(self.logs / name for name in names),
            final=final,
            overlap=overlap,
            replace=replace,
            limits=self.limits,
        )
        self._compare(report, names, expected)
        self._take_pieces(names, expected)

    def _compare(self, report: IngestReport, names: list[str], expected: list[Any]) -> None:
        assert [one.source for one in report.sources] == [str(self.logs / name) for name in names]
        for one, wanted in zip(report.sources, expected, strict=True):
            assert one.status == wanted.status, (one, wanted)
            is_incomplete = self._is_cut(one.source) and not wanted.is_skipped
            assert (one.error is not None) == (wanted.status == "failed" or is_incomplete), one
            read = self.model.lines(wanted.content, wanted.start).values() if wanted.status == "loaded" else ()
            assert (one.lines, one.calls, one.rejects, one.ignored) == (len(read), *counted(read)), (one, wanted)
            assert one.left == wanted.left, (one, wanted)

    def _take_pieces(self, names: list[str], expected: list[Any]) -> None:
        """Give the expected loads the ids that were decided: one load or more for each source."""
        new = [row for row in self._new_rows() if row.kind == "load"]
        for name, wanted in zip(names, expected, strict=True):
            if wanted.status != "loaded":
                continue
            del self.model.loads[f"of {name}"]
            pieces = [row for row in new if row.source == str(self.logs / name)]
            ends = [wanted.start, *(row.end_byte for row in pieces)]
            assert [row.start_byte for row in pieces] == ends[:-1]
            assert ends[-1] == len(wanted.content)
            new_numbers = set(self.model.numbers(wanted.content, wanted.start, has_host=True))
            by_chance = self.model.numbers(wanted.content)[:1]
            self.twice |= new_numbers if wanted.doubles else new_numbers & set(by_chance)
            for row in pieces:
                self.model.loads[row.load_id] = self._held(row)
                if wanted.doubles:
                    self.doubled.add(row.load_id)
                self._grow_double(row)
        assert {row.source for row in new} <= {str(self.logs / name) for name in names}

    def _take_over(self) -> None:
        """Take the loads that hold from the ledger. Each has to be the beginning of some content that a file had.

        Through which file a rejected line was read again is taken from the ledger, too.
        """
        held = {row.load_id for row in Lake(self.lake).ledger()[1].loads()}
        for row in self._new_rows():
            if row.kind == "load":
                self.model.loads[row.load_id] = one = self._held(row)
                if row.load_id in held:
                    self.twice |= set(self.model.numbers(one.content)[:1])  # it may begin like another log, by chance
                self._grow_double(row)
                if one.start:
                    assert any(other.content == one.content[: one.start] for other in self.model.loads.values())
            for load_id in row.unloaded:
                del self.model.loads[load_id]
            for load_id, again in row.retried.items():
                self.model.believe(load_id, again.calls, again.ignored, has_host=self.host is not None)

    def _take_merges(self, *, is_whole: bool) -> None:
        """Take the merges from the ledger. Each part has to continue the part before it, and no other load may continue that one."""
        self._new_rows()
        rows = Lake(self.lake).ledger()[1].loads()
        for row in rows:
            parts = [row.load_id]
            while len(self.model.loads[parts[-1]].content) < row.end_byte:
                (part,) = (key for key, held in self.model.loads.items() if held.parent == parts[-1])
                parts.append(part)
            self.model.merge(parts)
            self.doubled |= {row.load_id} if self.doubled & {*parts} else set()
            assert self.model.loads[row.load_id].marks == (row.first_mark, row.second_mark)
        assert {row.load_id for row in rows} == self.model.loads.keys()
        children = Counter(row.parent for row in rows)
        by_id = {row.load_id: row for row in rows}
        for row in rows if is_whole else ():
            before = by_id.get(row.parent or "")
            if before is not None and children[row.parent] == 1 and row.source == before.source:
                assert self.model.loads[row.load_id].rejected or self.model.loads[before.load_id].rejected

    def _retry(self, names: list[str], *, host: str | None) -> None:
        """Read the rejected lines of files again while nobody changes them. The result for each is known beforehand."""
        held = dict(self.model.loads)
        expected: list[ExpectedRetry] = []
        decided: list[dict[str, tuple[int, int]]] = []
        for start in range(0, len(names), self.limits.retried_sources):
            done: dict[str, tuple[int, int]] = {}
            for name in names[start : start + self.limits.retried_sources]:
                one = self.model.expect_retry(self.files[name], has_host=host is not None, done=done)
                if one is None:
                    self.model.loads = held
                    return
                expected.append(one)
                if one.status == "retried":
                    done |= {load_id: counted(lines.values())[::2] for load_id, lines in one.lines.items()}
                    self.model.take(one.lines)
            if done:
                decided.append(done)
        report = self._read_again(names, host)
        assert [(Path(one.source).name, one.status, one.error is None) for one in report.sources] == [
            (name, one.status, one.status != "failed") for name, one in zip(names, expected, strict=True)
        ]
        assert [(one.lines, one.calls, one.rejects, one.ignored) for one in report.sources] == [
            one.counts for one in expected
        ]
        assert [
            {load_id: (again.calls, again.ignored) for load_id, again in row.retried.items()}
            for row in self._new_rows()
        ] == decided

    def _read_again(self, names: list[str], host: str | None) -> RetryReport:
        paths = [str(self.logs / name) for name in names]
        return retry_rejects(self.lake, paths, ReadOptions(host=host), now=NOW, limits=self.limits)

    def _grow_double(self, row: LedgerRow) -> None:
        if row.parent in self.doubled or row.load_id in self.doubled:
            self.doubled.add(row.load_id)
            self.twice |= set(self.model.numbers(self.model.loads[row.load_id].content, row.start_byte, has_host=True))

    def _held(self, row: LedgerRow) -> Held:
        content = next(
            text[: row.end_byte]
            for text in reversed(self.versions)
            if len(text) >= row.end_byte and hashlib.sha256(text[: row.end_byte]).hexdigest() == row.content_sha256
        )
        held = self.model.held(content, row.start_byte, (row.first_mark, row.second_mark), row.parent)
        assert (row.lines, row.calls, row.rejects, row.ignored) == held.counts
        return held

    def _new_rows(self) -> tuple[LedgerRow, ...]:
        """The rows of the ledger that the model does not know yet."""
        ledger = Lake(self.lake).ledger()[1]
        new = ledger.after(self.known_version)
        self.known_version = ledger.version
        return new

    @contextlib.contextmanager
    def _disturbed(self, step: str, time: int, do: Callable[[], None]) -> Iterator[None]:
        """Call this function when the step is reached for this many times."""
        left = time

        def at_step(reached: str) -> None:
            nonlocal left
            if reached == step:
                left -= 1
                if left == 0:
                    do()

        self.at_step = at_step
        try:
            yield
        finally:
            self.at_step = lambda _: None

    def _patch(self, owner: Any, name: str, value: object) -> None:
        self.patches.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, value)

    def _announce(self, owner: Any, name: str, step: Callable[..., str], *, is_before: bool = False) -> None:
        """Make this function announce that a step is reached."""
        function = getattr(owner, name)

        def announcing(*arguments: Any, **options: Any) -> Any:
            if is_before:
                self.at_step(step(*arguments))
            result = function(*arguments, **options)
            if not is_before:
                self.at_step(step(*arguments))
            return result

        self._patch(owner, name, announcing)
