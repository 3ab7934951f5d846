"""Whatever happens to log files and to those who load them: each line is in the lake once, and none is missing.

One test walks through the state machine of `growing_logs.py` as it is, in which retries are disturbed. The other one adds disturbed loads, and
files that are renamed, truncated and deleted. Loads and retries can be stopped at each step. After every step the lake holds exactly what the
plain rules of `exactly_once.py` say.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Verbosity, assume, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from ingest import Lake
from tests.ingest.lakes import load
from tests.ingest.load.growing_logs import BY_OTHERS, ON_FILES, REASONS, STEPS, GrowingLogs, Stop
from tests.ingest.scale import scaled, walk_seed

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

FAULTS = [
    *((step, what) for step in ("read", *STEPS) for what in ON_FILES),
    *((step, what) for step in STEPS for what in BY_OTHERS),
    *((step, "stop") for step in STEPS[1:]),
    *[("read", "refill"), ("staged", "load"), ("staged", "load and unload")] * 5,  # where most depends on it
]
"""The disturbances of a load: the step, and what happens then."""


class ExactlyOnce(GrowingLogs):
    """Growing logs that are also renamed, truncated and deleted, and whose loads are disturbed."""

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
        with self._disturbed(step, time, lambda: self._do(what, name)), contextlib.suppress(Stop):
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
