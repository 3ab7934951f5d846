"""Whatever happens to log files and to those who load them: each line is in the lake once, and none is missing.

A state machine writes, tears, rotates, compresses, truncates, deletes and delivers files, also while they are read, loads
them in blocks, pieces and batches of a few lines, reads rejected lines again, takes loads back, makes one load of those of a log that
grew, and is stopped at each step.
After every step the lake holds exactly what the plain rules of `exactly_once.py` say.
"""

from __future__ import annotations

import bz2
import contextlib
import datetime as dt
import gzip
import hashlib
import shutil
import tempfile
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zstandard
from hypothesis import HealthCheck, Verbosity, assume, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ingest import Lake, LakeError, ReadOptions, maintain, retry_rejects, unload
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.load import loader
from ingest.read import source
from tests.ingest.exactly_once import HEADERS, HOST, LINES, File, Model, counted, number_of, without_host
from tests.ingest.lakes import broken, calls, load, rows
from tests.ingest.scale import scaled, walk_seed
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DataObject

    from ingest import IngestReport, RetryReport
    from ingest.lake.ledger_row import LedgerRow
    from tests.ingest.exactly_once import ExpectedRetry, Held

LATER = NOW + dt.timedelta(days=3)
"""When the loads of a log that grew become one."""

FORMATS = sorted(LINES)
STEPS = ("opened", "staged", "decided", "rejects", "calls")
KINDS = ["good", "good", "without host", "bad", "blank", "header"]
ON_FILES = ("append", "tear", "refill", "delete")
FAULTS = [
    *((step, what) for step in ("read", *STEPS) for what in ON_FILES),
    *((step, what) for step in STEPS for what in ("load", "load and unload", "retry", "maintain")),
    *((step, "stop") for step in STEPS[1:]),
    *[("read", "refill"), ("staged", "load"), ("staged", "load and unload")] * 5,  # where most depends on it
]
"""What may happen while files are loaded, and at which step."""

RETRY_FAULTS = [
    *((step, what) for step in ("opened", "read", "staged") for what in ON_FILES),
    *((step, what) for step in STEPS for what in ("load", "load and unload", "retry", "maintain")),
    *((step, "stop") for step in STEPS[1:]),
    *[("staged", "load"), ("staged", "load and unload"), ("staged", "retry"), ("staged", "maintain")] * 2,
]
"""What may happen while rejected lines are read again, and at which step."""

REASONS = ("begins like", "changed while it was being read", "cannot be opened")
"""What may keep a source from being loaded when files change while they are read."""

RETRY_REASONS = (*REASONS, "no load begins like this source")
"""What may keep rejected lines from being read again when files and loads change meanwhile."""


def _multi_member(content: bytes) -> bytes:
    half = len(content) // 2
    return gzip.compress(content[:half]) + gzip.compress(content[half:])


def _without_half_a_value(copy: bytes, content: bytes) -> bytes:
    """A copy that ends in a whole line, or in one that nobody takes for whole: `200 1` of `200 14` is a call of its own."""
    rest = content[len(copy) :].split(b"\n", 1)[0]
    if not rest or copy.endswith(b"\n") or any(sign in rest for sign in b' ,"'):
        return copy
    return copy[: max(copy.rfind(sign) for sign in b' ,"')]


