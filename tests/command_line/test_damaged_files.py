"""If something in a lake is damaged, every command that meets it names the file and says what to do."""

from __future__ import annotations

import contextlib
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import koppelzicht
from ingest.lake.data_file import TABLES
from tests.command_line.given import BAD_STATUS, FAILED_GET, INSERT
from tests.ingest.scale import IS_THOROUGH

if TYPE_CHECKING:
    from tests.command_line.given import Run

COMMANDS = (
    "status",
    "streams",
    "verify",
    "maintain",
    "repair",
    "backup copy",
    "rejects",
    "metric calls_per_day",
    "metric customers_per_partner --json",
    "metric completeness",
    "certification",
    "check 12345_678900",
    "impact --connector KnSubject",
    "practices",
    "customers",
    "branches --integration 12345_678900",
    "registry missing",
    "registry versions",
    "registry load partners.csv --add",
    "report month 2026-03",
    "report partner 12345 --month 2026-03",
    "ingest more.log",
    "unload calls.log",
    "sql 'select min(columns(*)) from calls'",
    "sql 'select min(columns(*)) from rejects' --json",
    "sql 'select min(columns(*)) from loads' --format csv",
    "sql 'select min(columns(*)) from partners' --format parquet",
)
DAMAGES = ("missing", "cut off", "its pages", "its end")
NEXT_STEPS = ("'koppelzicht repair", "'koppelzicht restore'", "'koppelzicht registry load'")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake of enough calls and rejects that each data file has pages, and what the commands load."""
    folder = tmp_path_factory.mktemp("good")
    times = [f"2026-03-{day:02}T08:{minute:02}" for day in range(1, 29) for minute in range(20)]
    calls = [INSERT.replace("2026-03-29T00:30", time) for time in times]
    (folder / "calls.log").write_text("\n".join([*calls, FAILED_GET, *[BAD_STATUS] * 40, ""]), encoding="utf-8")
    (folder / "more.log").write_text(INSERT.replace("00:30", "01:31") + "\n", encoding="utf-8")
    (folder / "partners.csv").write_text("partner,name\n12345,Alfa\n", encoding="utf-8")
    with contextlib.chdir(folder):
        assert koppelzicht.run(["ingest", "calls.log"]) == 0
        assert koppelzicht.run(["registry", "load", "partners.csv"]) == 0
    return folder


def damaged(lake: Path, table: str, how: str) -> Path:
    """The first data file of a table, damaged."""
    (path,) = (lake / "registry" / "000001").glob("*.parquet") if table == "registry" else _files(lake, table)
    content = path.read_bytes()
    half = len(content) // 2
    match how:
        case "missing":
            path.unlink()
        case "cut off":
            path.write_bytes(content[:-1])
        case "its pages":
            path.write_bytes(content[:4] + bytes(half // 2) + content[4 + half // 2 :])
        case _:
            path.write_bytes(content[:half] + bytes(len(content) - half - 8) + content[-8:])
    return path


def _files(lake: Path, table: str) -> list[Path]:
    return [path for path in (lake / table).glob("*.parquet") if path.is_file()]


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("table", [*TABLES, "registry"])
def test_each_command_names_a_damaged_file_and_what_to_do_or_answers_as_if_it_were_whole(
    good: Path, tmp_path: Path, run: Run, table: str, how: str
) -> None:
    # Each command meets two of the tables and one damage of each; all of them where there is time.
    first = DAMAGES.index(how) + len(DAMAGES) * ([*TABLES, "registry"].index(table) % 2)
    for command in COMMANDS if IS_THOROUGH else COMMANDS[first :: 2 * len(DAMAGES)]:
        here = shutil.copytree(good, tmp_path / "good")
        with contextlib.chdir(here):
            path = damaged(Path("lake"), table, how)
            code, out, err = run(*shlex.split(command))
        shutil.rmtree(here)
        is_named = str(path) in out + err and any(step in out + err for step in NEXT_STEPS)
        if not is_named:
            shutil.copytree(good, here)
            with contextlib.chdir(here):
                assert (code, out) == run(*shlex.split(command))[:2] == (0, out), (command, err)
            shutil.rmtree(here)
        assert "something went wrong" not in err, (command, err)
        assert "Traceback" not in err, (command, err)
