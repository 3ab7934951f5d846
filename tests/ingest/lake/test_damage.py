"""Damage to any file of a lake is found and named, and nothing is built upon it."""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable

from analytics.errors import AnalyticsError
from analytics.registry import load_registry
from analytics.warehouse.warehouse import Warehouse
from ingest import IngestError, Lake, StreamEnd, declare_stream_end, maintain, repair, verify
from ingest.lake.data_file import TABLES, damage
from ingest.lake.settings import FORMAT_VERSION
from tests.ingest.lake.damaged import files_of, flip, message_of
from tests.ingest.lakes import BAD, broken, lines, load, numbers, sealed_anew
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from ingest.lake.data_file import TableName


LOG_FILES = ("_delta_log/*.json", "_delta_log/*.checkpoint.parquet", "_delta_log/_last_checkpoint")
"""The parts of a table's log."""


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "lake", tmp_path / "lake")


@pytest.mark.parametrize("is_compacted", [False, True])
def test_no_flipped_bit_of_any_data_file_goes_unnoticed(
    made: Path, compacted: Path, tmp_path: Path, *, is_compacted: bool
) -> None:
    chance = random.Random(20261130)
    lake = shutil.copytree(compacted if is_compacted else made / "lake", tmp_path / "lake")
    files = files_of(lake)
    assert {path.parent.name for path in files} == set(TABLES)
    for path in files:
        before = path.read_bytes()
        for _ in range(scaled(20, 200)):
            flip(path, chance.randrange(8 * len(before)))
            assert damage(path) is not None
            path.write_bytes(before)
        for _ in range(scaled(1, 20)):
            flip(path, chance.randrange(8 * len(before)))
            if path.parent.name == "loads":
                assert str(path) in message_of(lambda: verify(lake))
            else:
                assert str(path) in broken(lake)["data_files_are_whole"]
            path.write_bytes(before)
    assert broken(lake) == {}


def _said_of_damage(lake: Path) -> str:
    """The checks of `verify` that fail, or the reason why it cannot run."""
    try:
        return str(broken(lake))
    except IngestError as error:
        return str(error)


