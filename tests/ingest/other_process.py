"""Work in another process that can be stopped at each step of a load or of maintenance: to look, to overtake it, to kill it."""

from __future__ import annotations

import contextlib
import multiprocessing
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ingest.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

DEADLINE = 60.0
"""Seconds after which a test gives up waiting."""

Step: TypeAlias = Literal[
    "staged",
    "decided",
    "rejects",
    "calls",
    "gone from calls",
    "gone from rejects",
    "expired from calls",
    "expired from rejects",
    "calls rewritten",
    "calls replaced",
    "rejects rewritten",
    "rejects replaced",
    "ledger rewritten",
    "ledger replaced",
    "checkpoint",
    "log shortened",
    "sums written",
    "sums replaced",
    "sealed days to be published",
    "sealed days published",
]

_AT: dict[Step, tuple[str, bool, Callable[..., bool]]] = {
    "staged": ("decide", False, lambda *_: True),
    "decided": ("decide", True, lambda *_: True),
    "rejects": ("_follow", True, lambda rows, table: table == "rejects" and rows[-1].kind in ("load", "retry")),
    "calls": ("_follow", True, lambda rows, table: table == "calls" and rows[-1].kind in ("load", "retry")),
    "gone from calls": ("_follow", True, lambda rows, table: table == "calls" and rows[-1].kind == "unload"),
    "gone from rejects": ("_follow", True, lambda rows, table: table == "rejects" and rows[-1].kind == "unload"),
    "expired from calls": ("_follow", True, lambda rows, table: table == "calls" and rows[-1].kind == "retention"),
    "expired from rejects": ("_follow", True, lambda rows, table: table == "rejects" and rows[-1].kind == "retention"),
    "calls rewritten": ("replace", False, lambda table, *_: table == "calls"),
    "calls replaced": ("replace", True, lambda table, *_: table == "calls"),
    "rejects rewritten": ("replace", False, lambda table, *_: table == "rejects"),
    "rejects replaced": ("replace", True, lambda table, *_: table == "rejects"),
    "ledger rewritten": ("replace", False, lambda table, *_: table == "loads"),
    "ledger replaced": ("replace", True, lambda table, *_: table == "loads"),
    "checkpoint": ("checkpoint", True, lambda *_: True),
    "log shortened": ("shorten", True, lambda *_: True),
    "sums written": ("replace", False, lambda table, *_: table.startswith("sums/")),
    "sums replaced": ("replace", True, lambda table, *_: table.startswith("sums/")),
    "sealed days to be published": ("replace", False, lambda table, *_: table.startswith("sealed/")),
    "sealed days published": ("replace", True, lambda table, *_: table.startswith("sealed/")),
}
"""The place of a step: a method of the lake, whether the step comes after it, and with which arguments."""

_METHODS = multiprocessing.get_all_start_methods()
_CONTEXT: Any = multiprocessing.get_context("forkserver" if "forkserver" in _METHODS else "spawn")
if "forkserver" in _METHODS:
    _CONTEXT.set_forkserver_preload(["ingest.load.loader", __name__])

_parents: list[Connection] = []


def tell_parent(message: str) -> None:
    """Say something from the other process to the one that started it."""
    _parents[-1].send(message)


def is_told() -> bool:
    """Whether the parent has said something, asked from the other process."""
    return _parents[-1].poll()


class OtherProcess:
    """One process at work, seen from the one that started it."""

    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection

    @property
    def is_at_work(self) -> bool:
        """Whether it has not answered yet."""
        return not self.connection.poll()

    def wait(self) -> None:
        """Wait until it has reached its step."""
        self.hear("reached")

    def reaches_its_step(self) -> bool:
        """Wait until it has reached its step, or is done without."""
        message = self._receive()
        assert message == "reached" or message[0] == "done", message
        return bool(message == "reached")

    def hear(self, expected: str) -> None:
        """Wait until it says this."""
        message = self._receive()
        assert message == expected, message

    def go_on(self) -> None:
        """Let it go on to its end."""
        self.connection.send("go on")

    def kill(self) -> None:
        """Kill it as the system does, so that nothing of it runs any more."""
        self.process.kill()
        self.process.join(DEADLINE)
        assert self.process.exitcode not in (None, 0)

    def answer(self) -> Any:
        """Wait until it is done. What its work returned; fails when that raised."""
        while isinstance(message := self._receive(), str):
            pass  # said while nobody listened
        kind, value = message
        self.process.join(DEADLINE)
        assert kind == "done", value
        return value

    def _receive(self) -> Any:
        assert self.connection.poll(DEADLINE), "the other process does not answer"
        return self.connection.recv()


@contextlib.contextmanager
def other_process(
    work: Callable[..., object], *arguments: object, step: Step | None = None, time: int = 1
) -> Iterator[OtherProcess]:
    """Do this work in another process, which waits when it reaches the step for this time."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_work, args=(theirs, step, time, work, arguments))
    process.start()
    theirs.close()
    try:
        yield OtherProcess(process, ours)
    finally:
        process.kill()
        process.join(DEADLINE)
        process.close()
        ours.close()


def _work(
    connection: Connection,
    step: Step | None,
    time: int,
    work: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    _parents.append(connection)
    if step is not None:
        _wait_at(step, time, connection)
    try:
        answer: tuple[str, object] = ("done", work(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
        answer = ("raised", f"{type(error).__name__}: {error}")
    connection.send(answer)


def _wait_at(step: Step, time: int, connection: Connection) -> None:
    name, is_behind, is_here = _AT[step]
    method = getattr(Lake, name)
    times = iter(range(1, time + 1))

    def wait() -> None:
        if next(times, None) == time:
            connection.send("reached")
            connection.recv()

    @wraps(method)
    def waiting(lake: Lake, *arguments: object, **options: object) -> object:
        is_step = is_here(*arguments)
        if is_step and not is_behind:
            wait()
        result = method(lake, *arguments, **options)
        if is_step and is_behind:
            wait()
        return result

    setattr(Lake, name, waiting)
