"""The pages about a change and about the rules of use: their question is in the link, and the answer on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.changes.change import ChangesError
from dashboard.sections.impact.figures import NOTES_AT_MOST, notes_in
from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import MARKUP, OpenPage, tables
from tests.dashboard.test_pages import cards, read

PERIOD = {"since": "2026-10-01", "until": "2026-10-05"}


def test_without_a_question_the_page_asks_for_one(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, "impact", **PERIOD)
    assert app.info[0].value.startswith("What is going to change?")
    assert not tables(app)


def test_the_link_says_what_changes_and_the_page_whom_it_concerns(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, "impact", connector="knsubject", operation="get", **PERIOD)
    assert cards(app) == {
        "Affected integrations": ("2", ""),
        "Affected customers": ("3", ""),
        "Affected calls": ("5", ""),
        "Calls without a valid id": ("1", ""),
    }
    concerned, customers = tables(app)
    assert concerned.rows("title", "customers", "calls", "share") == [
        ["1234567_1", "2", "4", "100.0%"],
        ["7654321_1", "1", "1", "100.0%"],
        ["(unidentified)", "1", "1", "100.0%"],
    ]
    assert customers.rows("customer", "integration_name", "calls", "errors") == [
        ["7000001", "1234567_1", "2", "0"],
        ["7000002", "1234567_1", "2", "1"],
        ["7000003", "7654321_1", "1", "0"],
        ["7000001", "(unidentified)", "1", "0"],
    ]
    assert [text.value for text in app.text] == [
        "• calls of 4 days, since 2026-10-01 and before 2026-10-05, environment production",
        "• 1 call without a valid id: the integration is not known",
    ]
    assert app.selectbox(key="impact.operation").value == "get"


def test_what_has_no_connector_is_found_by_its_address(tmp_path: Path, open_page: OpenPage) -> None:
    calls = [call(called_at="2026-10-01T08:00:00Z", connector=None, operation="report", endpoint="ReportConnector/Id")]
    lake = given_lake(tmp_path / "lake", calls)
    assert cards(open_page(lake, "impact", connector="reportconnector"))["Affected integrations"] == ("1", "")
    nobody = open_page(lake, "impact", connector="KnSubject")
    assert nobody.success[0].value == "Nobody called this in this period. See below what the logs cannot show."


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("KnSubj", "KnSubject"), ("knsubjects", "KnSubject"), ("KnEmploye", "KnEmployee"), ("Qqq", None)],
)
def test_a_connector_that_nobody_knows_is_no_all_clear(
    four_days: Path, open_page: OpenPage, typed: str, nearest: str | None
) -> None:
    """Also where the nearest is not in the logs, but in the vendor's list."""
    app = open_page(four_days, "impact", connector=typed, **PERIOD)
    assert app.warning[0].value.startswith(f"The connector `{typed}` is unknown")
    assert not app.success
    assert not tables(app)
    if nearest is not None:
        app.button(key=f"offer.connector.{nearest}").click().run()
        assert app.query_params["connector"] == nearest
        assert not app.warning


def test_a_version_or_a_field_that_nobody_knows_is_said_to_be_unknown(tmp_path: Path, open_page: OpenPage) -> None:
    calls = [call(filter_fields=["OrderNumber"]), call(api_version="7.0", product="sb", customer="beers/enyoi")]
    lake = given_lake(tmp_path / "lake", calls)
    app = open_page(lake, "impact", api_version="7.1")
    assert app.warning[0].value.startswith("No loaded call uses version `7.1`")
    assert not app.success
    app.button(key="offer.api_version.7.0").click().run()
    assert app.query_params["api_version"] == "7.0"
    app = open_page(lake, "impact", connector="KnSubject", field="OrderNumbr")
    assert app.warning[0].value.startswith("No get of this connector filters by a field `OrderNumbr`")
    assert tables(app)
    app.button(key="offer.field.OrderNumber").click().run()
    assert app.query_params["field"] == "OrderNumber"
    assert not app.warning


@pytest.mark.parametrize(
    ("notes", "said", "unknown"),
    [
        ("connector\nKnSubj\nFbSalesx\nKnPersonn\n", "**3 changes**", ["KnSubj", "FbSalesx", "KnPersonn"]),
        ("connector\nKnPerson\nFbSalesx\n", "**2 changes**", ["FbSalesx"]),
        ("connector\nKnSubject\nFbSalesx\nQq9\n", "**3 changes**", ["FbSalesx", "Qq9"]),
        ("connector\nKnPerson\n", "**1 change**", []),
    ],
)
def test_release_notes_with_names_that_nobody_knows_are_no_all_clear(
    four_days: Path, open_page: OpenPage, notes: str, said: str, unknown: list[str]
) -> None:
    """They are in a table with the nearest names. Good news is only a name that the vendor's list knows and no call carries."""
    app = open_page(four_days, "impact", **PERIOD)
    app.session_state["impact.notes"] = {"n": notes.encode()}
    app.query_params["notes"] = "n"
    app.run()
    assert not app.exception
    text = "\n".join(read(app))
    assert said in text
    assert f"{len(unknown)} {'has' if len(unknown) == 1 else 'have'} a name that nobody knows" in text
    assert [bool(app.success), bool(app.warning)] == [not unknown, bool(unknown)]
    named = [table for table in tables(app) if table.title == "Unknown names"]
    assert [table.column("name") for table in named] == ([unknown] if unknown else [])
    if "FbSalesx" in unknown:
        assert named[0].column("nearest")[unknown.index("FbSalesx")].startswith("FbSales,")


