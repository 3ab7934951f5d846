"""Serves the dashboard with Streamlit, by default only to this machine."""

from __future__ import annotations

import contextlib
import errno
import importlib
import ipaddress
import os
import socket
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.text.wording import plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streamlit.web.server.starlette import App

FIRST_PORT = 8501
_PORTS_TRIED = 100
_DASHBOARD = Path(__file__).parent.parent


def serve(lake: Path, *, host: str = "localhost", port: int | None = None, open_browser: bool = False) -> int:
    """Serve the dashboard of a lake until Ctrl-C and return the exit code.

    The server prints its address when it listens. If the wanted port (8501) is taken, it takes the next free one. The lake need not
    exist: the pages say what to do. If other machines can reach the server, it prints a warning on standard error. OSError if there is
    no such host, or no free port.
    """
    from dashboard.shell.guard import GuardedApp  # imports Streamlit, which would cost `koppelzicht --help` a second

    wanted = FIRST_PORT if port is None else port
    free = next_free_port(host, wanted)
    if free != wanted:
        _tell(plain("serve.port_taken", wanted=str(wanted), port=str(free)))
    url = address(host, free)
    only_local = is_only_local(host)
    if not only_local:
        sys.stderr.write(plain("serve.open_to_others", host=host) + "\n")

    @contextlib.asynccontextmanager
    async def announce(_app: App) -> AsyncIterator[None]:
        importlib.import_module("dashboard.shell.frame")  # otherwise the first page would wait for it
        _tell(plain("serve.ready", url=url))
        if open_browser:
            webbrowser.open(url)
        yield

    os.environ["KOPPELZICHT_LAKE"] = str(lake.resolve())
    read_no_settings()
    app = GuardedApp(_DASHBOARD / "app.py", lifespan=announce, on_script_error=_broken)
    app.hosts = names_of_this_machine(host) if only_local else ()
    try:
        app.run(config=streamlit_options(host, free))
    except KeyboardInterrupt:
        return 130
    return 0


def read_no_settings() -> None:
    """Keep Streamlit from reading files of settings or secrets: neither the user's own, nor one in the current folder.

    A folder with somebody else's logs may hold a `.streamlit/config.toml`, which could open the dashboard to every site, or send pages
    to another server. Streamlit has no option for this. Every setting that matters is given as well (`streamlit_options`), so that a
    Streamlit which finds its files in another way is just as safe.
    """
    from streamlit import config

    def none_of_them(file_name: str) -> list[str]:  # noqa: ARG001 - Streamlit gives it by this name
        return []

    config.get_config_files = none_of_them
    for name in [name for name in os.environ if name.upper().startswith("STREAMLIT_")]:
        del os.environ[name]


def streamlit_options(host: str, port: int) -> dict[str, Any]:
    """Return all settings of Streamlit that matter here, so that no configuration file is needed, or can change them."""
    return {
        "browser.gatherUsageStats": False,
        "browser.serverAddress": host,
        "browser.serverPort": port,
        "client.allowedOrigins": [],
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.showSidebarNavigation": False,
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "logger.hideWelcomeMessage": True,
        "logger.level": "warning",
        "runner.magicEnabled": False,
        "secrets.files": [],
        "server.address": host,
        "server.allowedHosts": names_of_this_machine(host) if is_only_local(host) else [],
        "server.baseUrlPath": "",
        "server.corsAllowedOrigins": [],
        "server.customComponentBaseUrlPath": "",
        "server.enableAgentApi": False,
        "server.enableCORS": True,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "server.port": port,
        "server.runOnSave": False,
        "server.scriptHealthCheckEnabled": False,
        "server.showEmailPrompt": False,
        "server.trustedUserHeaders": {},
        "server.unsafeMetricsUserAttributes": [],
        "server.xsrfCookieSameSite": "strict",
        "theme.base": str(_DASHBOARD / "theme.toml"),
    }


def is_only_local(host: str) -> bool:
    """Return whether only this machine reaches that address. OSError if there is no such host.

    >>> is_only_local("127.0.0.1"), is_only_local("::1"), is_only_local("0.0.0.0"), is_only_local("192.0.2.1")
    (True, True, False, False)
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return all(ipaddress.ip_address(str(there[0]).partition("%")[0]).is_loopback for *_, there in found)


def names_of_this_machine(host: str) -> list[str]:
    """Return the names by which a browser on this machine may ask for the server at `host`."""
    return list(dict.fromkeys(["localhost", "127.0.0.1", "::1", host.lower()]))


def address(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine.

    >>> address("localhost", 8501), address("0.0.0.0", 80), address("::1", 8501)
    ('http://localhost:8501', 'http://localhost:80', 'http://[::1]:8501')
    """
    name = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared with, not bound
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def next_free_port(host: str, first: int) -> int:
    """Return the first free port from `first` on. OSError if there is none, or no such host."""
    for port in range(first, min(first + _PORTS_TRIED, 65536)):
        if _is_free(host, port):
            return port
    raise OSError(plain("serve.no_port", host=host, first=str(first), last=str(first + _PORTS_TRIED - 1)))


def _is_free(host: str, port: int) -> bool:
    """Return whether the port is free. A browser may reach localhost by IPv4 or by IPv6, so it has to be free for both."""
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
    """Let the page say that it has a fault of its own. The details go to the log of the server."""
    from dashboard.shell import frame  # imports Streamlit

    return frame.broken(error)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
