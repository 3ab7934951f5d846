"""Release notes in all shapes that the vendor's have had, and lists: every row becomes a change, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.changes.change import Change, ChangesError, Notes
from analytics.changes.release_notes import changes_in, read_changes

NOTES = Path(__file__).parent / "release_notes"

TABLE = "| Description | Connector |\n|---|---|\n"

Row = tuple[int, str | None, tuple[str, ...], tuple[str, ...], str | None]


def rows(notes: Notes) -> list[Row]:
    """Of each change its line, severity, connectors, operations and field."""
    return [(c.line, c.severity, c.connectors, c.operations, c.field) for c in notes.changes]


def test_every_row_under_every_heading_is_read() -> None:
    notes = read_changes(NOTES / "winter.md")
    assert rows(notes) == [
        (43, "breaking", ("FbStock",), ("delete",), None),
        (44, "breaking", ("FbStock",), ("insert", "update"), "VaIt"),
        (51, "changed", (), (), None),
        (52, "added", ("FbCount",), ("insert", "update", "delete"), None),
        (53, "added", ("FbCount",), ("insert",), "Ds"),
        (54, "changed", ("FbCount",), ("insert",), "Nu"),
    ]
    assert notes.rows == 7, "the enum value is said twice and is one change"
    assert notes.changes[1].description == (
        "removed the enum value 'N/A' of the request property 'FbStock/Element/Objects/items/FbLine/Element/Fields/VaIt'"
    )


def test_rows_that_differ_in_their_operations_only_are_one_change() -> None:
    listed = changes_in(
        "description,connector,operation,severity,field\n"
        "Field  Nm,KnSubject,POST,changed,Nm\n"
        "field Nm,knsubject,PUT,breaking,Nm\n"
        "field Nm,KnPerson,PUT,changed,Nm\n"
        "other,KnSubject,PUT,changed,Nm\n"
        "field Nm,KnSubject,PUT,changed,Ds\n"
    )
    assert rows(listed) == [
        (2, "breaking", ("KnSubject",), ("insert", "update"), "Nm"),
        (4, "changed", ("KnPerson",), ("update",), "Nm"),
        (5, "changed", ("KnSubject",), ("update",), "Nm"),
        (6, "changed", ("KnSubject",), ("update",), "Ds"),
    ]
    assert listed.rows == 5
    table = "| Description | Connector | Operation |\n| --- | --- | --- |\n"
    [told] = changes_in(f"## Changes\n{table}| x | FbSales, FbUnit | POST |\n| x | FbUnit en FbSales | PUT |\n").changes
    assert told.operations == ("insert", "update")
    [all_of_them] = changes_in(f"## Changes\n{table}| x | FbSales | POST |\n| x | FbSales | |\n").changes
    assert all_of_them.operations == ()


def test_what_is_not_read_as_a_change_is_said() -> None:
    assert read_changes(NOTES / "winter.md").remarks == (
        "line 31: a table is left out, because it has no column Connector: Code | Meaning",
        "line 13: 'Breaking changes > The token is checked' describes changes in words, not in a table, so they are not counted",
        (
            "line 23: 'Breaking changes > KnPerson is stricter' describes changes in words, not in a table, so they are not counted; "
            "it names KnContact, KnPerson: ask with --connector"
        ),
    )


@pytest.mark.parametrize("title", ["Significant changes", "Notable updates", "Belangrijke aanpassingen", "Let op"])
def test_a_section_that_no_rule_knows_is_said(title: str) -> None:
    notes = changes_in(
        f"# Release\n## {title}\nKnSubject wants more.\n## {title} too\n{TABLE}| a | KnPerson |\n| b | KnPerson |\n"
    )
    assert notes.remarks == (
        f"line 4: the heading 'Release > {title} too' does not say how severe its changes are; the text of its 2 rows decides",
        f"line 2: 'Release > {title}' describes changes in words, not in a table, so they are not counted; it names KnSubject: ask with --connector",
    )
    words = changes_in(
        f"{TABLE}| a | KnPerson |\n\n# {title}\n## Non-breaking changes\nx\n## Changelog\n{TABLE}| b | KnPerson |\n"
    )
    assert words.remarks == ()


def test_columns_in_any_order_paths_and_dutch_are_read() -> None:
    notes = read_changes(NOTES / "zomer.md")
    assert rows(notes) == [
        (7, "breaking", ("KnEmployee",), ("insert", "update"), "ViTt"),
        (8, "breaking", ("KnProfile", "KnPerson"), ("insert",), None),
        (14, "deprecated", ("FiContract",), ("insert",), None),
        (15, "deprecated", ("FbUnit",), ("delete",), None),
        (16, "deprecated", ("administrations",), ("get",), None),
        (22, "added", ("KnNieuw",), ("insert", "update"), None),
        (28, "changed", ("KnSubject",), (), None),
        (29, "changed", (), ("get",), None),
    ]
    assert notes.rows == 8
    assert notes.changes[0].description.endswith("Fields/ViTt: ABS, a | b, NVO/NIP")
    assert notes.changes[1].description == "verplicht veld erbij"
    assert notes.remarks == (
        "line 28: 'BLA' is not an operation; expected GET, POST, PUT or DELETE",
        "line 29: '{elke}' does not name a connector, so no log can show whom this affects",
    )


def test_each_path_of_a_connector_is_a_change_of_its_own_and_an_object_is_not_a_field() -> None:
    notes = read_changes(NOTES / "lente.md")
    assert rows(notes) == [
        (9, "added", ("FbBuy",), ("insert",), None),
        (10, "added", ("FbBuy",), ("insert",), None),
        (11, "added", ("FbBuy",), ("delete",), None),
        (12, "added", ("FbBuy",), ("insert",), "Ds"),
        (13, "added", ("FbBuy",), ("insert",), "Ds"),
        (20, "changed", ("FbBuy",), ("delete",), None),
        (32, "changed", ("KnEmployee",), ("insert",), None),
        (33, "added", ("KnEmployee",), ("insert",), None),
        (34, "added", ("KnEmployee",), ("insert",), "Vi"),
        (35, "changed", ("KnEmployee",), ("update",), "EmId"),
        (60, "changed", ("KnPerson", "KnContact", "KnSubject", "Profit_Stock"), ("insert", "update"), None),
    ]
    assert notes.rows == 11
    assert [change.description for change in notes.changes if change.line in {9, 11, 12, 20, 60}] == [
        "endpoint added (FbBuy/FbBuyLine)",
        "endpoint added (FbBuy/FbBuy/@Id,@No/{Id},{No})",
        "added the new optional request property 'FbBuy/Element/Fields/Ds'",
        "api path removed without deprecation (FbBuy/FbOld/@Id/{Id})",
        "eerst dit",
    ]


def test_rows_that_are_left_out_are_said_and_what_is_hidden_is_not_read() -> None:
    begins = "left out; a table begins with a header and a line | --- |, and has no empty lines"
    assert read_changes(NOTES / "lente.md").remarks == (
        f"line 38: 2 rows outside of a table are {begins}",
        f"line 47: a row outside of a table is {begins}",
        "line 49: a table in HTML is left out; write it as Markdown or CSV",
    )


def test_a_header_with_more_columns_than_its_line_of_dashes_begins_no_table_and_is_said() -> None:
    notes = changes_in(f"{TABLE}| a | KnSubject |\n\nDescription | Connector\n--- |\nb | KnPerson\n")
    assert [change.connectors for change in notes.changes] == [("KnSubject",)]
    assert notes.remarks == (
        (
            "line 5: 3 rows outside of a table are left out; "
            "a table begins with a header and a line | --- |, both with the same number of columns"
        ),
    )


def test_words_end_a_table_and_another_may_begin_right_behind_them() -> None:
    notes = changes_in(f"{TABLE}| a | KnSubject |\nor so\n{TABLE}| b | KnPerson |\n> {TABLE}")
    assert rows(notes) == [(3, "changed", ("KnSubject",), (), None), (7, "changed", ("KnPerson",), (), None)]


def test_a_block_of_code_that_does_not_end_is_said() -> None:
    notes = changes_in("| Connector |\n|---|\n| KnSubject |\n\n~~~\n```\n| Connector |\n|---|\n| KnPerson |\n")
    assert [change.connectors for change in notes.changes] == [("KnSubject",)]
    assert notes.remarks == ("line 5: a block of code does not end, so everything after it is left out",)


@pytest.mark.parametrize(
    ("heading", "severity"),
    [
        ("## Breaking Change!", "breaking"),
        ("## ***Breaking* changes**", "breaking"),
        ("## Non-breaking changes", "changed"),
        ("## Belangrijke breaking changes\n### Inkoop", "breaking"),
        ("## Breaking changes\n## Changelog", "changed"),
        ("## Verouderd", "deprecated"),
        ("## Uitgefaseerde connectors", "deprecated"),
        ("## All changes ##", "changed"),
        ("## Ontbrekende omschrijvingen", "changed"),
        ("## Nieuwe UpdateConnectoren", "added"),
        ("## New required fields of connectors", "changed"),
        ("# Connectors", "changed"),
    ],
)
def test_the_nearest_heading_says_how_severe(heading: str, severity: str) -> None:
    notes = changes_in(f"{heading}\n\n| Description | Connector |\n|---|---|\n| removed x | KnSubject |\n")
    assert [change.severity for change in notes.changes] == [severity]


@pytest.mark.parametrize(
    ("description", "severity"),
    [
        ("endpoint added", "added"),
        ("added the new optional request property 'A/Element/Fields/B'", "added"),
        ("added the new required request property 'A/Element/Fields/B'", "changed"),
        ("the 'A/Element/Fields/B' request property's maxLength was increased from '3' to '5'", "added"),
        ("the 'A/Element/Fields/B' request property's maxLength was decreased to '3'", "changed"),
        ("the request property 'A/Element/Fields/B' became optional", "added"),
        ("the 'A/Element/Fields/B' request property's minLength was increased from '3' to '5'", "changed"),
        ("the 'A/Element/Fields/B' request property's minLength was decreased to '3'", "added"),
        ("added the pattern '^A' to the request property 'A/Element/Fields/B'", "changed"),
        ("nieuw verplicht veld", "changed"),
        ("removed the enum value 'Vervallen' of the request property 'A/Element/Fields/B'", "changed"),
        ("api path removed without deprecation", "changed"),
        ("endpoint deprecated", "deprecated"),
    ],
)
def test_without_a_heading_the_description_says_how_severe(description: str, severity: str) -> None:
    notes = changes_in(f"| Description | Connector |\n|---|---|\n| {description} | KnSubject |\n")
    assert [change.severity for change in notes.changes] == [severity]


def test_a_row_with_too_few_or_too_many_cells_is_kept() -> None:
    notes = changes_in("| Connector | Description |\n|---|---|\n| KnSubject |\n| KnPerson | a | b |\n")
    assert [(c.connectors, c.description) for c in notes.changes] == [(("KnSubject",), "-"), (("KnPerson",), "a")]
    assert notes.remarks == (
        "line 4: the row has 3 cells, the table 2 columns; the last cells are left out (write a | in a text as \\|)",
    )


def test_a_list_is_csv_with_any_separator_and_names_in_two_languages() -> None:
    english = "connector,operation,severity,field,description\nKnSubject,PUT,breaking,Ds,it goes\nKnPerson,,,,\n"
    assert changes_in(english).changes == (
        Change(
            description="it goes",
            severity="breaking",
            connectors=("KnSubject",),
            operations=("update",),
            field="Ds",
            line=2,
        ),
        Change(description="KnPerson", severity="changed", connectors=("KnPerson",), line=3),
    )
    fields = "connector,operation,field\nKnSubject,PUT,Ds\nKnSubject,PUT,Nm\n"
    assert [change.field for change in changes_in(fields).changes] == ["Ds", "Nm"], "no description, yet two changes"
    dutch = "\ufeffOmschrijving;Connector;Bewerking;Ernst;Veld\r\nweg ermee;KnSubject;wijzigen;brekend;Ds\r\n"
    assert rows(changes_in(dutch)) == [(2, "breaking", ("KnSubject",), ("update",), "Ds")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "connector,severity\nKnSubject,awful\n",
            "line 2: severity 'awful' is unknown; expected breaking, deprecated, changed, added",
        ),
        ("connector,operation\nKnSubject,merge\n", "line 2: operation 'merge' is unknown; expected get, insert"),
        ("connector,operation\n,get\n", "line 2: connector '' is not the name of a connector"),
        ("connector,operation\n", "it holds a header but no changes"),
        ('connector,operation\n"KnSubject,get\n', "line 2: unexpected end of data"),
        ("", "no changes were found; expected Markdown tables"),
        ("## Breaking changes\n\nAll is new.\n", "line 1: 'Breaking changes' describes changes in words"),
    ],
)
def test_a_file_without_changes_says_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ChangesError) as caught:
        changes_in(text)
    assert said in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ChangesError, match=r"nothing\.md: No such file"):
        read_changes(tmp_path / "nothing.md")
    (tmp_path / "utf16.md").write_bytes("hé".encode("latin-1"))
    with pytest.raises(ChangesError, match=r"utf16\.md: byte 1 is not UTF-8"):
        read_changes(tmp_path / "utf16.md")


cell = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=20)


@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=5))
def test_as_many_rows_are_read_as_there_are_whatever_stands_in_them(cells: list[tuple[str, str, str]]) -> None:
    lines = [f"| {' | '.join(text.replace('|', '') for text in row)} |" for row in cells]
    notes = changes_in("\n".join(["| Description | Connector | Operation |", "|---|---|---|", *lines]))
    assert notes.rows == len(cells)
