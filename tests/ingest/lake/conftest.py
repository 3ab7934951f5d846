"""Lakes that are made once, and then copied and broken."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from ingest import maintain
from tests.ingest.lake.sound import Given
from tests.ingest.lakes import BAD, lines, load, loads
from tests.ingest.worked import NOW


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """A sound lake, to be copied."""
    folder = tmp_path_factory.mktemp("sound")
    path, other_path = folder / "access.log", folder / "other.log"
    path.write_bytes(lines(0, 1) + BAD)
    load(folder / "lake", path)
    path.write_bytes(lines(0, 1) + BAD + lines(2))
    load(folder / "lake", path)
    other_path.write_bytes(lines(10) + BAD)
    load(folder / "lake", other_path)
    first, grown, other = (row["load_id"] for row in loads(folder / "lake"))
    return Given(folder / "lake", first, grown, other, str(path))


@pytest.fixture
def given(sound: Given, tmp_path: Path) -> Given:
    """A sound lake of one's own, to be broken."""
    return dataclasses.replace(sound, lake=shutil.copytree(sound.lake, tmp_path / "lake"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of three logs: two that were loaded together, one by itself. Its files were written in every way there is."""
    folder = tmp_path_factory.mktemp("made")
    for name, content in (("a", lines(0, 700) + BAD), ("b", lines(1) + BAD + BAD), ("c", lines(2) + BAD)):
        (folder / f"{name}.log").write_bytes(content)
    load(folder / "lake", folder / "a.log", folder / "b.log")
    load(folder / "lake", folder / "c.log")
    return folder


@pytest.fixture(scope="session")
def compacted(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same lake, compacted."""
    folder = tmp_path_factory.mktemp("compacted")
    shutil.copytree(made / "lake", folder / "lake")
    maintain(folder / "lake", now=NOW)
    return folder / "lake"
