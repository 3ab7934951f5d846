"""Serves the dashboard with Streamlit, on this machine alone unless asked otherwise."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import socket
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.wording import plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FIRST_PORT = 8501
_PORTS_TRIED = 100
_HERE = Path(__file__).parent


def serve(lake: Path, *, host: str = "localhost", port: int | None = None, open_browser: bool = False) -> int:
    """Serve the dashboard of a lake until Ctrl-C and return the exit code.

    The address is printed once the server listens. Takes the next free port when the wanted one (8501) is taken.
    The lake need not exist: the pages say what to do. OSError when there is no such host, or no free port.
    """
    import streamlit as st  # a second that `koppelzicht --help` does not pay

    wanted = FIRST_PORT if port is None else port
    free = next_free_port(host, wanted)
    if free != wanted:
        _tell(plain("serve.port_taken", wanted=str(wanted), port=str(free)))
    url = address(host, free)

    @contextlib.asynccontextmanager
    async def announce(_app: st.App) -> AsyncIterator[None]:
        importlib.import_module("dashboard.figures")  # or the first page would wait for it
        _tell(plain("serve.ready", url=url))
        if open_browser:
            webbrowser.open(url)
        yield

    os.environ["KOPPELZICHT_LAKE"] = str(lake.resolve())
    try:
        st.App(_HERE / "app.py", lifespan=announce, on_script_error=_broken).run(config=streamlit_options(host, free))
    except KeyboardInterrupt:
        return 130
    return 0


def streamlit_options(host: str, port: int) -> dict[str, Any]:
    """Return all of Streamlit's settings that matter here, so that no configuration file of the reader's is needed."""
    options: dict[str, Any] = {
        "browser.gatherUsageStats": False,
        "browser.serverAddress": host,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.showSidebarNavigation": False,
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": True,
        "logger.level": "warning",
        "runner.magicEnabled": False,
        "server.address": host,
        "server.enableStaticServing": False,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "server.port": port,
        "server.runOnSave": False,
        "server.showEmailPrompt": False,
        "theme.base": str(_HERE / "theme.toml"),
    }
    if host in {"localhost", "127.0.0.1", "::1"}:
        options["server.allowedHosts"] = ["localhost", "127.0.0.1", "::1"]
    return options


def address(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine.

    >>> address("localhost", 8501), address("0.0.0.0", 80), address("::1", 8501)
    ('http://localhost:8501', 'http://localhost:80', 'http://[::1]:8501')
    """
    name = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared with, not bound
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def next_free_port(host: str, first: int) -> int:
    """Return the first port from `first` on that nobody listens on. OSError when there is none, or no such host."""
    for port in range(first, min(first + _PORTS_TRIED, 65536)):
        if _is_free(host, port):
            return port
    raise OSError(plain("serve.no_port", host=host, first=str(first), last=str(first + _PORTS_TRIED - 1)))


def _is_free(host: str, port: int) -> bool:
    """Return whether nobody listens there. Who is asked for localhost may be reached by IPv4 or by IPv6: both count."""
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            with socket.socket(family, kind, protocol) as probe:
                if os.name != "nt":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            if family != socket.AF_INET6:
                raise
    return True


def _broken(error: Exception) -> bool:
    """Let the page say that it has a fault of its own; the details go to the log of whoever serves the dashboard."""
    from dashboard import frame  # it imports Streamlit

    return frame.broken(error)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
