"""Serving: on this machine alone, without asking or telling anybody anything, on a port that is free."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config

from dashboard.serve import next_free_port, streamlit_options


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_the_next_free_port_is_taken_when_the_wanted_one_is(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    assert port < next_free_port("localhost", port) < port + 100


def test_a_free_port_is_taken_as_it_is(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    taken.close()
    assert next_free_port("localhost", port) == port


def test_no_free_port_says_so() -> None:
    with pytest.raises(OSError, match="localhost: no free port from 65536"):
        next_free_port("localhost", 65536)


def test_an_unknown_host_is_an_error() -> None:
    with pytest.raises(OSError, match=r"not known|getaddrinfo|resolution|nodename"):
        next_free_port("nowhere.invalid", 8501)


def test_every_option_is_one_of_streamlits() -> None:
    assert streamlit_options("localhost", 8501).keys() <= config.get_config_options().keys()


def test_it_listens_on_this_machine_and_tells_nobody_anything() -> None:
    options = streamlit_options("localhost", 8501)
    assert options["server.address"] == "localhost"
    assert options["server.allowedHosts"] == ["localhost", "127.0.0.1", "::1"]
    assert options["browser.gatherUsageStats"] is False
    assert options["server.showEmailPrompt"] is False
    assert options["server.fileWatcherType"] == "none"


def test_another_host_may_be_called_by_any_name() -> None:
    assert "server.allowedHosts" not in streamlit_options("0.0.0.0", 8501)


def test_the_theme_is_streamlits_own_and_fetches_nothing() -> None:
    theme = Path(streamlit_options("localhost", 8501)["theme.base"])
    tables = tomllib.loads(theme.read_text(encoding="utf-8"))
    names = {f"theme.{name}" for name, value in tables["theme"].items() if not isinstance(value, dict)}
    names |= {f"theme.sidebar.{name}" for name in tables["theme"]["sidebar"]}
    assert names <= config.get_config_options().keys()
    for file in (theme, theme.with_name("style.css")):
        assert "//" not in file.read_text(encoding="utf-8")
