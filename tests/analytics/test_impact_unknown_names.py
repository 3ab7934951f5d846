"""A name in a change that neither a call nor a list knows is unknown, which is no all-clear."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.changes.change import Change, change_of
from analytics.impact.answer import ANSWER, COLUMNS
from analytics.scope import Scope
from ingest.catalogue.published import official_connectors
from tests.analytics.asked_impact import ask, lake_of_all_kinds


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lake_of_all_kinds(tmp_path_factory.mktemp("impact"))


def misspelt(name: str) -> list[str]:
    """A name as hasty fingers write it: a letter too few, too many, twice, another, or two that have changed places."""
    middle = len(name) // 2
    swapped = f"{name[: middle - 1]}{name[middle]}{name[middle - 1]}{name[middle + 1 :]}"
    return [
        name[:-1],
        name[1:],
        f"{name}x",
        f"{name[:middle]}{name[middle:][:1]}{name[middle:]}",
        f"{name[:-1]}q",
        swapped,
    ]


def test_a_misspelt_name_is_unknown_and_a_listed_one_that_nobody_calls_is_unused(lake: Path) -> None:
    """Every tenth name of the vendor's list, in every misspelling that is no other name of it; and as it is, in whatever case."""
    official = sorted(frozenset(official_connectors()) - {"KnSubject"})
    known = {name.lower() for name in (*official, "KnSubject", "Profit_Users", "projects", "ReportConnector")}
    wrong = [(typed, name) for name in official[::10] for typed in misspelt(name) if typed.lower() not in known]
    right = [spelled for name in official[::10] for spelled in (name, name.lower(), name.upper())]
    assert len(wrong) > 5 * len(official[::10])
    found = ask(
        lake, *(Change(description=name, connectors=(name,)) for name in (*[typed for typed, _ in wrong], *right))
    )
    assert found.verdicts == ("unknown_name",) * len(wrong) + ("unused",) * len(right)
    assert [[one.value for one in names] for names in found.unknown] == [
        *([typed] for typed, _ in wrong),
        *([] for _ in right),
    ]
    for (typed, name), (one, *_) in zip(wrong, found.unknown, strict=False):
        # Of KnCustomK01, KnCustomK02, ... one is as near as the other.
        assert name.rstrip("0123456789") in {near.rstrip("0123456789") for near in one.nearest}, typed
    assert not found.is_all_clear
    assert found.rows.is_empty()
    assert found.answers.select("connector", "calls", "verdict").rows() == [
        (typed, 0, "unknown_name") for typed, _ in wrong
    ]


def test_an_unknown_name_is_no_all_clear_beside_one_that_is_used_safe_or_unused(lake: Path) -> None:
    names = ("KnSubject",), ("KnSubject", "KnSubj"), ("KnPerson", "KnSubj"), ("KnPerson",), ("Acme_Old",)
    changes = [Change(description=" ".join(some), severity="changed", connectors=some) for some in names]
    found = ask(lake, *changes)
    assert found.verdicts == ("concerns", "concerns", "unknown_name", "unused", "unknown_name")
    below = ask(lake, *changes, calls=1000)
    assert below.verdicts == ("safe", "unknown_name", "unknown_name", "unused", "unknown_name")
    assert not below.is_all_clear
    assert [(one.value, len(where)) for one, where in found.unknown_by_name] == [("KnSubj", 2), ("Acme_Old", 1)]
    # Somebody's calls are counted as without it, and each name is a row of its own, nobody's.
    assert tuple(found.answers.columns) == ANSWER
    assert found.answers.filter(verdict="concerns").select(COLUMNS).equals(found.rows.select(COLUMNS))
    unknown = found.answers.filter(verdict="unknown_name")
    assert unknown.select("change", "connector", "integration", "customers", "calls", "share").rows() == [
        ("KnSubject KnSubj", "KnSubj", None, 0, 0, None),
        ("KnPerson KnSubj", "KnSubj", None, 0, 0, None),
        ("Acme_Old", "Acme_Old", None, 0, 0, None),
    ]
    assert unknown["nearest"].to_list()[0][0] == "KnSubject"


def test_what_was_called_once_is_known_where_this_period_has_no_call_of_it(lake: Path) -> None:
    found = ask(
        lake, change_of(connector="profit_users"), scope=Scope(since=dt.date(2026, 10, 8), integration="1234567_1")
    )
    assert (found.verdicts, found.unknown) == (("unused",), ((),))


def test_a_version_that_no_call_asks_for_is_unknown(lake: Path) -> None:
    found = ask(
        lake,
        change_of(api_version="1.0"),
        change_of(api_version="1.1"),
        change_of(connector="projects", api_version="1.1"),
    )
    assert found.verdicts == ("concerns", "unknown_name", "unknown_name")
