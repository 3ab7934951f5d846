"""The bench of labelled incidents names the places whose errors are more than usual, and refuses files that say something else."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import polars as pl
import pytest

from bench.incidents.labelled import UnreadableError, answer, main, read, table

TRUTH = {"incident": ["one"], "minute": [120], "causes": ['[{"host": "a"}]']}


def _rows(incident: str, wrong: dict[tuple[str, str], int]) -> list[dict[str, object]]:
    """Two hosts and two kinds, each pair with 100 requests a minute; one of them fails, and as many as told in the third minute."""
    return [
        {
            "incident": incident,
            "minute": minute,
            "host": host,
            "kind": kind,
            "colour": None,
            "failures": wrong.get((host, kind), 1) if minute == 120 else 1,
            "requests": 100,
        }
        for minute in (0, 60, 120, 180)
        for host, kind in itertools.product("ab", "xy")
    ]


def _files(folder: Path, rows: list[dict[str, object]], truth: dict[str, list[dict[str, object]]]) -> tuple[Path, Path]:
    counts, labels = folder / "counts.parquet", folder / "truth.csv"
    pl.DataFrame(rows).write_parquet(counts)
    pl.DataFrame(
        {
            "incident": list(truth),
            "minute": [120] * len(truth),
            "causes": [json.dumps(causes) for causes in truth.values()],
        }
    ).write_csv(labels)
    return counts, labels


def test_the_place_that_has_the_errors_is_named(tmp_path: Path) -> None:
    """A host as a whole, one pair, everything, and two causes at a time, of which the larger one comes first."""
    given: dict[str, tuple[dict[tuple[str, str], int], list[dict[str, object]]]] = {
        "all": ({(host, kind): 50 for host in "ab" for kind in "xy"}, [{}]),
        "host": ({("a", "x"): 50, ("a", "y"): 50}, [{"host": "a"}]),
        "pair": ({("b", "y"): 60}, [{"host": "b", "kind": "y"}]),
        "two": ({("a", "x"): 90, ("b", "y"): 40}, [{"host": "a", "kind": "x"}, {"host": "b", "kind": "y"}]),
    }
    rows = [row for name, (wrong, _) in given.items() for row in _rows(name, wrong)]
    cases = read(*_files(tmp_path, rows, {name: truth for name, (_, truth) in given.items()}))
    answers = {case.name: answer(case) for case in cases}
    assert {name: list(one.in_turn) for name, one in answers.items()} == {
        name: truth for name, (_, truth) in given.items()
    }
    assert all(one.is_among(1) and one.is_in_turn(2) for one in answers.values())
    assert not answers["two"].is_in_turn(1)
    # The minute after the labelled one, and an attribute that no row has, count for nothing.
    assert cases[0].before.height == 8
    assert tuple(cases[0].attributes) == ("host", "kind")


def test_the_table_counts_those_whose_cause_is_named(tmp_path: Path) -> None:
    """The second one's cause is named third: 90 of 100 calls of a and x fail, and more of a and of x than usual."""
    rows = _rows("one", {("a", "x"): 90}) + _rows("two", {("a", "x"): 90}) + _rows("wrong", {("a", "x"): 90})
    truth: dict[str, list[dict[str, object]]] = {
        "one": [{"host": "a", "kind": "x"}],
        "two": [{"kind": "x"}],
        "wrong": [{"host": "b"}],
    }
    answers = [answer(case) for case in read(*_files(tmp_path, rows, truth))]
    assert [one.is_among(1) for one in answers] == [True, False, False]
    assert [one.is_among(3) for one in answers] == [True, True, False]
    assert [one.is_in_turn(3) for one in answers] == [True, False, False]
    assert [line.split() for line in table(answers)[1:]] == [
        ["one", "to", "wrong", "3", "0.33", "0.67", "0.33"],
        ["one", "to", "one", "1", "1.00", "1.00", "1.00"],
        ["two", "to", "wrong", "2", "0.00", "0.50", "0.00"],
    ]


def test_nothing_more_than_usual_is_no_cause(tmp_path: Path) -> None:
    [case] = read(*_files(tmp_path, _rows("quiet", {}), {"quiet": [{"host": "a"}]}))
    assert list(answer(case).in_turn) == []


def test_counts_are_read_from_csv_as_from_parquet(tmp_path: Path) -> None:
    counts, labels = _files(tmp_path, _rows("host", {("a", "x"): 50, ("a", "y"): 50}), {"host": [{"host": "a"}]})
    pl.read_parquet(counts).write_csv(tmp_path / "counts.csv")
    [one], [other] = read(counts, labels), read(tmp_path / "counts.csv", labels)
    assert answer(one).candidates == answer(other).candidates
    assert one.now.equals(other.now)


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("counts", "incident,minute,host,failures\n", "there is no column 'requests'"),
        ("counts", "incident,minute,failures,requests\none,120,1,1\n", "there is no attribute"),
        ("counts", "incident,minute,host,failures,requests\none,noon,a,1,1\n", "is no whole number"),
        ("counts", "incident,minute,host,failures,requests\none,60,,1,1\none,120,,1,1\n", "one: there is no attribute"),
        ("counts", "incident,minute,host,failures,requests\none,120,a,2,1\n", "not more than requests"),
        ("counts", "incident,minute,host,failures,requests\none,120,a,1,1\n", "none before it"),
        ("truth", "incident,minute\none,120\n", "there is no column 'causes'"),
        ("truth", "incident,minute,causes\n", "there is no incident"),
        ("truth", "incident,minute,causes\none,120,host a\n", "causes are a JSON list of objects"),
        ("truth", "incident,minute,causes\none,120,[1]\n", "causes are a JSON list of objects"),
        ("truth", "incident,minute,causes\nother,120,[]\n", "other: there are no calls"),
        ("truth", "", "truth.csv"),
    ],
)
def test_files_that_say_something_else_are_refused(tmp_path: Path, name: str, text: str, wrong: str) -> None:
    counts, labels = tmp_path / "counts.csv", tmp_path / "truth.csv"
    pl.DataFrame(_rows("one", {})).write_csv(counts)
    pl.DataFrame(TRUTH).write_csv(labels)
    (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError, match=wrong):
        read(counts, labels)


def test_the_command_prints_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, labels = _files(tmp_path, _rows("host", {("a", "x"): 50, ("a", "y"): 50}), {"host": [{"host": "a"}]})
    monkeypatch.setattr(sys, "argv", ["labelled", "--counts", str(counts), "--truth", str(labels), "--every"])
    main()
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("host: true host=a; named host=a, ")
    assert said[2].split() == ["host", "to", "host", "1", "1.00", "1.00", "1.00"]


@pytest.mark.parametrize(
    "given", [[], ["--counts", "nowhere.csv"], ["--counts", "nowhere.csv", "--truth", "nowhere.csv"]]
)
def test_wrong_arguments_are_said_in_words(
    given: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["labelled", *given])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "--truth" in capsys.readouterr().err
