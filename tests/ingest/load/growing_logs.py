"""Logs that grow and are delivered again, and what is done with the lake: a state machine whose steps can be disturbed.

It writes, tears, copies, compresses and delivers files, loads them in blocks, pieces and batches of a few lines, reads
rejected lines again, takes loads back, and merges the loads of a log that grew.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from ingest import Lake, LakeError, maintain, unload
from ingest.lake.compaction import FileSizes, compact_as_it_goes
from ingest.limits import Limits
from ingest.read import source
from tests.ingest.lakes import broken, load, shorten_logs
from tests.ingest.load.compared_lake import ComparedLake
from tests.ingest.load.exactly_once import HEADERS, HOST, LINES, File
from tests.ingest.load.written_logs import PACKERS
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

LATER = NOW + dt.timedelta(days=3)
"""A time at which the loads of a log that grew become one."""

FORMATS = sorted(LINES)
STEPS = ("opened", "staged", "decided", "rejects", "calls")
KINDS = ["good", "good", "without host", "bad", "blank", "header"]
ON_FILES = ("append", "tear", "refill", "delete")
BY_OTHERS = ("load", "load and unload", "retry", "maintain", "compact", "shorten")

RETRY_FAULTS = [
    *((step, what) for step in ("opened", "read", "staged") for what in ON_FILES),
    *((step, what) for step in STEPS for what in BY_OTHERS),
    *((step, "stop") for step in STEPS[1:]),
    *[("staged", "load"), ("staged", "load and unload"), ("staged", "retry"), ("staged", "maintain")] * 2,
]
"""The disturbances of a retry: the step, and what happens then."""

REASONS = ("begins like", "changed while it was being read", "cannot be opened")
"""Parts of the errors that a source may have if files change while they are read."""

RETRY_REASONS = (*REASONS, "no load begins like this source")
"""Parts of the errors that a source may have if files and loads change during a retry."""


def _without_half_a_value(copy: bytes, content: bytes) -> bytes:
    """A copy that does not end within a value: `200 1`, cut from `200 14`, would be a call of its own."""
    rest = content[len(copy) :].split(b"\n", 1)[0]
    if not rest or copy.endswith(b"\n") or any(sign in rest for sign in b' ,"'):
        return copy
    return copy[: max(copy.rfind(sign) for sign in b' ,"')]


class Stop(BaseException):
    """Ends the process at this step, as Ctrl-C does."""


class GrowingLogs(ComparedLake):
    """Logs in one folder that grow and are delivered again, the lake, and its expected content."""

    @initialize(
        chunk=st.sampled_from([60, 400, 5000]),
        block=st.sampled_from([200, 700, 64 << 20]),
        piece=st.sampled_from([300, 900, 1 << 30]),
        together=st.sampled_from([1, 800, 8 << 20]),
        sources=st.sampled_from([1, 2, 1000]),
        file_rows=st.sampled_from([1, 500_000]),
        workers=st.sampled_from([1, 2, 4]),
    )
    def begin(
        self, *, chunk: int, block: int, piece: int, together: int, sources: int, file_rows: int, workers: int
    ) -> None:
        self.is_in_pieces = piece < 1 << 30
        self.limits = Limits(
            workers=workers,
            chunk_bytes=chunk,
            block_bytes=block,
            piece_bytes=piece,
            batch_sources=sources,
            retried_sources=sources,
            together_bytes=together,
            file_rows=file_rows,
            window_rows=2 * file_rows,
        )
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

    # -- files are written and delivered

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

    # -- the lake is loaded and maintained

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
        with self._disturbed(step, time, lambda: self._do(what, name)), contextlib.suppress(Stop):
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
        """Merge the loads of logs that grew, because their day is over. `maintain` may be stopped at any step."""
        with (
            self._disturbed(step or "never", 1, lambda: self._do_with_the_lake("stop", "")),
            contextlib.suppress(Stop),
        ):
            maintain(self.lake, now=LATER)
        Lake(self.lake).roll_forward()
        self._take_merges(is_whole=step is None)

    @rule(what=st.sampled_from(["compact", "shorten"]))
    def go_on_following(self, what: str) -> None:
        """Compact as a follower does after each decision, or shorten the logs as it does after a hundred."""
        if Lake(self.lake).exists():
            self._do_with_the_lake(what, "")

    # -- how

    def _some_files(self, data: DataObject, *, has_grown: bool = False) -> list[str]:
        """Some files. If `has_grown`, they grow first and are loaded, so that the lake has more rejected lines."""
        names = sorted(self.files)
        some = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True) | st.just(names), "files")
        if has_grown:
            for name in {*some} & {*self.plain}:
                self._append(name, ["without host", "good"])
            self._ingest(some, final=False, overlap=None, replace=False)
        return some

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
            case "compact":
                compact_as_it_goes(Lake(self.lake), FileSizes(level_files=2))  # as soon as two files are of one level
            case "shorten":
                shorten_logs(self.lake)
            case "stop":
                raise Stop