def test_nobody_is_no_all_clear_where_calls_do_not_tell_or_no_connector_is_asked_for(
    tmp_path: Path, open_page: OpenPage
) -> None:
    soap = call(protocol="soap", operation="get", connector=None, endpoint="AppConnectorGet.asmx")
    lake = given_lake(tmp_path / "lake", [call(), soap])
    asked_for = ({"connector": "KnEmployee"}, {"token_form": "plain"}, {"api_protocol": "soap", "operation": "delete"})
    for link in asked_for:
        app = open_page(lake, "impact", **link)
        assert not app.success
        assert app.info[0].value.startswith(
            "The logs of this period hold no call to this, but somebody may still be affected"
        )


def test_what_is_chosen_goes_into_the_link(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, "impact", connector="KnSubject", **PERIOD)
    app.selectbox(key="impact.operation").set_value("update").run()
    app.text_input(key="impact.field").set_value(" Ds ").run()
    assert {name: app.query_params[name] for name in ("connector", "operation", "field")} == {
        "connector": "KnSubject",
        "operation": "update",
        "field": "Ds",
    }
    assert app.success[0].value == "Nobody called this in this period. See below what the logs cannot show."
    app.selectbox(key="impact.operation").set_value(None).run()
    assert "operation" not in app.query_params


def test_a_question_that_cannot_be_is_left_out_and_said(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, "impact", connector="KnSubject", operation=MARKUP, token_form="none", **PERIOD)
    assert "expected get, insert, update, delete or another operation" in app.warning[0].value
    assert "token_form` = `none`: expected bearer, base64, plain or soap_body" in app.warning[0].value
    assert cards(app)["Affected integrations"] == ("2", "")


def test_release_notes_that_cannot_be_read_are_refused_in_words() -> None:
    assert [change.connectors for change in notes_in(b"\xef\xbb\xbfconnector\nKnSubject\n").changes] == [("KnSubject",)]
    with pytest.raises(ChangesError, match="not UTF-8 text"):
        notes_in(b"\xff\xfe")
    with pytest.raises(ChangesError, match="more than 2,000,000 bytes"):
        notes_in(b" " * (NOTES_AT_MOST + 1))


def test_the_rules_are_listed_with_who_breaks_them(tmp_path: Path, open_page: OpenPage) -> None:
    lake = given_lake(
        tmp_path / "lake",
        [
            call(
                called_at="2026-10-01T08:00:00Z",
                integration_id="1234567_1",
                take=-1,
                duration_ms=3000.0,
                connector="Acme",
            ),
            call(called_at="2026-10-02T08:00:00Z", integration_id="7654321_1", duration_ms=5.0),
            call(called_at="2026-10-02T08:00:00Z", integration_id=None, duration_ms=7.0),
        ],
    )
    app = open_page(lake, "practices")
    assert cards(app) == {
        "Integrations": ("2", ""),
        "Keep every rule": ("1", ""),
        "Score below 80": ("1", ""),
        "Lowest score": ("70", ""),
    }
    broken, rules, heaviest = tables(app)
    assert broken.rows("score", "title", "calls") == [["70", "1234567_1", "2"]]
    assert broken.column("broken") == ["take=-1, Slow calls"]
    assert len(rules) == 13
    assert heaviest.rows("place", "title") == [["1", "(unidentified) 7654321"], ["2", "7654321_1"]]
    app.selectbox(key="practices.day").select_index(1).run()
    assert app.query_params["day"] == "2026-10-01"
    assert tables(app)[-1].column("title") == ["1234567_1"]


def test_a_day_is_chosen_in_the_link(four_days: Path, open_page: OpenPage) -> None:
    app = open_page(four_days, "practices", day="2026-10-02", **PERIOD)
    heaviest = tables(app)[-1]
    assert heaviest.rows("place", "title", "calls") == [["1", "1234567_1", "2"]]
    assert tables(open_page(four_days, "practices", day="nonsense", **PERIOD))[-1].column("calls") == ["1"]


def test_one_integration_shows_every_rule_and_what_to_do(tmp_path: Path, open_page: OpenPage) -> None:
    lake = given_lake(tmp_path / "lake", [call(integration_id="1234567_1", take=-1)])
    app = open_page(lake, "practices", integration="1234567_1")
    assert "Integration `1234567_1` · score 80 of 100" in read(app)
    rules = tables(app)[0]
    assert rules.rows("rule", "state", "calls", "judged")[0] == ["take=-1", "Broken", "1", "1"]
    assert len(rules) == 13
    assert app.text[-1].value.startswith("• take=-1: Read in pages")


def test_no_broken_rule_is_good_news(tmp_path: Path, open_page: OpenPage) -> None:
    app = open_page(given_lake(tmp_path / "lake", [call()]), "practices")
    assert app.info[0].value == "No integration breaks a rule that the logs can show."