def _files_by_kind(lake: Path) -> dict[str, list[Path]]:
    """Every file of a lake but those of followers, which say something for a minute; those of a kind have the same shape."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(lake.rglob("*")):
        place = path.relative_to(lake).as_posix()
        if path.is_file() and not place.startswith("followers/"):
            kinds.setdefault(re.sub(r"\d{20}|[0-9a-f]{16,}(-[0-9a-f]+)*|\d{6,}", "*", place), []).append(path)
    return kinds


def test_no_flipped_bit_of_any_file_of_a_lake_goes_unnoticed(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "a.log"
    for number in range(3):
        log.write_bytes(lines(range(10 * number, 10 * number + 3)) + BAD)
        load(lake, log)
    for name in TABLES:  # one checkpoint that is the last, and one that was
        Lake(lake).checkpoint(name, commits=1)
    log.write_bytes(lines(range(100, 103)))
    load(lake, log)
    for name in TABLES:
        Lake(lake).checkpoint(name, commits=1)
    names = tmp_path / "partners.csv"
    names.write_text("partner,name\n4321,Acme\n", encoding="utf-8")
    load_registry(lake, [names], now=NOW)
    declare_stream_end(lake, StreamEnd(stream="a.log", ended_on=NOW.date()))
    assert broken(lake) == {}
    kinds = _files_by_kind(lake)
    assert {*kinds} == {
        "lake.json",
        "registry/*/partners.parquet",
        "registry/*/version.json",
        "stream_ends/*.json",
        *(f"{name}/{part}" for name in TABLES for part in ("*.parquet", *LOG_FILES)),
    }
    chance = random.Random(20261130)
    few = [kind for kind in kinds if kind.startswith("calls/_delta_log/") or not kind.startswith(TABLES)]
    for kind in scaled(few, [*kinds]):
        paths = kinds[kind]
        for _ in range(scaled(1, 20)):
            path = chance.choice(paths)
            before = path.read_bytes()
            bit = chance.randrange(8 * len(before))
            flip(path, bit)
            assert _said_of_damage(lake) != "{}", (path, bit)
            path.write_bytes(before)
    assert broken(lake) == {}


def test_a_name_of_a_column_that_is_no_text_any_more_is_damage(lake: Path) -> None:
    path = files_of(lake, "calls")[0]
    content = path.read_bytes()
    path.write_bytes(content.replace(b"called_at", b"cal\xe9ed_at"))
    assert path.read_bytes() != content
    assert str(path) in broken(lake)["data_files_are_whole"]


@pytest.mark.parametrize("keep_calls", [None, 10])
def test_what_is_damaged_is_not_rewritten(lake: Path, keep_calls: int | None) -> None:
    path = files_of(lake, "calls")[0]
    flip(path, 8 * (path.stat().st_size // 2))
    before = files_of(lake)
    said = message_of(lambda: maintain(lake, now=NOW, keep_calls=keep_calls))
    assert said.startswith(f"{path}: has changed since it was written")
    assert "'koppelzicht repair'" in said
    assert files_of(lake) == before


def test_a_file_that_another_engine_has_written_has_no_hash_and_is_no_damage(lake: Path) -> None:
    DeltaTable((lake / "calls").as_uri()).optimize.compact()
    assert numbers(lake) == [0, 1, 2, 700]
    assert broken(lake) == {}


@pytest.mark.parametrize("table", ["calls", "rejects"])
@pytest.mark.parametrize("what", ["missing", "cut off"])
def test_readers_refuse_a_lake_without_some_of_its_rows(lake: Path, table: TableName, what: str) -> None:
    path = files_of(lake, table)[0]
    if what == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    said = message_of(lambda: Lake(lake).snapshot())
    assert said.startswith(f"{path}: ")
    assert "'koppelzicht repair' says what can be brought back" in said


@pytest.mark.parametrize("part", ["the pages", "the end"])
def test_who_asks_is_told_which_file_cannot_be_read(lake: Path, part: str) -> None:
    path = files_of(lake, "calls")[0]
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(
        content[:4] + bytes(half // 4) + content[4 + half // 4 :]
        if part == "the pages"
        else content[:half] + bytes(len(content) - half - 8) + content[-8:]
    )

    def ask() -> None:
        with Warehouse.open(lake) as warehouse:
            warehouse.query("select max(columns(*)) from calls")

    with pytest.raises(AnalyticsError) as raised:
        ask()
    assert str(raised.value).startswith(f"{path}: has changed since it was written")
    assert "'koppelzicht repair'" in str(raised.value)


def test_a_table_that_is_ahead_of_the_ledger_is_not_built_upon(lake: Path, made: Path) -> None:
    older = made / "older"
    load(older, made / "a.log", made / "b.log")
    settings = (lake / "lake.json").read_bytes()
    shutil.rmtree(lake / "loads")
    shutil.copytree(older / "loads", lake / "loads")
    text = (lake / "loads" / "_delta_log" / f"{1:020}.json").read_text(encoding="utf-8")
    (lake / "loads" / "_delta_log" / f"{1:020}.json").write_text(
        sealed_anew(text.replace(Lake(older).id, Lake(lake).id)), encoding="utf-8"
    )
    said = f"{lake / 'calls'}: has followed decision 2, but the ledger ends with 1"
    assert said in message_of(lambda: Lake(lake).snapshot())
    assert "'koppelzicht restore'" in message_of(lambda: load(lake, made / "c.log"))
    assert (lake / "lake.json").read_bytes() == settings


def test_another_lake_that_was_copied_over_it_is_noticed(lake: Path, made: Path, tmp_path: Path) -> None:
    load(tmp_path / "other", made / "c.log")
    before = Lake(lake)
    assert before.ledger()[1].version == 2
    shutil.copytree(tmp_path / "other", lake, dirs_exist_ok=True)
    assert "another lake has taken its place meanwhile" in message_of(before.ledger)
    for work in (lambda: Lake(lake).snapshot(), lambda: load(lake, made / "a.log"), lambda: verify(lake)):
        assert "belong to another lake" in message_of(work)


def test_settings_of_another_lake_are_noticed(lake: Path, made: Path, tmp_path: Path) -> None:
    load(tmp_path / "other", made / "c.log")
    shutil.copy(tmp_path / "other" / "lake.json", lake)
    assert "belong to another lake" in message_of(lambda: Lake(lake).snapshot())
    (lake / "lake.json").write_text(json.dumps({"format": FORMAT_VERSION, "time_zone": "UTC"}), encoding="utf-8")
    assert f"{lake / 'lake.json'}: does not say which lake it is" in message_of(lambda: Lake(lake).snapshot())


def test_each_file_of_a_tables_log_is_named_when_it_is_damaged(compacted: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(compacted, tmp_path / "lake")
    logs = [path for name in TABLES for path in sorted((lake / name / "_delta_log").glob("*.json"))]
    for path in logs:
        before = path.read_bytes()
        for damaged in (b"", before[: len(before) // 2], None):
            if damaged is None and path == max(path.parent.glob("*.json")):
                continue  # as if it had never been written: it is done again, or calls are ahead of the ledger
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            said = ""
            with contextlib.suppress(IngestError):
                said = " ".join(broken(lake).values())
            said = said or message_of(lambda: verify(lake))
            assert path.name in said, (path, damaged)
            path.write_bytes(before)
    assert broken(lake) == {}


@pytest.mark.parametrize("table", ["calls", "rejects"])
def test_the_last_commit_of_a_table_that_follows_the_ledger_is_made_again(
    lake: Path, made: Path, table: TableName
) -> None:
    path = max((lake / table / "_delta_log").glob("*.json"))
    path.write_bytes(b"")
    said = message_of(lambda: load(lake, made / "a.log"))
    assert said.startswith(f"{path}: is empty; 'koppelzicht repair'")
    assert repair(lake, now=NOW, is_wanted=True).is_sound
    assert (numbers(lake), broken(lake)) == ([0, 1, 2, 700], {})
