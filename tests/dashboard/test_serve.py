"""The dashboard is served to this machine alone, on a free port, without asking or telling anybody anything."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit import config

from dashboard.shell.guard import refused
from dashboard.shell.serve import is_only_local, names_of_this_machine, next_free_port, streamlit_options
from tests.dashboard.visit import ROOT


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
    with pytest.raises(OSError, match="localhost: no port from 65536"):
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
    assert streamlit_options("0.0.0.0", 8501)["server.allowedHosts"] == []


def test_a_dashboard_of_this_machine_is_asked_for_by_its_names() -> None:
    assert names_of_this_machine("127.0.0.2") == ["localhost", "127.0.0.1", "::1", "127.0.0.2"]
    assert [is_only_local(host) for host in ("localhost", "127.0.0.2", "::1", "::", "0.0.0.0", "198.51.100.7")] == [
        *[True] * 3,
        *[False] * 3,
    ]


SETTINGS = """
import json
from dashboard.shell.serve import read_no_settings, streamlit_options
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web import bootstrap
read_no_settings()
for _ in range(2):  # Streamlit reads its files once more when one of them changes
    bootstrap.load_config_options(streamlit_options("localhost", 8501))
options = {name: repr(option.value) for name, option in config.get_config_options().items()}
print(json.dumps([options, secrets_singleton.load_if_toml_exists()]))
"""


def settings_in(folder: Path, environment: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Every setting that Streamlit has when it serves from this folder, and whether it found secrets."""
    done = subprocess.run(
        [sys.executable, "-c", SETTINGS],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(folder), "USERPROFILE": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    options, has_secrets = json.loads(done.stdout.splitlines()[-1])
    return options, has_secrets


def test_no_file_and_no_variable_of_the_surroundings_changes_a_setting(tmp_path: Path) -> None:
    """Every setting that there is gets another value in a file of the current folder and home, and as a variable."""
    plain, hostile = tmp_path / "plain", tmp_path / "hostile"
    plain.mkdir()
    (hostile / ".streamlit").mkdir(parents=True)
    lines: dict[str, list[str]] = {}
    variables: dict[str, str] = {}
    for name, option in config.get_config_options().items():
        section, _, key = name.rpartition(".")
        other = {bool: str(not option.default_val).lower(), int: "7", float: "7.5"}.get(option.type, '"http://x.test"')
        lines.setdefault(section, []).append(f"{key} = {f'[{other}]' if option.multiple else other}")
        variables[option.env_var] = other.strip('"')
    text = "\n".join(f"[{section}]\n" + "\n".join(rows) for section, rows in lines.items())
    (hostile / ".streamlit" / "config.toml").write_text(text, encoding="utf-8")
    (hostile / ".streamlit" / "secrets.toml").write_text('[auth]\ncookie_secret = "x"\n', encoding="utf-8")
    expected, _ = settings_in(plain, {})
    found, has_secrets = settings_in(hostile, variables)
    assert len(variables) > 100
    # A random key of this process, if any: it differs in each.
    assert {name for name in found if found[name] != expected[name]} - {"server.cookieSecret"} == set()
    assert "x.test" not in found["server.cookieSecret"]
    assert not has_secrets


@pytest.mark.parametrize(
    ("host", "origin", "is_right"),
    [
        ("localhost:8501", "http://localhost:8501", True),
        ("localhost:8501", "https://localhost:8501", True),
        ("LOCALHOST:8501", "http://localhost:8501", True),
        ("[::1]:8501", "http://[::1]:8501", True),
        ("localhost", "http://localhost:80", True),
        ("localhost:443", "https://localhost", True),
        ("localhost:8501", "http://localhost:8502", False),
        ("localhost:8501", "http://localhost", False),
        ("localhost:8501", "http://127.0.0.1:8501", False),
        ("localhost:8501", "http://localhost:8501.evil.test", False),
        ("localhost:8501", "http://localhost:8501@evil.test", False),
        ("localhost:8501", "http://evil.test/localhost:8501", False),
        ("localhost:8501", "http://localhost:99999", False),
        ("localhost:8501", "ftp://localhost:8501", False),
        ("localhost:8501", "null", False),
        ("localhost:8501", "", False),
        ("localhost:8501", "//localhost:8501", False),
        ("evil.test:8501", "http://evil.test:8501", False),
        ("localhost.evil.test:8501", "http://localhost.evil.test:8501", False),
        ("localhost:8501@evil.test", "http://localhost:8501@evil.test", False),
        ("", "http://", False),
    ],
)
def test_a_page_of_another_host_or_port_is_refused(host: str, origin: str, is_right: bool) -> None:  # noqa: FBT001
    hosts = names_of_this_machine("localhost")
    kinds: tuple[Literal["http", "websocket"], ...] = ("http", "websocket")
    assert [refused(host, origin, hosts, kind=kind) is None for kind in kinds] == [is_right, is_right]


def test_a_connection_says_whose_it_is_and_a_request_need_not() -> None:
    assert refused("localhost:8501", None, ["localhost"], kind="http") is None
    assert refused("localhost:8501", None, ["localhost"], kind="websocket") is not None
    assert refused("dash.test", "https://dash.test", (), kind="websocket") is None
    assert refused("dash.test", "https://other.test", (), kind="websocket") is not None


@given(st.text(max_size=30), st.one_of(st.none(), st.text(max_size=30)), st.sampled_from(["http", "websocket"]))
def test_any_header_has_an_answer(host: str, origin: str | None, kind: Literal["http", "websocket"]) -> None:
    assert isinstance(refused(host, origin, ["localhost"], kind=kind), str | None)


def test_the_theme_is_streamlits_own_and_fetches_nothing() -> None:
    theme = Path(streamlit_options("localhost", 8501)["theme.base"])
    tables = tomllib.loads(theme.read_text(encoding="utf-8"))
    names = {f"theme.{name}" for name, value in tables["theme"].items() if not isinstance(value, dict)}
    names |= {f"theme.sidebar.{name}" for name in tables["theme"]["sidebar"]}
    assert names <= config.get_config_options().keys()
    for file in (theme, theme.with_name("style.css")):
        assert "//" not in file.read_text(encoding="utf-8")
