"""The end of a conversation that does not end: a server that sends one byte a second keeps within every timeout of a socket."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIMEOUT = 10.0
"""Seconds for each step: to connect, to be answered."""

DEADLINE = 60.0
"""Seconds for the whole conversation."""


@contextlib.contextmanager
def ends_after(seconds: float, connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut the connection after so many seconds. Whoever waits for it gets an error then."""

    def cut() -> None:
        sock = connected()
        if sock is not None:
            with contextlib.suppress(OSError):
                # Of the plain socket below: one with TLS would take its own state apart while it is in use.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    alarm = threading.Timer(seconds, cut)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
