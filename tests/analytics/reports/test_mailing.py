"""The files that are written for a change: whom to write to, and what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analytics.impact import Impact, asked, impact
from analytics.release_notes import Change
from analytics.reports import ReportError
from analytics.reports.mailing import write_mailing
from analytics.scope import Scope
from analytics.warehouse import Warehouse
from tests.analytics.given import call, given_lake

POST = {"method": "POST", "operation": "insert"}
REGISTRY = {
    "partners": "partner,name,contact,email,phone\n1234567,=1+1,Ann,ann@acme.example,+31 99\n",
    "integrations": "integration,partner,project,name\n1234567_1,1234567,1,Acme Uren\n",
    "customers": "customer,name,branch\n7000001,@One,Zorg\n",
}


def found(folder: Path, *changes: Change) -> Impact:
    calls: list[dict[str, Any]] = [
        *(call(called_at=f"2026-10-0{day}T22:30:00Z", integration_id="1234567_1", customer="7000001", **POST) for day in (1, 2)),
        call(called_at="2026-10-03T08:00:00Z", integration_id="1234567_1", customer="7000002", operation="metainfo"),
        *(call(called_at="2026-10-04T08:00:00Z", integration_id="7654321_1", customer="7000001", **POST) for _ in range(1200)),
        call(integration_id=None, **POST),
        call(integration_id="12345_678900", **POST),
    ]  # fmt: skip
    for name, text in REGISTRY.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    lake = given_lake(folder / "lake", calls, registry=[folder / f"{name}.csv" for name in REGISTRY])
    with Warehouse.open(lake) as warehouse:
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
        "changes.csv",
        "customers.csv",
        "partner-7654321.nl.txt",
        "partner-7654321.en.txt",
        "partner-1234567.nl.txt",
        "partner-1234567.en.txt",
    ]
    # The calls of a partner are those of the change that most are about: three of `other`, two of them also of `gone`.
    assert files[0].read_bytes().decode() == (
        "partner,name,contact,email,phone,integrations,changes,breaking,customers,calls,last_call\r\n"
        "7654321,,,,,7654321_1,2,1,1,1200,2026-10-04T08:00:00Z\r\n"
        "1234567,'=1+1,Ann,ann@acme.example,'+31 99,1234567_1,2,1,2,3,2026-10-03T08:00:00Z\r\n"
    )
    assert files[1].read_bytes().decode() == (
        "change,severity,connectors,operations,field,verdict,integrations,calls\r\n"
        "gone,breaking,KnSubject,insert,,concerns,3,1204\r\n"
        "other,changed,KnSubject,,,concerns,3,1205\r\n"
        "endpoint added,added,KnSubject,,,concerns,3,1205\r\n"
    )
    assert "7654321_1,7000001,'@One,Zorg,1200,0,2026-10-04T08:00:00Z\r\n" in files[2].read_bytes().decode()


def test_the_draft_says_what_was_seen_in_both_languages(tmp_path: Path) -> None:
    change = Change(
        description="Ds\nis gone", severity="breaking", connectors=("KnSubject",), operations=("insert",), field="Ds"
    )
    write_mailing(found(tmp_path, change), tmp_path / "out")
    dutch = (tmp_path / "out" / "partner-1234567.nl.txt").read_text(encoding="utf-8")
    english = (tmp_path / "out" / "partner-7654321.en.txt").read_text(encoding="utf-8")
    assert dutch.startswith(
        "Onderwerp: wijzigingen in de API die uw integratie raken: Acme Uren (1234567_1)\n\nBeste Ann,\n\n"
        "In de API verandert iets waarvan uw integratie gebruikmaakt. "
        "In de logs van 1 oktober 2026 tot en met 4 oktober 2026 zagen wij het volgende.\n\n"
        "Acme Uren (1234567_1)\n"
        "- Brekend: Ds is gone\n"
        "  KnSubject, toevoegen: 2 aanroepen bij 1 klant, 66,7% van alle aanroepen van deze integratie; "
        "de laatste op 3 oktober 2026\n\n"
        "Welke velden een aanroep gebruikt, staat niet in onze logs."
    )
    assert "Dear partner," in english
    assert "  KnSubject, insert: 1,200 calls at 1 customer, 100.0% of all calls of this integration; " in english


def test_without_a_field_nothing_is_said_of_fields(tmp_path: Path) -> None:
    write_mailing(found(tmp_path, asked(connector="KnSubject")), tmp_path / "out")
    assert "velden" not in (tmp_path / "out" / "partner-1234567.nl.txt").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(ReportError, match=r"out: the mailing cannot be written there"):
        write_mailing(found(tmp_path, asked(connector="KnSubject")), tmp_path / "out")
