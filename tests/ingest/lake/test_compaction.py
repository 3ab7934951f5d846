"""A follower compacts as it goes: few files after any number of decisions, each row written a few times, nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import Lake, LakeError
from ingest.lake.compaction import FileSizes, compact_as_it_goes, compact_level
from ingest.lake.data_file import data_files
from tests.ingest.lake.maintained import DAY, file_counts, loaded_lake, maintain, sorted_calls
from tests.ingest.lakes import BAD, broken, calls, line, lines, load, loads, numbers, rejects
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.other_process import Step

FEW = FileSizes(level_files=3)
URL = "https://{}.rest.afas.online/ProfitRestServices/connectors/KnSubject"


def test_files_of_one_level_become_one_and_the_lake_holds_the_same(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(line(number) + BAD for number in range(3)))
    before = sorted_calls(lake), rejects(lake), loads(lake)
    assert file_counts(lake) == (3, 3, 3)
    compact_as_it_goes(Lake(lake), FEW)
    assert file_counts(lake) == (1, 1, 1)
    assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}


def test_files_grow_in_number_with_the_logarithm_of_the_decisions(tmp_path: Path) -> None:
    lake, store, most = tmp_path / "lake", Lake(tmp_path / "lake"), 0
    written = []
    for number in range(27):
        path = tmp_path / f"{number}.log"
        path.write_bytes(line(number))
        load(lake, path)
        compact_as_it_goes(store, FEW)
        most = max(most, *file_counts(lake))
        written += [file.path.name for file in data_files(store.open("calls"), lake / "calls")]
    # A level of 1 to 7 rows and one of 8 to 63, in each of which two files may wait for a third.
    assert most <= 4
    assert numbers(lake) == list(range(27))
    assert len(loads(lake)) == 27
    assert broken(lake) == {}
    # All files that there ever were: no row was written again with every decision.
    assert len(set(written)) <= 27 + 27 // 3 + 27 // 9 + 1


def test_what_is_loaded_after_a_compaction_is_known_and_what_grew_is_read_on(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(line(number) for number in range(3)))
    compact_as_it_goes(Lake(lake), FEW)
    for number in range(3):
        (tmp_path / f"{number}.log").write_bytes(line(number) + line(number + 10))
    report = load(lake, tmp_path / "0.log", tmp_path / "1.log", tmp_path / "2.log")
    assert [source.calls for source in report.sources] == [1, 1, 1]
    assert numbers(lake) == [0, 1, 2, 10, 11, 12]


def test_files_that_are_large_for_a_follower_are_left_to_maintain(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(lines(range(number, number + 10)) for number in (0, 10, 20)))
    assert not compact_level(Lake(lake), "calls", FileSizes(level_files=3, file_rows=27))
    assert compact_level(Lake(lake), "calls", FileSizes(level_files=3, file_rows=30))


def test_calls_of_one_caller_stand_together_in_the_order_of_time(tmp_path: Path) -> None:
    ids = ["4321_2", None, "4321_10", "4321_2", "7654_1", None]
    contents = [
        b"".join(
            line(
                DAY * day + 10 * number + load_number,
                headers={"IntegrationId": integration_id or ""},
                url=URL.format(number % 3 + 1234),
            )
            for day in (0, 1)
            for number, integration_id in enumerate(ids)
        )
        for load_number in (2, 0, 1)
    ]
    lake = loaded_lake(tmp_path, *contents)
    before = sorted_calls(lake)
    maintain(lake, now=NOW, sizes=FileSizes())
    assert sorted_calls(lake) == before
    order = [
        (
            str(call["day"]),
            call["integration"] or "",
            call["customer"] or "",
            call["connector"] or "",
            call["called_at"],
        )
        for call in calls(lake)
    ]
    assert order == sorted(order)
    assert len({caller for _, caller, *_ in order}) == 4


def test_a_damaged_file_is_not_hidden_in_a_new_one(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(line(number) for number in range(3)))
    damaged = Lake(lake).snapshot().calls[1].path
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(LakeError, match=damaged.name):
        compact_as_it_goes(Lake(lake), FEW)
    assert damaged.name in str(broken(lake))


def _compact(lake: Path) -> None:
    compact_as_it_goes(Lake(lake), FEW)


@pytest.mark.parametrize(
    "step",
    [
        "calls rewritten",
        "calls replaced",
        "rejects rewritten",
        "rejects replaced",
        "ledger rewritten",
        "ledger replaced",
    ],
)
def test_who_is_killed_while_compacting_loses_nothing(tmp_path: Path, step: Step) -> None:
    lake = loaded_lake(tmp_path, *(line(number) + BAD for number in range(3)))
    before = sorted_calls(lake), rejects(lake), loads(lake)
    with other_process(_compact, lake, step=step) as other:
        assert other.reaches_its_step()
        other.kill()
    assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
    compact_as_it_goes(Lake(lake), FEW)
    assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
    assert file_counts(lake) == (1, 1, 1)
    assert broken(lake) == {}


def test_who_loads_while_another_compacts_loses_nothing(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, *(line(number) for number in range(3)))
    with other_process(_compact, lake, step="ledger rewritten") as other:
        assert other.reaches_its_step()
        (tmp_path / "3.log").write_bytes(line(3))
        load(lake, tmp_path / "3.log")
        other.go_on()
        other.answer()
    assert numbers(lake) == [0, 1, 2, 3]
    assert len(loads(lake)) == 4
    assert broken(lake) == {}
