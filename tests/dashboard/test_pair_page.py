"""The page about a connection: its verdict, what it rests on, and its form."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import MARKUP, OpenPage, tables

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

DAYS = [day for n in range(61) if (day := dt.date(2026, 9, 1) + dt.timedelta(days=n)).weekday() < 5]
REFUSED = dt.date(2026, 10, 20)
PARTNERS = "partner,name,contact,email,phone\n1234567,Acme,Ann Example,ann@acme.example,+31 99 000 0001\n"
CUSTOMERS = "customer,name,branch\n7000001,Bakery,Food\n"


def daily(customer: str, days: list[dt.date], **said: Any) -> list[dict[str, Any]]:
    """Two calls on each day, on two connectors."""
    return [
        call(called_at=f"{day}T{hour:02}:15:00Z", customer=customer, connector=connector, **said)
        for day in days
        for hour, connector in ((8, "KnOrders"), (14, "KnStock"))
    ]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The token of customer 7000001 ends on 20 October; that of four others does not."""
    folder = tmp_path_factory.mktemp("pair_page")
    (folder / "partners.csv").write_text(PARTNERS, encoding="utf-8")
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    calls = [
        *daily("7000001", [day for day in DAYS if day < REFUSED], user_agent="Acme/1"),
        *daily("7000001", [day for day in DAYS if day >= REFUSED], user_agent="Acme/1", status=401),
        *(row for customer in "2345" for row in daily(f"700000{customer}", DAYS, user_agent="Acme/1")),
        *daily("7000009", DAYS[-1:])[:1],
    ]
    return given_lake(folder / "lake", calls, registry=[folder / "partners.csv", folder / "customers.csv"])


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def test_the_verdict_stands_first_and_names_whom_to_call(broken: Path, open_page: OpenPage) -> None:
    app = open_page(broken, "pair", integration="1234567_1", customer="7000001")
    assert app.text[0].value == "1234567_1 at Bakery"
    assert app.error[0].value == (
        "**The connection broke.** Since 20 Oct 2026, 10:15, every call has failed: 18 calls, all with 401. "
        "The last call that succeeded was made on 19 Oct 2026, 16:15."
    )
    said = [element.value for element in app.markdown]
    assert any("a token that expired or was revoked" in text for text in said)
    # 90 : 8 : 2, alone times 1.5, 0.7 and 0.2; nobody calls elsewhere: 135 of 141.
    assert "**Customer**, 96% sure:" in said
    assert "• Partner: Acme, Ann Example, +31 99 000 0001, ann@acme.example" in [text.value for text in app.text]
    assert cards(app)["Last success"] == ("19 Oct 2026", "at 16:15")
    assert cards(app)["First error after it"] == ("20 Oct 2026", "at 10:15")


def test_the_tables_show_before_and_since_and_who_else(broken: Path, open_page: OpenPage) -> None:
    app = open_page(broken, "pair", integration="1234567_1", customer="7000001")
    shown = {table.title: table for table in tables(app)}
    # 35 workdays before 20 October, 9 from then on.
    assert shown["Outcomes by connector"].rows("connector", "outcome", "calls_before", "calls_during") == [
        ["KnOrders", "Token refused", "0", "9"],
        ["KnStock", "Token refused", "0", "9"],
        ["KnOrders", "No error", "35", "0"],
        ["KnStock", "No error", "35", "0"],
    ]
    others = shown["Other customers of the integration"]
    assert others.column("customer") == ["7000002", "7000003", "7000004", "7000005", "7000009"]
    assert others.column("in_trouble") == ["No"] * 5
    assert "customer=7000002" in str(others.links("customer")[0])
    assert shown["Times of trouble"].rows("started_at", "errors", "status") == [["20 Oct 2026, 10:15", "18", "401"]]
    assert ["Program", "Acme/1", ""] in shown["What changed in the calls?"].rows("sign", "value", "sign_change")


def test_a_customer_of_the_integrations_page_opens_its_connection(broken: Path, open_page: OpenPage) -> None:
    app = open_page(broken, "integrations", integration="1234567_1")
    (customers,) = [table for table in tables(app) if table.title == "Customers"]
    link = str(customers.links("customer")[0])
    assert link.startswith("pair?")
    assert "integration=1234567_1" in link
    assert "customer=7000001" in link


def test_the_form_asks_for_both_and_puts_them_into_the_link(broken: Path, open_page: OpenPage) -> None:
    app = open_page(broken, "pair")
    assert app.info[0].value.startswith("Choose an integration and a customer.")
    app.selectbox(key="pair.integration").set_value("1234567_1").run()
    app.selectbox(key="pair.customer").set_value("7000002").run()
    assert (app.query_params["integration"], app.query_params["customer"]) == ("1234567_1", "7000002")
    assert app.success[0].value.startswith("**The connection works:** 88 calls, 0 errors")


def test_a_pair_without_calls_and_one_with_few_say_so(broken: Path, open_page: OpenPage) -> None:
    nothing = open_page(broken, "pair", integration="1234567_1", customer="7000099")
    assert any("No loaded call has Customer" in warning.value for warning in nothing.warning)
    few = open_page(broken, "pair", integration="1234567_1", customer="7000009")
    assert few.info[0].value == "There are too few calls to judge the connection: 1 call, 0 errors."


def test_texts_from_outside_are_never_markup(marked_up: Path, open_page: OpenPage) -> None:
    app = open_page(marked_up, "pair", integration="1234567_1", customer="7000001")
    assert app.text[0].value == f"{MARKUP} at {MARKUP}"
    said = [element.value for kind in ("markdown", "caption", "info", "warning") for element in getattr(app, kind)]
    assert not [text for text in said if MARKUP in text.replace(f"`` {MARKUP} ``", "")]