def _cut(content: bytes) -> bytes:
    """The beginning of a gzip file of which there is more, all of it readable up to the cut."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip of two members": _multi_member,
    "zstd": zstandard.ZstdCompressor().compress,
    "bzip2": bz2.compress,
}


class _Stop(BaseException):
    """The process is to end here, as with Ctrl-C."""


class GrowingLogs(RuleBasedStateMachine):
    """Logs in one folder that grow and are delivered again, the lake, and what has to be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="exactly-once-"))
        self.lake = self.folder / "lake"
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.model = Model()
        self.files: dict[str, File] = {}
        self.formats: dict[str, str] = {}
        self.rest: dict[str, bytes] = {}
        """What is still missing of the last line of a file."""
        self.versions: list[bytes] = []
        """Every content that a file ever had."""
        self.twice: set[int] = set()
        """Numbers that may be in the lake more than once."""
        self.doubled: set[str] = set()
        """Loads of lines that were in the lake before, because the operator wanted it: what they grow by may be there, too."""
        self.is_in_pieces = False
        self.known_version = 0
        """Up to this decision the model knows the ledger."""
        self.host: str | None = None
        """Which host is told to those who are disturbed."""
        self.at_step: Callable[[str], None] = lambda _: None
        self.limits = DEFAULT_LIMITS
        self.next_number = 0
        self.next_name = 0
        self.patches = contextlib.ExitStack()

    @initialize(
        chunk=st.sampled_from([60, 400, 5000]),
        block=st.sampled_from([200, 700, 64 << 20]),
        piece=st.sampled_from([300, 900, 1 << 30]),
        together=st.sampled_from([1, 800, 8 << 20]),
        sources=st.sampled_from([1, 2, 1000]),
        file_rows=st.sampled_from([1, 500_000]),
    )
    def begin(self, *, chunk: int, block: int, piece: int, together: int, sources: int, file_rows: int) -> None:
        self.is_in_pieces = piece < 1 << 30
        self.limits = Limits(
            chunk_bytes=chunk,
            block_bytes=block,
            piece_bytes=piece,
            batch_sources=sources,
            retried_sources=sources,
            together_bytes=together,
            file_rows=file_rows,
            window_rows=2 * file_rows,
        )
        self._patch(loader, "read_ahead", iter)  # or what has been read when a file changes is up to chance
        self._announce(source, "_open", lambda *_: "opened")
        self._announce(source, "_is_still", lambda *_: "read", is_before=True)
        self._announce(Lake, "decide", lambda *_: "staged", is_before=True)
        self._announce(Lake, "decide", lambda *_: "decided")
        self._announce(Lake, "_follow", lambda _lake, _rows, table: str(table))
        self._announce(
            Lake, "replace", lambda _lake, table, *_: "written" if table == "loads" else "compacted", is_before=True
        )
        Lake(self.lake).create()

    def teardown(self) -> None:
        try:
            if self.files:
                self.at_step = lambda _: None
                self._ingest(sorted(self.files), final=False, overlap="skip", replace=False)
                self._retry(sorted(self.files), host=HOST)
                self.the_lake_holds_what_it_should()
                assert broken(self.lake) == {}
        finally:
            self.patches.close()
            shutil.rmtree(self.folder)

    # -- what happens to files

    @rule(log_format=st.sampled_from(FORMATS), data=st.data())
    def begin_a_log(self, log_format: str, data: DataObject) -> None:
        name = self._new_name(log_format)
        self._put(name, File(HEADERS[log_format]))
        count = data.draw(st.sampled_from([0, 2, 5, 12]), "lines")
        self._append(name, (["good", "good", "without host", "good"] * 3)[:count])

    @precondition(lambda self: self.plain)
    @rule(data=st.data())
    def write(self, data: DataObject) -> None:
        name = data.draw(st.sampled_from(self.plain), "log")
        kinds = data.draw(st.lists(st.sampled_from(KINDS), max_size=6), "lines")
        self._append(name, kinds)

    @precondition(lambda self: self.plain)
    @rule(data=st.data(), is_torn=st.booleans())
    def write_a_line_without_its_end(self, data: DataObject, is_torn: bool) -> None:  # noqa: FBT001 - drawn
        name = data.draw(st.sampled_from(self.plain), "log")
        self._append(name, [])
        text = self._line(self.formats[name], "good")
        kept = len(text) // 3 if is_torn else len(text) - 1
        self._put(name, File(self.files[name].content + text[:kept]))
        self.rest[name] = text[kept:]

    @precondition(lambda self: self.files)
    @rule(data=st.data(), compression=st.sampled_from(["", *PACKERS]), is_moved=st.booleans())
    def deliver_again(self, data: DataObject, compression: str, is_moved: bool) -> None:  # noqa: FBT001 - drawn
        name = data.draw(st.sampled_from(sorted(self.files)), "file")
        content = self.files[name].content
        assume(self._is_recognised(name, content))
        self._put(self._new_name(self.formats[name]), File(content, compression))
        if is_moved:
            self._remove(name)

    @precondition(lambda self: self.files)
    @rule(
        data=st.data(),
        compression=st.sampled_from(["", "", "gzip", "zstd", "cut"]),
        kept=st.integers(1, 5) | st.floats(0, 1),
    )
    def deliver_an_earlier_copy(self, data: DataObject, compression: str, kept: float) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)), "file")
        content = self.files[name].content
        if isinstance(kept, int):
            content = b"".join(content.splitlines(keepends=True)[:kept])
        else:
            content = _without_half_a_value(content[: int(kept * len(content))], content)
        assume(self._is_recognised(name, content))
        is_cut = compression == "cut"
        self._put(self._new_name(self.formats[name]), File(content, "gzip" if is_cut else compression, is_cut=is_cut))

    @precondition(lambda self: self.files)
    @rule(data=st.data(), lines=st.integers(1, 4), more=st.integers(1, 3))
    def begin_like_another_log(self, data: DataObject, lines: int, more: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)), "file")
        common = b"".join(self.files[name].content.splitlines(keepends=True)[:lines])
        assume(common.endswith(b"\n"))
        new = self._new_name(self.formats[name])
        self._put(new, File(common))
        self._append(new, ["good"] * more)

    # -- what is done with the lake

    @precondition(lambda self: self.files)
    @rule(
        data=st.data(),
        overlap=st.sampled_from([None, None, "skip", "load"]),
        final=st.booleans(),
        replace=st.sampled_from([False, False, False, True]),
    )
    def ingest(self, data: DataObject, overlap: Any, final: bool, replace: bool) -> None:  # noqa: FBT001 - drawn
        names = self._some_files(data)
        self._ingest(names, final=final, overlap=overlap, replace=replace)

    @precondition(lambda self: self.files)
    @rule(
        data=st.data(),
        host=st.sampled_from([HOST, HOST, None]),
        has_grown=st.sampled_from([True, True, False]),
        is_repeated=st.booleans(),
    )
    def read_rejects_again(self, data: DataObject, host: str | None, has_grown: bool, is_repeated: bool) -> None:  # noqa: FBT001 - drawn
        names = self._some_files(data, has_grown=has_grown)
        self._retry(names, host=host)
        if is_repeated:
            self._retry(names, host=host)

    @precondition(lambda self: self.files)
    @rule(
        data=st.data(),
        fault=st.sampled_from(RETRY_FAULTS),
        time=st.sampled_from([1, 1, 1, 2, 3]),
        host=st.sampled_from([HOST, HOST, HOST, None]),
        has_grown=st.sampled_from([True, True, True, False]),
    )
    def read_rejects_again_while(
        self,
        data: DataObject,
        fault: tuple[str, str],
        time: int,
        host: str | None,
        has_grown: bool,  # noqa: FBT001
    ) -> None:
        step, what = fault
        names = self._some_files(data, has_grown=has_grown)
        touched = self.plain if what in ON_FILES else sorted(self.files)
        assume(touched)
        name = data.draw(st.sampled_from(touched), "file")
        self.host = host
        with self._disturbed(step, time, lambda: self._do(what, name)), contextlib.suppress(_Stop):
            for one in self._read_again(names, host).sources:
                assert one.lines == one.calls + one.rejects + one.ignored
                assert one.error is None or any(text in one.error for text in RETRY_REASONS)
        Lake(self.lake).roll_forward()
        self._take_over()
        self.host = None
        self._retry([name for name in names if name in self.files], host=host)

    @precondition(lambda self: self.model.loads)
    @rule(data=st.data())
    def unload(self, data: DataObject) -> None:
        load_id = list(self.model.loads)[data.draw(st.integers(0, len(self.model.loads) - 1), "load")]
        family = self.model._family(load_id)
        _, held_calls, held_rejects, _ = map(sum, zip(*(self.model.loads[one].counts for one in family), strict=True))
        report = unload(self.lake, load_id, now=NOW)
        assert (report.loads, report.calls, report.rejects) == (len(family), held_calls, held_rejects)
        for one in family:
            del self.model.loads[one]
        self._new_rows()

    @precondition(lambda self: self.model.loads)
    @rule(step=st.sampled_from([None, None, *STEPS[2:], "written"]))
    def maintain(self, step: str | None) -> None:
        """The day of all loads is long over, so those of a log that grew become one; it may be stopped at any step."""
        with (
            self._disturbed(step or "never", 1, lambda: self._do_with_the_lake("stop", "")),
            contextlib.suppress(_Stop),
        ):
            maintain(self.lake, now=LATER)
        Lake(self.lake).roll_forward()
        self._take_merges(is_whole=step is None)

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

    # -- how

    @property
    def plain(self) -> list[str]:
        """The files that may still grow."""
        return sorted(name for name, file in self.files.items() if not file.compression)

    def _some_files(self, data: DataObject, *, has_grown: bool = False) -> list[str]:
        """Files, and where they have grown, there is more in the lake that can be read again."""
        names = sorted(self.files)
        some = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True) | st.just(names), "files")
        if has_grown:
            for name in {*some} & {*self.plain}:
                self._append(name, ["without host", "good"])
            self._ingest(some, final=False, overlap=None, replace=False)
        return some

    def _ingest(self, names: list[str], *, final: bool, overlap: Any, replace: bool) -> None:
        """Load files that nobody touches meanwhile: what becomes of each is known beforehand."""
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
        """Put the loads that were decided in the place of what was expected: one or more for each source."""
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
        """Believe the ledger which loads hold; each has to be the beginning of something that was in a file.

        Believe it too through which file a rejected line was read again.
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
        """Believe the ledger which loads became one: each goes on where the one before it ends, and nothing else goes on there."""
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
        """Read rejected lines of files again that nobody touches meanwhile: what becomes of each is known beforehand."""
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
        """What the ledger says that the model has not heard of."""
        ledger = Lake(self.lake).ledger()[1]
        new = ledger.after(self.known_version)
        self.known_version = ledger.version
        return new

    def _is_cut(self, path: str) -> bool:
        name = Path(path).name
        return name in self.files and self.files[name].is_cut

    def _do(self, fault: str, name: str) -> None:
        if name not in self.files:
            return
        match fault:
            case "append":
                self._append(name, ["good", "bad", "without host", "good"])
            case "tear":
                self._append(name, [])
                text = self._line(self.formats[name], "good")
                self._put(name, File(self.files[name].content + text[:20]))
                self.rest[name] = text[20:]
            case "refill":
                self._truncate(name, 9)
            case "delete":
                self._remove(name)
            case _:
                self._do_with_the_lake(fault, name)

    def _do_with_the_lake(self, fault: str, name: str) -> None:
        match fault:
            case "load" | "load and unload":
                load(self.lake, self.logs, limits=self.limits)
                if fault == "load and unload":
                    with contextlib.suppress(LakeError):  # nothing was loaded from it
                        unload(self.lake, str(self.logs / name), now=NOW)
            case "retry":
                self._take_over()
                self._retry(sorted(self.files), host=HOST)
            case "maintain":
                self._take_over()
                maintain(self.lake, now=LATER)
                self._take_merges(is_whole=True)
            case "stop":
                raise _Stop

    def _append(self, name: str, kinds: list[str]) -> None:
        # A log that was delivered before anything stood in it begins as any other.
        content = (self.files[name].content or HEADERS[self.formats[name]]) + self.rest.pop(name, b"")
        if {"bad", "without host"} & {*kinds} and not self.model.numbers(content):
            kinds = ["good", *kinds]  # or nobody knows what log it is
        self._put(name, File(content + b"".join(self._line(self.formats[name], kind) for kind in kinds)))

    def _is_recognised(self, name: str, content: bytes) -> bool:
        """Whether its format is seen, even if its torn last line has to be read."""
        complete = content[: content.rfind(b"\n") + 1]
        return complete == content or bool((HEADERS[self.formats[name]] and complete) or self.model.numbers(complete))

    def _line(self, log_format: str, kind: str) -> bytes:
        self.next_number += 1
        match kind:
            case "good":
                text = LINES[log_format](self.next_number)
                self.model.good[text.rstrip(b"\n")] = self.next_number
                return text
            case "without host":
                text = without_host(log_format, self.next_number)
                self.model.without_host[text.rstrip(b"\n")] = self.next_number
                return text
            case "bad":
                return f"{{this is no record {self.next_number}\n".encode()
            case "header":
                return HEADERS[log_format]
        return b"\n"

    def _truncate(self, name: str, count: int) -> None:
        """The file as the same file, but empty, and then with new lines."""
        self.rest.pop(name, None)
        with (self.logs / name).open("r+b") as file:
            file.truncate(0)
        self.versions.append(b"")
        self.files[name] = File(b"")
        header = HEADERS[self.formats[name]]
        self._put(name, File(header + b"".join(self._line(self.formats[name], "good") for _ in range(count))))

    def _put(self, name: str, file: File) -> None:
        path = self.logs / name
        self.versions.append(file.content)
        before = self.files.get(name)
        self.files[name] = file
        if before is not None and not before.compression and file.content.startswith(before.content):
            with path.open("ab") as log:
                log.write(file.content[len(before.content) :])
        elif file.is_cut:
            path.write_bytes(_cut(file.content))
        elif file.compression:
            path.write_bytes(PACKERS[file.compression](file.content))
        else:
            path.write_bytes(file.content)

    def _remove(self, name: str) -> None:
        (self.logs / name).unlink()
        self.rest.pop(name, None)
        del self.files[name]

    def _new_name(self, log_format: str) -> str:
        self.next_name += 1
        name = f"{self.next_name:03}.log"
        self.formats[name] = log_format
        return name

    @contextlib.contextmanager
    def _disturbed(self, step: str, time: int, do: Callable[[], None]) -> Iterator[None]:
        """Do this when the step is reached for this time."""
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
        """Say at this function that a step is reached."""
        function = getattr(owner, name)

        def announcing(*arguments: Any, **options: Any) -> Any:
            if is_before:
                self.at_step(step(*arguments))
            result = function(*arguments, **options)
            if not is_before:
                self.at_step(step(*arguments))
            return result

        self._patch(owner, name, announcing)


class ExactlyOnce(GrowingLogs):
    """The same, with whatever else may happen to files, also while they are loaded."""

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def rename(self, data: DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)), "file")
        new = self._new_name(self.formats[name])
        self._put(new, self.files[name])
        if name in self.rest:
            self.rest[new] = self.rest[name]
        self._remove(name)

    @precondition(lambda self: self.plain)
    @rule(data=st.data(), is_refilled=st.booleans())
    def copy_and_truncate(self, data: DataObject, is_refilled: bool) -> None:  # noqa: FBT001 - drawn
        name = data.draw(st.sampled_from(self.plain), "log")
        self._put(self._new_name(self.formats[name]), self.files[name])
        self._truncate(name, 2 if is_refilled else 0)

    @precondition(lambda self: self.plain)
    @rule(data=st.data(), count=st.integers(0, 4))
    def truncate_and_refill(self, data: DataObject, count: int) -> None:
        self._truncate(data.draw(st.sampled_from(self.plain), "log"), count)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data: DataObject) -> None:
        self._remove(data.draw(st.sampled_from(sorted(self.files)), "file"))

    @precondition(lambda self: self.files)
    @rule(data=st.data(), fault=st.sampled_from(FAULTS), time=st.integers(1, 4), is_log_long=st.booleans())
    def ingest_while(self, data: DataObject, fault: tuple[str, str], time: int, is_log_long: bool) -> None:  # noqa: FBT001
        step, what = fault
        names = self.plain if what in ON_FILES else sorted(self.files)
        assume(names)
        name = data.draw(st.sampled_from(names), "file")
        if is_log_long and name in self.plain:
            self._append(name, ["good"] * 12)
        with self._disturbed(step, time, lambda: self._do(what, name)), contextlib.suppress(_Stop):
            report = load(self.lake, self.logs, limits=self.limits)
            for one in report.sources:
                assert one.lines == one.calls + one.rejects + one.ignored
                assert one.error is None or self._is_cut(one.source) or any(text in one.error for text in REASONS)
        Lake(self.lake).roll_forward()
        self._take_over()


def _run(machine: type[GrowingLogs], *, examples: int, steps: int) -> None:
    number = walk_seed()
    print(f"the walk of {machine.__name__} has the seed {number}: SEED={number} takes it again")  # noqa: T201 - shown where it fails
    run_state_machine_as_test(
        machine if number is None else seed(number)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=number is None,
            database=None,
            verbosity=Verbosity.normal,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_line_is_in_the_lake_exactly_once_whatever_happens() -> None:
    _run(ExactlyOnce, examples=scaled(3, 200), steps=scaled(10, 30))


def test_every_line_that_was_rejected_is_read_again_exactly_once_whatever_happens() -> None:
    _run(GrowingLogs, examples=scaled(2, 60), steps=scaled(8, 30))
