"""Commands write files that only their user can read, unless an existing folder or file has other permissions."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.lake.durable import replace_file
from ingest.lake.lake import Lake
from tests.command_line.given import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.command_line.given import Run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")

REGISTRY = sorted((ROOT / "sample_logs" / "registry").glob("*.csv"))


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Set the umask, for this test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def modes(folder: Path) -> tuple[set[str], set[str]]:
    """The modes of the folders below a folder, and of the files."""
    below = [(path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode))) for path in folder.rglob("*")]
    return {mode for is_folder, mode in below if is_folder}, {mode for is_folder, mode in below if not is_folder}


@pytest.mark.parametrize(
    ("shell", "folder", "folders", "files"),
    [
        (0o022, None, "0o700", "0o600"),
        (0o000, None, "0o700", "0o600"),
        (0o022, 0o750, "0o750", "0o640"),
        (0o007, 0o770, "0o770", "0o660"),
        (0o022, 0o770, "0o750", "0o640"),
    ],
)
def test_a_lake_is_as_open_as_its_folder_was_and_never_more_than_the_umask(
    *, run: Run, log: Path, umask: Callable[[int], int], shell: int, folder: int | None, folders: str, files: str
) -> None:
    lake = log.parent / "lake"
    if folder is not None:
        lake.mkdir()
        lake.chmod(folder)
    umask(shell)
    assert run("ingest", log)[0] == 0
    assert modes(lake) == ({folders}, {files})
    assert stat.S_IMODE(lake.stat().st_mode) == (folder if folder is not None else 0o700)
    assert umask(shell) == shell


def test_whatever_a_command_writes_is_for_its_user_alone(run: Run, loaded: Path, umask: Callable[[int], int]) -> None:
    here = loaded.parent
    (here / "lake").chmod(0o700)
    before = {*here.rglob("*")}
    umask(0o022)
    for command in (
        ("registry", "load", *REGISTRY),
        ("maintain",),
        ("report", "month", "2026-03", "--out", "made/reports"),
        ("registry", "missing", "--out", "made/lists"),
        ("rejects", "--export", "made/rejects.csv"),
        ("impact", "--connector", "KnSubject", "--environment", "all", "--out", "made/drafts"),
    ):
        code, _, said = run(*command)
        assert (code, command) == (0, command), said
    made = {*here.rglob("*")} - before
    assert {"reports", "lists", "drafts", "rejects.csv", "registry"} <= {path.name for path in made}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in made if path.is_dir()} == {"0o700"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in made if path.is_file()} == {"0o600"}


def test_a_lake_that_a_program_makes_is_not_to_be_entered_by_others(
    tmp_path: Path, umask: Callable[[int], int]
) -> None:
    umask(0o000)
    Lake(tmp_path / "new").create()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


@pytest.mark.parametrize("is_lasting", [True, False])
def test_a_file_that_is_written_anew_keeps_its_mode(
    tmp_path: Path, umask: Callable[[int], int], *, is_lasting: bool
) -> None:
    """A user who opens a published table to everybody need not do it again each month."""
    umask(0o077)
    for name, mode in (("open.html", 0o644), ("closed.html", 0o400)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    for name in ("open.html", "closed.html", "new.html"):
        replace_file(tmp_path / name, "x", is_lasting=is_lasting)
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()} == {
        "open.html": "0o644",
        "closed.html": "0o400",
        "new.html": "0o600",
    }
