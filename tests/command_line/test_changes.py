"""impact and practices: output for scripts, output for people, and wrong options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line.given import FAILED_GET, document

if TYPE_CHECKING:
    from tests.command_line.given import Run

COLUMNS = [
    "change",
    "severity",
    "connector",
    "operation",
    "integration",
    "partner",
    "contact",
    "customers",
    "calls",
    "share",
    "last_call",
    "verdict",
    "nearest",
]
NOTES = (
    "## Breaking changes\n\n### KnPerson is told in words\n\n`KnPerson` goes.\n\n## Changes\n\n"
    "| Description | Connector | Operation |\n|---|---|---|\n"
    "| removed 'KnSubject/Element/Fields/Ds' | KnSubject | [POST](x#post-/connectors/KnSubject) |\n"
    "| endpoint added | KnPerson | [PUT](x#put-/connectors/KnPerson) |\n"
)


def test_impact_has_the_columns_of_the_contract(run: Run, loaded: Path) -> None:
    code, out, err = run("impact", "--connector", "knsubject", "--operation", "POST", "--json")
    assert code == 0
    (row,) = document(out)
    assert list(row) == COLUMNS
    assert row == {
        "change": "connector knsubject, operation insert",
        "severity": None,
        "connector": "knsubject",
        "operation": "insert",
        "integration": "12345_678900",
        "partner": 12345,
        "contact": None,
        "customers": 1,
        "calls": 1,
        "share": 0.5,
        "last_call": "2026-03-29T00:30:00Z",
        "verdict": "concerns",
        "nearest": None,
    }
    assert "note: calls of 1 day, since 2026-03-29 and before 2026-03-30, environment production" in err


def test_impact_of_release_notes_says_what_became_of_each_change(run: Run, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(NOTES, encoding="utf-8")
    code, out, err = run("impact", "--changes", "notes.md", "--json", "--out", "mail")
    assert code == 0
    assert [(row["severity"], row["connector"], row["operation"], row["calls"]) for row in document(out)] == [
        ("changed", "KnSubject", "insert", 1)
    ]
    assert "note: notes.md: 2 rows, 2 changes" in err
    assert "it names KnPerson: ask with --connector" in err
    assert "note: 2 changes: 1 affecting somebody; 1 unused" in err
    # Nobody writes to whom the documentation's example id belongs.
    assert "mail/mailing-list.csv: 0 partners to write to; drafts in Dutch and English are beside it" in err
    assert sorted(file.name for file in (tmp_path / "mail").iterdir()) == [
        "changes.csv",
        "customers.csv",
        "mailing-list.csv",
        "mailing-list.xlsx",
    ]


def test_severity_and_limits_leave_rows_out(run: Run, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(NOTES, encoding="utf-8")
    assert document(run("impact", "--changes", "notes.md", "--severity", "breaking", "--json")[1]) == []
    code, out, err = run("impact", "--connector", "KnSubject", "--safe-calls", "2", "--json")
    assert (code, document(out)) == (0, [])
    assert "note: 1 change: 1 safe (used, but below the limits you gave)" in err
    assert document(run("impact", "--connector", "KnSubject", "--exclude", "12345_678900", "--json")[1]) == []


def test_what_is_left_out_is_known_by_its_old_id_too(run: Run, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "integrations.csv").write_text(
        "integration,name,replaces\n4321_77,New,12345_678900\n4321_78,Silent,4321_70\n", encoding="utf-8"
    )
    assert run("registry", "load", "integrations.csv")[0] == 0
    impact = "impact", "--connector", "KnSubject", "--json", "--exclude"
    for excluded in ("12345_678900", "4321_77"):
        code, out, err = run(*impact, excluded)
        assert (code, document(out)) == (0, [])
        assert "note: not shown, as asked: 1 call of 1 integration" in err
        assert ("12345_678900 is an old id of 4321_77: that integration is left out" in err) == (
            excluded == "12345_678900"
        )
    for excluded in ("4321_78", "4321_70"):
        code, out, err = run(*impact, excluded)
        assert (code, len(document(out))) == (0, 1)
        assert f"note: --exclude {excluded} leaves out nothing: the registry lists it, but no call carries it" in err
    code, out, err = run(*impact, "4321_79", "--exclude", "4321_77")
    assert (code, out) == (2, "")
    assert "no call and no row of the registry names the integration 4321_79; nearest: 4321_7" in " ".join(err.split())


def test_a_connector_that_nobody_calls_is_explained(run: Run, loaded: Path) -> None:
    code, out, err = run("impact", "--connector", "KnPerson", "--json")
    assert (code, document(out)) == (0, [])
    assert "note: no call has connector 'KnPerson'; there are: Acme_Employees, KnSubject" in err
    code, out, err = run("impact", "--connector", "KnSubjekt", "--json")
    assert code == 0
    assert [(row["connector"], row["calls"], row["verdict"]) for row in document(out)] == [
        ("KnSubjekt", 0, "unknown_name")
    ]
    assert "note: no call has connector 'KnSubjekt'; nearest: KnSubject" in err
    assert "note: the name KnSubjekt occurs in no call and in no list of known names; nearest: KnSubject" in err


def test_a_field_that_no_get_filters_by_is_said_with_the_nearest(run: Run, loaded: Path) -> None:
    """It is no verdict: fields are in bodies, too, so every user of the connector is counted."""
    filtered = "filterfieldids=EmployeeNumber&filtervalues=1&operatortypes=1"
    loaded.with_name("more.log").write_text(f"{FAILED_GET.replace('skip=0&take=100', filtered)}\n", encoding="utf-8")
    assert run("ingest", "more.log")[0] == 0
    for field, is_said in (("EmployeeNumbr", True), ("employeenumber", False), ("Qq9", False)):
        code, out, err = run("impact", "--connector", "Acme_Employees", "--field", field, "--json")
        assert (code, [row["verdict"] for row in document(out)]) == (0, ["concerns"])
        said = "note: no get of this connector filters by the field EmployeeNumbr; nearest: EmployeeNumber"
        assert (said in err) == is_said
        assert ("filters by the field" in err) == is_said


LISTED = (
    "description,connector,operation,severity\ngone,KnSubj,,breaking\n\nnew,FbSalesx,,added\nagain,KnSubj,GET,changed\n"
    "part,FbSales/FbSalesLine,POST,changed\nnobody,KnPerson,,changed\n"
)
MARKDOWN = (
    "| Description | Connector | Operation |\n|---|---|---|\n| gone | KnSubj | POST |\n| new | FbSalesx | PUT |\n"
    "| again | KnSubj | GET |\n| part | FbSales/FbSalesLine | POST |\n| nobody | KnPerson | POST |\n"
)


@pytest.mark.parametrize(("text", "lines"), [(LISTED, (2, 5, 4, 6)), (MARKDOWN, (3, 5, 4, 6))])
def test_names_in_changes_that_nobody_knows_are_no_quiet_all_clear(
    run: Run, loaded: Path, tmp_path: Path, text: str, lines: tuple[int, ...]
) -> None:
    """It is never flatly called a typing error, because a new name is in no list yet."""
    (tmp_path / "notes").write_text(text, encoding="utf-8")
    code, out, err = run("impact", "--changes", "notes", "--json", "--out", "mail")
    assert code == 0
    rows = [(row["connector"], row["integration"], row["calls"], row["verdict"]) for row in document(out)]
    assert rows == [(connector, None, 0, "unknown_name") for connector in ("KnSubj", "FbSalesx", "KnSubj", "FbSales")]
    assert "note: 5 changes: 4 with an unknown name; 1 unused" in err
    gone, again, new, part = lines
    said = [line.removeprefix("note: ") for line in err.splitlines() if "no list of known names" in line]
    assert [line.partition(" occurs in ")[0] for line in said] == [
        "the name KnSubj",
        "the name FbSalesx",
        "the path FbSales/FbSalesLine",
    ]
    assert [line.partition("; nearest: ")[2].split(",")[0] for line in said] == ["KnSubject", "FbSales", "FbSalesLines"]
    assert [line[line.index(" (line") :] for line in said] == [
        f" (lines {gone}, {again})",
        f" (line {new})",
        f" (line {part})",
    ]
    assert "do not read this as an all-clear" in err
    assert "mail/changes.csv: 4 changes with an unknown name, so somebody may be missing from the list" in err
    listed = (tmp_path / "mail" / "changes.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[5] for line in listed] == ["verdict", *["unknown_name"] * 4, "unused"]


def test_of_many_unknown_names_the_first_are_said_and_all_are_given(run: Run, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("connector\n" + "".join(f"Qq{n}\n" for n in range(23)), encoding="utf-8")
    code, out, err = run("impact", "--changes", "c.csv", "--json")
    assert (code, len(document(out)), err.count("no list of known names")) == (0, 23, 20)
    assert "note: and 3 more names that nobody knows" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "what changes? Give --connector NAME"),
        (("--field", "Ds"), "which connector has this field?"),
        (("--connector", "KnSubject", "--operation", "merge"), "'merge' is no operation"),
        (("--token-form", "plane"), "there is no form of token 'plane'; did you mean plain?"),
        (("--protocol", "soup"), "did you mean soap?"),
        (("--changes", "notes.md", "--connector", "KnSubject"), "leave --connector out"),
        (("--changes", "notes.md", "--severity", "bad"), "there is no severity 'bad'"),
        (("--connector", "KnSubject", "--severity", "breaking"), "only --changes states a severity"),
        (("--connector", "KnSubject", "--exclude", "acme"), "'acme' is not an integration, like 12345_678900"),
    ],
)
def test_wrong_usage_of_impact_says_what_was_expected(
    run: Run, loaded: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run("impact", *arguments)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_a_file_of_changes_that_cannot_be_read_is_named(run: Run, loaded: Path) -> None:
    assert run("impact", "--changes", "nowhere.md") == (1, "", "koppelzicht: nowhere.md: No such file or directory\n")
    code, _, err = run("impact", "--changes", "calls.log")
    assert code == 1
    assert "calls.log: no changes were found; expected Markdown tables" in err


def test_practices_shows_what_is_broken_and_what_to_do(run: Run, loaded: Path) -> None:
    code, out, err = run("practices", "--json")
    assert code == 0
    assert [(row["rule"], row["integration"], row["calls"], row["score"]) for row in document(out)] == [
        ("unordered_paging", "12345_678900", 1, 90)
    ]
    assert "note: 0 of 1 integration keep every rule that can be judged from these logs" in err
    assert "note: hammering cannot be judged: the logs lack the fields for it" in err
    assert "unordered_paging: Send orderbyfieldids with skip and take" in run("practices")[2]
    assert "nearest: 12345_678900" in run("practices", "--integration", "12345_678901", "--json")[2]
