"""The registry keeps versions and the days on which they hold, also if several processes load at the same time."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from analytics.errors import AnalyticsError
from analytics.registry import (
    RegistryError,
    load_registry,
    registry_files,
)
from tests.analytics.given import given_lake
from tests.analytics.written_registry import NOW, rows, written

if TYPE_CHECKING:
    from pathlib import Path


class TestAdding:
    def test_rows_with_another_key_stay(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        partners = written(tmp_path / "p.csv", "partner,name,contact\n1234,Acme,A. Smith\n2345,Bee,\n")
        load_registry(lake, [partners], now=NOW)
        more = written(tmp_path / "more.csv", "partner,name\n3456,Cee\n1234,Acme Two\n")

        report = load_registry(lake, [more], now=NOW, adds=True)

        assert (report.partners, report.replaced) == (3, ("partners",))
        assert [(row["partner"], row["name"], row["contact"]) for row in rows(registry_files(lake).partners)] == [
            (2345, "Bee", None),
            (3456, "Cee", None),
            (1234, "Acme Two", None),
        ]
        load_registry(lake, [more], now=NOW, adds=True)
        assert len(registry_files(lake).versions) == 2  # it said nothing new

    def test_new_rows_have_to_go_with_those_that_stay(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        file = written(tmp_path / "i.csv", "integration,replaces\n1234_2,1234_1\n")
        load_registry(lake, [file], now=NOW)
        more = written(tmp_path / "more.csv", "integration,replaces\n1234_3,1234_1\n1234_1,1234_2\n")
        with pytest.raises(RegistryError) as caught:
            load_registry(lake, [more], now=NOW, adds=True)
        assert [(issue.file, issue.line, issue.expected) for issue in caught.value.issues] == [
            ("the registry", 1, "an id that does not lead back to this one (1234_2 replaces 1234_1 replaces 1234_2)"),
            (str(more), 2, "each old id to be replaced only once; 1234_2 replaces it too"),
            (str(more), 3, "an id that does not lead back to this one (1234_1 replaces 1234_2 replaces 1234_1)"),
        ]
        assert len(registry_files(lake).versions) == 1


class TestDays:
    """Versions hold from a day on; each test says which names a day has."""

    def names(self, lake: Path, day: str) -> list[object]:
        return [row["name"] for row in rows(registry_files(lake).on(dt.date.fromisoformat(day)).partners)]

    def load(self, lake: Path, name: str, as_of: str | None) -> None:
        file = written(lake.parent / "p.csv", f"partner,name\n1234,{name}\n")
        load_registry(lake, [file], now=NOW, as_of=None if as_of is None else dt.date.fromisoformat(as_of))

    def test_a_version_holds_until_the_next_one_and_the_first_before_it_too(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Today", None)
        self.load(lake, "March", "2026-03-01")
        self.load(lake, "June", "2026-06-01")
        held = {day: self.names(lake, day) for day in ("2026-01-01", "2026-05-31", "2026-06-01", "2026-11-01")}
        assert held == {
            "2026-01-01": ["March"],
            "2026-05-31": ["March"],
            "2026-06-01": ["June"],
            "2026-11-01": ["June"],
        }
        assert self.names(lake, "2026-11-02") == ["Today"]
        assert [row["name"] for row in rows(registry_files(lake).partners)] == ["Today"]

    def test_of_two_loads_for_one_day_the_later_one_counts(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acmee", "2026-03-01")
        self.load(lake, "Acme", "2026-03-01")
        assert self.names(lake, "2026-03-01") == self.names(lake, "2026-01-01") == ["Acme"]

    def test_relations_have_days_of_their_own(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acme", "2026-06-01")
        customers = written(tmp_path / "c.csv", "customer,name\n1000001,School\n")
        load_registry(lake, [customers], now=NOW, as_of=dt.date(2026, 3, 1))
        files = registry_files(lake).on(dt.date(2026, 4, 1))
        assert [row["name"] for row in rows(files.customers)] == ["School"]
        assert [row["name"] for row in rows(files.partners)] == ["Acme"]

    def test_a_day_that_has_not_come_is_refused(self, tmp_path: Path) -> None:
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        with pytest.raises(RegistryError, match=r"got '2026-11-03', expected today, 2026-11-02, or an earlier day"):
            load_registry(tmp_path / "lake", [file], now=NOW, as_of=dt.date(2026, 11, 3))

    def test_a_day_begins_where_the_lake_is(self, tmp_path: Path) -> None:
        lake = given_lake(tmp_path / "lake")
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        late = dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.UTC)
        assert load_registry(lake, [file], now=late).valid_from == dt.date(2026, 11, 3)

    @pytest.mark.parametrize(
        "about", ["[]", '{"loaded_at": "2026-05-01T10:00:00+00:00", "files": {"partners": ["p.csv"]}}']
    )
    def test_a_damaged_version_is_named(self, tmp_path: Path, about: str) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acme", None)
        (lake / "registry" / "000001" / "version.json").write_text(about, encoding="utf-8")
        with pytest.raises(AnalyticsError, match="000001: this version of the registry is damaged"):
            registry_files(lake)


def load_many(lake: Path, files: list[Path]) -> None:
    for file in files:
        load_registry(lake, [file], now=NOW)


def test_loaders_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    plans = [
        [written(tmp_path / f"p{n}.csv", f"partner\n{n}\n") for n in range(1000, 1010)],
        [written(tmp_path / f"i{n}.csv", f"integration\n{n}_1\n") for n in range(1000, 1010)],
        [written(tmp_path / f"c{n}.csv", f"customer\n{n}\n") for n in range(1000, 1010)],
    ]
    context = multiprocessing.get_context("spawn")
    loaders = [context.Process(target=load_many, args=(lake, plan)) for plan in plans]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()

    files = registry_files(lake)
    assert [loader.exitcode for loader in loaders] == [0, 0, 0]
    assert [row["partner"] for row in rows(files.partners)] == [1009]
    assert [row["integration"] for row in rows(files.integrations)] == ["1009_1"]
    assert [row["customer"] for row in rows(files.customers)] == ["1009"]
    assert [path for path in (lake / "registry").iterdir() if path.name.startswith("staged-")] == []


LOADS_FOR_EVER = """
import datetime as dt, itertools, pathlib, sys
from analytics.registry import load_registry
lake, *files = map(pathlib.Path, sys.argv[1:])
for turn in itertools.cycle([files[:2], files[2:]]):
    load_registry(lake, turn, now=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    print("loaded", flush=True)
"""


def test_a_reader_and_a_kill_see_a_whole_version(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    files = [
        written(tmp_path / f"{relation}{n}.csv", f"{relation}\n{n}\n")
        for n in (1111, 2222)
        for relation in ("partner", "customer")
    ]

    def version() -> tuple[object, object]:
        now = registry_files(lake)
        return rows(now.partners)[0]["partner"], rows(now.customers)[0]["customer"]

    for _ in range(3):
        loader = subprocess.Popen(
            [sys.executable, "-c", LOADS_FOR_EVER, str(lake), *map(str, files)], stdout=subprocess.PIPE, text=True
        )
        assert loader.stdout is not None
        assert loader.stdout.readline() == "loaded\n"
        seen = {version() for _ in range(20)}
        loader.kill()
        loader.communicate()
        assert seen | {version()} <= {(1111, "1111"), (2222, "2222")}
