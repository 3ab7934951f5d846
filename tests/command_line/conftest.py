"""Fixtures for all tests of the command line."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import koppelzicht
from tests.command_line.given import BAD_STATUS, FAILED_GET, INSERT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.command_line.given import Run


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run one command in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOPPELZICHT_LAKE", raising=False)

    def run_one(*arguments: str | Path) -> tuple[int, str, str]:
        code = koppelzicht.run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return run_one


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two calls and a line with an impossible status, in the folder where the commands run."""
    path = tmp_path / "calls.log"
    path.write_text(f"{INSERT}\n{FAILED_GET}\n{BAD_STATUS}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with that log in it, made once."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "calls.log").write_text(f"{INSERT}\n{FAILED_GET}\n{BAD_STATUS}\n", encoding="utf-8")
    with contextlib.chdir(folder):
        assert koppelzicht.run(["ingest", "calls.log"]) == 0
    return folder / "lake"


@pytest.fixture
def loaded(loaded_once: Path, log: Path) -> Path:
    """That log, with a lake beside it, in the default place, that holds it."""
    shutil.copytree(loaded_once, log.parent / "lake")
    return log


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put bytes on standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put
