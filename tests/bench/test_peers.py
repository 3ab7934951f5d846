"""Ours and its peers answer the same before their times are compared, and a peer that is not installed is named and left out."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import tempfile
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.metrics import metric, metric_names
from bench.lake.writing import Platform, write_lake
from bench.peers.comparing import MISSING, as_json, as_text, compare, fill
from bench.peers.engines import HERE, PEERS, Ours, Peer, PeerName, installed, peer
from bench.peers.questions import QUESTIONS, Question, difference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLATFORM = Platform(calls=3000, days=5, customers=100, integrations=10, until=dt.date(2026, 11, 3))
"""Its days are of two months."""
FIRST_DAY = dt.date(2026, 10, 29)
PERIODS = [(FIRST_DAY, PLATFORM.until), (dt.date(2026, 10, 31), dt.date(2026, 11, 2))]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "lake"
    write_lake(path, PLATFORM, tell=lambda _: None)
    return path


@pytest.fixture(scope="module", params=PEERS)
def engine(request: pytest.FixtureRequest, lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    name: PeerName = request.param
    if name not in installed():
        pytest.skip(f"{name} is not installed: it is no requirement")
    place = tmp_path_factory.mktemp(name)
    (place / "table").mkdir()
    fill(name, lake, place, (FIRST_DAY, PLATFORM.until))
    with contextlib.closing(peer(name, place / "table")) as opened:
        yield opened


@pytest.fixture(scope="module")
def ours(lake: Path) -> Iterator[Ours]:
    with contextlib.closing(Ours(lake)) as opened:
        yield opened


@pytest.mark.parametrize("period", PERIODS, ids=["all days", "two days"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.metric)
def test_a_peer_answers_the_same(ours: Ours, engine: Peer, question: Question, period: tuple[dt.date, dt.date]) -> None:
    since, until = PERIODS[0] if question.last else period  # ours looks beyond its period
    answer = ours.answer(question.metric, since, until)
    assert answer.height > 0
    assert difference(question, answer, engine.answer(question.metric, since, until)) is None


def test_each_peer_has_a_statement_for_each_question() -> None:
    names = {question.metric for question in QUESTIONS}
    assert names <= set(metric_names())
    for name in PEERS:
        assert {path.stem for path in (HERE / name).glob("*.sql")} - {"table"} == names


def test_what_is_compared_has_the_key_of_the_metric() -> None:
    """Of a day's places too: who is at a place follows from the day and who it is."""
    keys = {question.metric: set(question.key) for question in QUESTIONS}
    assert {name: key for name, key in keys.items() if not set(metric(name).key) <= key} == {
        "heaviest_users": {"day", "integration", "customer"}
    }


ERRORS = Question(metric="errors", key=("connector",), counts=("calls",), near=("p50_ms",))


def rows(*connectors: tuple[str, int, float]) -> pl.DataFrame:
    return pl.DataFrame(connectors, schema=["connector", "calls", "p50_ms"], orient="row")


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (rows(("a", 3, 100.9), ("b", 1, 5.0)), None),
        (rows(("b", 1, 5.0), ("A", 3, 99.1), ("nothing", 0, 0.0)), None),
        (rows(("a", 3, 100.0), ("b", 1, 5.0)).drop("p50_ms"), None),
        (rows(("a", 4, 100.0), ("b", 1, 5.0)), "errors, connector 'a', calls: 3 here and 4 there"),
        (rows(("a", 3, 102.0), ("b", 1, 5.0)), "errors, connector 'a', p50_ms: 100.0 here and 102.0 there"),
        (rows(("a", 3, 100.0)), "errors, connector 'b': only here"),
        (rows(("a", 3, 100.0), ("b", 1, 5.0), ("c", 2, 5.0)), "errors, connector 'c': only there"),
    ],
)
def test_a_difference_is_told_by_its_place(theirs: pl.DataFrame, expected: str | None) -> None:
    assert difference(ERRORS, rows(("a", 3, 100.0), ("b", 1, 5.0)), theirs) == expected


def test_a_key_that_comes_twice_is_no_key() -> None:
    twice = rows(("a", 3, 100.0), ("A", 3, 100.0))
    with pytest.raises(SystemExit, match="errors: an answer has 2 rows, but 1 keys"):
        difference(ERRORS, twice, twice)


def test_without_clickhouse_it_goes_on_and_says_so(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chdb", None)  # as where it is not installed
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told: list[str] = []
    found = compare(lake, last=2, rounds=1, only="error_rates", tell=told.append)
    assert MISSING in told
    assert [(made.peer, 0 < made.size <= made.peak_size) for made in found.made] == [("duckdb", True)]
    [one] = found.compared
    assert found.agrees
    assert (one.question, one.peer, found.calls, found.since) == ("error_rates", "duckdb", 3000, dt.date(2026, 11, 1))
    assert one.ours is not None
    assert one.theirs is not None
    assert one.ours.first > 0 < one.theirs.warm
    assert list(tmp_path.iterdir()) == []  # the peer's table is gone
    assert json.loads(as_json(found))["compared"][0]["rows"] == one.rows
    assert as_text(found).splitlines()[-1].split()[0] == "error_rates"
