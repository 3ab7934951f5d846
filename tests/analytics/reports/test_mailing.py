"""The files about a change: the mailing list, the drafts and the tables."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analytics.changes.change import Change, change_of
from analytics.impact.impact import impact
from analytics.reports import ReportError
from analytics.reports.mailing import mailing_list, write_mailing
from analytics.scope import Scope
from analytics.spreadsheet.csv_text import csv_text
from analytics.spreadsheet.formulas import FORMULA_STARTS
from analytics.spreadsheet.workbook import workbook
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from analytics.impact.answer import Impact

POST = {"method": "POST", "operation": "insert"}
REGISTRY = {
    "partners": "partner,name,contact,email,phone\n1234567,=1+1,Ann,ann@acme.example,+31 99\n",
    "integrations": "integration,partner,project,name\n1234567_1,1234567,1,Acme Uren\n",
    "customers": "customer,name,branch\n7000001,@One,Zorg\n",
}


def found(folder: Path, *changes: Change) -> Impact:
    """The impact of these changes on a few calls."""
    calls: list[dict[str, Any]] = [
        *(call(called_at=f"2026-10-0{day}T22:30:00Z", integration_id="1234567_1", customer="7000001", **POST) for day in (1, 2)),
        call(called_at="2026-10-03T08:00:00Z", integration_id="1234567_1", customer="7000002", operation="metainfo"),
        *(call(called_at="2026-10-04T08:00:00Z", integration_id="7654321_1", customer="7000001", **POST) for _ in range(1200)),
        call(integration_id=None, **POST),
        call(integration_id="12345_678900", **POST),
    ]  # fmt: skip
    for name, text in REGISTRY.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    given_lake(folder / "lake", calls, registry=[folder / f"{name}.csv" for name in REGISTRY])
    return impact_of(folder, *changes)


def impact_of(folder: Path, *changes: Change) -> Impact:
    """The impact of these changes on the same calls."""
    with Warehouse.open(folder / "lake") as warehouse:
        return impact(warehouse, changes, Scope())


def test_the_mailing_list_has_a_row_for_each_partner_and_is_no_formula(tmp_path: Path) -> None:
    changes = (
        Change(description="gone", severity="breaking", connectors=("KnSubject",), operations=("insert",)),
        Change(description="other", severity="changed", connectors=("KnSubject",)),
        Change(description="endpoint added", severity="added", connectors=("KnSubject",)),
    )
    files = write_mailing(found(tmp_path, *changes), tmp_path / "out")
    assert [file.name for file in files] == [
        "mailing-list.csv",
        "mailing-list.xlsx",
        "changes.csv",
        "customers.csv",
        "partner-7654321.nl.txt",
        "partner-7654321.en.txt",
        "partner-1234567.nl.txt",
        "partner-1234567.en.txt",
    ]
    # Three calls are of `other`, two of them also of `gone`: three, at the two customers.
    assert files[0].read_bytes().decode() == (
        "partner,name,contact,email,phone,integrations,changes,breaking,customers,calls,last_call\r\n"
        "7654321,,,,,7654321_1,2,1,1,1200,2026-10-04T08:00:00Z\r\n"
        "1234567,'=1+1,Ann,ann@acme.example,'+31 99,1234567_1,2,1,2,3,2026-10-03T08:00:00Z\r\n"
    )
    assert files[2].read_bytes().decode() == (
        "change,severity,connectors,operations,field,verdict,integrations,calls,unknown,nearest\r\n"
        "gone,breaking,KnSubject,insert,,concerns,3,1204,,\r\n"
        "other,changed,KnSubject,,,concerns,3,1205,,\r\n"
        "endpoint added,added,KnSubject,,,concerns,3,1205,,\r\n"
    )
    assert "7654321_1,7000001,'@One,Zorg,1200,0,2026-10-04T08:00:00Z\r\n" in files[3].read_bytes().decode()


def test_a_partner_is_counted_what_it_is_told_of(tmp_path: Path) -> None:
    """No mail tells about additions: it names two calls at one customer of 1234567_1, and none of 7654321_1."""
    told = Change(description="gone", severity="breaking", connectors=("KnSubject",), operations=("insert",))
    also = Change(description="twice", severity="changed", connectors=("KnSubject",), operations=("insert",))
    added = Change(description="new", severity="added", connectors=("KnSubject",))
    answer = found(tmp_path, told, also, added)
    write_mailing(answer, tmp_path / "out")
    lines = (tmp_path / "out" / "mailing-list.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2] == "1234567,'=1+1,Ann,ann@acme.example,'+31 99,1234567_1,2,1,1,2,2026-10-02T22:30:00Z"
    only_added = impact_of(tmp_path, added)
    assert (only_added.told.height, mailing_list(only_added).count("\r\n")) == (0, 1)


def test_a_name_that_nobody_knows_is_no_all_clear_in_any_file(tmp_path: Path) -> None:
    changes = (
        Change(description="other", severity="changed", connectors=("KnSubject",)),
        Change(description="gone", severity="breaking", connectors=("KnPersonn", "KnPerson")),
        Change(description="nobody", severity="changed", connectors=("KnPerson",)),
        Change(description="endpoint added", severity="added", connectors=("Qq9",)),
    )
    write_mailing(found(tmp_path, *changes), tmp_path / "out")
    _, _, gone, nobody, added = (tmp_path / "out" / "changes.csv").read_text(encoding="utf-8").splitlines()
    assert gone.startswith("gone,breaking,KnPersonn KnPerson,,,unknown_name,0,0,KnPersonn,KnPerson")
    assert nobody == "nobody,changed,KnPerson,,,unused,0,0,,"
    assert added == "endpoint added,added,Qq9,,,unknown_name,0,0,Qq9,"
    # Whoever is told of the rest is told of these, too; of what is added nobody is.
    for language, said in (("nl", "konden wij niet nagaan"), ("en", "We could not find out whether")):
        draft = (tmp_path / "out" / f"partner-1234567.{language}.txt").read_text(encoding="utf-8")
        paragraph = next(part for part in draft.split("\n\n") if said in part)
        assert paragraph.splitlines()[1:] == [f"- {'Brekend' if language == 'nl' else 'Breaking'}: gone (KnPersonn)"]
    write_mailing(impact_of(tmp_path, changes[0], changes[2], changes[3]), tmp_path / "known")
    assert "could not find out" not in (tmp_path / "known" / "partner-1234567.en.txt").read_text(encoding="utf-8")


def test_a_cell_of_the_spreadsheet_is_text_or_a_number(tmp_path: Path) -> None:
    write_mailing(found(tmp_path, change_of(connector="KnSubject")), tmp_path / "out")
    rows = pl.read_excel(tmp_path / "out" / "mailing-list.xlsx").rows(named=True)
    acme = next(row for row in rows if row["partner"] == 1234567)
    assert (acme["name"], acme["phone"], acme["calls"]) == ("=1+1", "+31 99", 3)
    with zipfile.ZipFile(tmp_path / "out" / "mailing-list.xlsx") as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()


HOSTILE = [
    *(f"{start}1+1" for start in FORMULA_STARTS),
    "+31 99 000", "+31(0)99-000", '=HYPERLINK("http://example.test")', "@SUM(1)", "'=1", "''+1", "' =1", " =1+1",
    "a\tb", "a\nb", "x\x01y", "<b>&amp;", "'s Gravel", "=cmd|'/c calc'!A1", "-2", "0099000", "1e5", "1-2",
]  # fmt: skip


def test_libreoffice_takes_no_cell_for_a_formula(tmp_path: Path) -> None:
    """As an office suite opens it: CSV has the one apostrophe, and in XLSX every text is as it is."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed here; on Debian: apt-get install libreoffice-calc")
    rows = [(number, text) for number, text in enumerate(HOSTILE)]
    (tmp_path / "list.xlsx").write_bytes(workbook("Mailing list", ("partner", "phone"), rows))
    (tmp_path / "text.csv").write_text(csv_text(("partner", "phone"), rows), encoding="utf-8", newline="")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for file in ("list.xlsx", "text.csv"):
        subprocess.run(
            [office, "--headless", profile, "--convert-to", "fods", "--outdir", tmp_path, tmp_path / file],
            check=True,
            capture_output=True,
            timeout=180,
        )
    assert "table:formula" not in (tmp_path / "list.fods").read_text(encoding="utf-8")
    assert "table:formula" not in (tmp_path / "text.fods").read_text(encoding="utf-8")
    kinds = re.findall(r'<table:table-cell [^>]*office:value-type="(\w+)"', (tmp_path / "list.fods").read_text("utf-8"))
    assert kinds == ["string", "string"] + ["float", "string"] * len(HOSTILE)
    shown = (tmp_path / "list.fods").read_text(encoding="utf-8")
    assert "<text:p>+31 99 000</text:p>" in shown
    assert "<text:p>0099000</text:p>" in shown


