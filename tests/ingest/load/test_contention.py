"""A process that always loses the race gives up after a while and says so. Nothing is half done then, and the next run works."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, LakeError, ReadOptions, maintain, repair, retry_rejects, unload
from ingest.lake.data_file import data_files
from ingest.lake.ledger_row import own_decision
from ingest.limits import Limits
from tests.ingest.lakes import BAD, broken, lines, load, numbers
from tests.ingest.other_process import is_told, other_process, tell_parent
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "1234.rest.afas.online"
WITHOUT_HOST = lines(9).replace(f"https://{HOST}".encode(), b"")


IMPATIENT = Limits(quick_attempts=2, slow_attempts=2)


def _always_first(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object], about: str = "") -> list[int]:
    """Call this function each time before a decision about such a source. Returns a list that grows with each call."""
    times: list[int] = []
    decide = Lake.decide
    is_own = False

    def late(lake: Lake, *arguments: Any) -> bool:
        nonlocal is_own
        if not is_own and any(row.source.endswith(about) for row in arguments[2]):
            is_own = True
            times.append(1)
            do()
            is_own = False
        return decide(lake, *arguments)

    monkeypatch.setattr(Lake, "decide", late)
    return times


def _decide_nothing(lake: Path) -> None:
    store = Lake(lake)
    table, ledger = store.ledger()
    assert store.decide(table, ledger, [own_decision("unload", now=NOW, about="nothing", unloaded=[])])


def _tear(lake: Path) -> None:
    store = Lake(lake)
    data_files(store.open("calls"), lake / "calls")[0].path.unlink()


COMMANDS: dict[str, Callable[[Path, Path], object]] = {
    "taking back": lambda lake, log: unload(lake, str(log), now=NOW, limits=IMPATIENT),
    "removing what is too old": lambda lake, _: maintain(
        lake, now=NOW, keep_calls=1, as_of=NOW.date() + dt.timedelta(days=30), limits=IMPATIENT
    ),
    "rejected lines": lambda lake, log: retry_rejects(
        lake, [str(log)], ReadOptions(host=HOST), now=NOW, limits=IMPATIENT
    ),
    "taking back the loads that have lost lines": lambda lake, _: repair(
        lake, now=NOW, is_wanted=True, limits=IMPATIENT
    ),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_who_is_never_the_fastest_gives_up_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    log.write_bytes(lines(0, 1) + BAD + WITHOUT_HOST)
    load(lake, log)
    if "lost" in what:
        _tear(lake)
    before = len(Lake(lake).ledger()[1].rows)

    with monkeypatch.context() as patch:
        times = _always_first(patch, lambda: _decide_nothing(lake))
        with pytest.raises(
            LakeError,
            match=rf"lake: too busy: other processes were faster 2 times in .* seconds.*{what}.*run the command again",
        ):
            COMMANDS[what](lake, log)

    assert 2 <= len(times) <= 4
    assert {row.source for row in Lake(lake).ledger()[1].rows[before:]} == {"nothing"}
    if "lost" not in what:
        assert numbers(lake) == [0, 1]
        assert broken(lake) == {}
    COMMANDS[what](lake, log)
    assert broken(lake) == {}


def test_a_source_that_others_keep_loading_and_taking_back_is_left_to_them_and_the_others_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    (logs / "a.log").write_bytes(lines(0, 1))
    (logs / "b.log").write_bytes(lines(7))
    Lake(lake).create()

    def load_and_take_back() -> None:
        load(lake, logs / "a.log")
        unload(lake, str(logs / "a.log"), now=NOW)

    with monkeypatch.context() as patch:
        times = _always_first(patch, load_and_take_back, about="a.log")
        first, second = load(lake, logs, limits=IMPATIENT).sources
    assert len(times) <= 6
    assert (first.status, second.status) == ("failed", "loaded")
    assert first.error is not None
    assert "a.log: too busy: other processes were faster 2 times" in first.error
    assert numbers(lake) == [7]
    assert [one.status for one in load(lake, logs).sources] == ["loaded", "unchanged"]
    assert numbers(lake) == [0, 1, 7]
    assert broken(lake) == {}


def _hammer(lake: Path) -> int:
    """Decide as quickly as possible until the parent says that it is enough."""
    times = 0
    while not is_told():
        with contextlib.suppress(AssertionError):  # the parent was faster
            _decide_nothing(lake)
            times += 1
            if times == 1:
                tell_parent("at work")
    return times


def _taken_back(lake: Path, log: Path) -> str | None:
    """What was said when that was given up."""
    try:
        unload(lake, str(log), now=NOW)
    except LakeError as error:
        return str(error)
    return None


def test_against_a_process_that_never_stops_deciding_everything_ends(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", tmp_path / "access.log"
    log.write_bytes(lines(0, 1) + BAD)
    load(lake, log)
    with other_process(_hammer, lake) as competitor:
        competitor.hear("at work")
        said = _taken_back(lake, log)
        competitor.go_on()
        assert competitor.answer() > 1
    assert said is None or "too busy" in said
    load(lake, log)
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}
