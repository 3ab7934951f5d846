"""An installation has every file, and its requirements are pinned."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
FLOORS = ("ingest", "analytics", "dashboard", "command_line")
OFFLINE = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
DEMO = ("sample_logs/demo", "sample_logs/registry")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built offline from a copy, so that it leaves no files and takes no stale ones."""
    folder = tmp_path_factory.mktemp("wheel")
    kept = [*FLOORS, "sample_logs", "tests", "bench"]
    for name in kept:
        shutil.copytree(ROOT / name, folder / "tree" / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
    for file in [*ROOT.glob("*.py"), ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "LICENSE"]:
        shutil.copy(file, folder / "tree")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *OFFLINE, "--wheel-dir", folder, folder / "tree"],
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `pip install` would put into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_every_file_of_the_floors_and_the_demo(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    needed = {
        path.relative_to(ROOT).as_posix()
        for name in (*FLOORS, *DEMO)
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert needed - packed == set()
    assert {"koppelzicht.py", "sample_logs/__init__.py"} <= packed


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        *FLOORS,
        "sample_logs",
        "koppelzicht.py",
    }


def test_the_demo_loads_from_what_is_installed(installed: Path, tmp_path: Path) -> None:
    program = (
        "import koppelzicht, sample_logs\n"
        "print(koppelzicht.__file__)\n"
        "assert koppelzicht.run(['ingest', *map(str, sample_logs.demo_files()), '--json']) == 0\n"
    )
    environment = os.environ | {"PYTHONPATH": str(installed), "KOPPELZICHT_LAKE": str(tmp_path / "lake")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    place, _, report = done.stdout.partition("\n")
    assert Path(place).parent == installed
    assert json.loads(report)["totals"]["calls"] > 1000


def test_the_command_is_called_koppelzicht(installed: Path) -> None:
    (entry_points,) = installed.glob("*.dist-info/entry_points.txt")
    assert entry_points.read_text(encoding="utf-8").split() == [
        "[console_scripts]",
        "koppelzicht",
        "=",
        "koppelzicht:main",
    ]


def test_what_is_imported_is_declared() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {Requirement(text).name.replace("-", "_") for text in project["project"]["dependencies"]}
    imported_as = {"markdown_it_py": "markdown_it"}
    declared = {imported_as.get(name, name) for name in declared}
    shipped = [*ROOT.glob("*.py"), *(file for name in (*FLOORS, "sample_logs") for file in (ROOT / name).rglob("*.py"))]
    imported = {name.split(".")[0] for file in shipped for name in imports(file)}
    ours = {*FLOORS, "sample_logs", "koppelzicht"}
    with_pydantic = {"pydantic_core"}
    assert imported - declared - with_pydantic - ours - sys.stdlib_module_names == set()


def imports(file: Path) -> set[str]:
    """The modules that a file imports anywhere."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(str(module), _, 0):
                found.add(module)
    return found


def test_the_lock_names_no_address_and_hashes_everything() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_satisfies_the_project() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    wanted += project["build-system"]["requires"]
    locked: dict[str, list[Version]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([a-z0-9-]+)==([^ ;\\]+)", line):
            locked.setdefault(found[1], []).append(Version(found[2]))
    for requirement in map(Requirement, wanted):
        versions = locked[canonicalize_name(requirement.name)]
        assert all(version in requirement.specifier for version in versions), requirement