def test_the_draft_says_what_was_seen_in_both_languages(tmp_path: Path) -> None:
    change = Change(
        description="Ds\nis gone", severity="breaking", connectors=("KnSubject",), operations=("insert",), field="Ds"
    )
    write_mailing(found(tmp_path, change), tmp_path / "out")
    dutch = (tmp_path / "out" / "partner-1234567.nl.txt").read_text(encoding="utf-8")
    english = (tmp_path / "out" / "partner-7654321.en.txt").read_text(encoding="utf-8")
    assert dutch.startswith(
        "Onderwerp: wijzigingen in de API die uw integratie raken: Acme Uren (1234567_1)\n\nBeste Ann,\n\n"
        "In de API verandert iets dat uw integratie gebruikt. "
        "In de logs van 1 oktober 2026 tot en met 4 oktober 2026 zagen wij het volgende.\n\n"
        "Acme Uren (1234567_1)\n"
        "- Brekend: Ds is gone\n"
        "  KnSubject, toevoegen: 2 aanroepen bij 1 klant, 66,7% van alle aanroepen van deze integratie; "
        "de laatste op 3 oktober 2026\n\n"
        "Onze logs tonen niet welke velden een aanroep gebruikt."
    )
    assert "Dear partner," in english
    assert "  KnSubject, insert: 1,200 calls to 1 customer, 100.0% of all calls of this integration; " in english


DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_a_draft_holds_nothing_that_nobody_sees(tmp_path: Path) -> None:
    """Names come from a registry, changes from notes: neither may turn the text around, or add a line to its head."""
    unseen = f"{DIRECTIONS}\ufeff\u200b\u2060\U000e0041"
    registry = {
        "partners": f"1234567,Acme,Ann{unseen} A,,\n",
        "integrations": f"1234567_1,1234567,1,Uren{unseen} Ja\n",
    }
    change = Change(
        description=f"Weg{unseen}\x1b\x07\x9b\r\nNu\u2028Bcc: x", severity="breaking", connectors=("KnSubject",)
    )
    for name, row in registry.items():
        header = REGISTRY[name].partition("\n")[0]
        (tmp_path / f"{name}.csv").write_text(f"{header}\n{row}", encoding="utf-8")
    one = call(integration_id="1234567_1", customer="7000001", connector=f"Kn{unseen}Subject", **POST)
    also = call(integration_id="1234567_1", customer="7000001", **POST)
    given_lake(tmp_path / "lake", [one, also], registry=[tmp_path / f"{name}.csv" for name in registry])
    write_mailing(impact_of(tmp_path, change, change_of(operation="insert")), tmp_path / "out")
    drafts = [file.read_text(encoding="utf-8") for file in sorted((tmp_path / "out").glob("*.txt"))]
    assert len(drafts) == 2
    for draft in drafts:
        assert {sign for sign in draft if not sign.isprintable()} == {"\n"}
        assert draft.splitlines()[0].endswith("Uren Ja (1234567_1)")
        assert "Ann A," in draft
        assert "Weg Nu Bcc: x\n" in draft
        assert re.search(r"\n  KnSubject[:,] ", draft)


def test_without_a_field_nothing_is_said_of_fields(tmp_path: Path) -> None:
    write_mailing(found(tmp_path, change_of(connector="KnSubject")), tmp_path / "out")
    assert "velden" not in (tmp_path / "out" / "partner-1234567.nl.txt").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(ReportError, match=r"out: the mailing cannot be written there"):
        write_mailing(found(tmp_path, change_of(connector="KnSubject")), tmp_path / "out")
