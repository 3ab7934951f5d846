"""The body of a SOAP call: its connector, the operation of an update, a token, and an IntegrationId in the wrong place."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import ingest
from ingest.engine.connection import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

ENVELOPES = (Path(ingest.__file__).parent / "understand" / "envelopes.sql").read_text(encoding="utf-8")

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a get": (
        "<GetData><token>&lt;token&gt;</token><connectorId>Ree_Artikelen</connectorId></GetData>",
        ("Ree_Artikelen", "write", None, True),
    ),
    "an update in the official spelling": (
        """<Execute><connectorType> knsubject </connectorType><dataXml>&lt;Element Action="insert"&gt;</dataXml></Execute>""",
        ("KnSubject", "insert", None, False),
    ),
    "a prefix, an attribute, another case": (
        """<afas:ConnectorID xsi:type="xsd:string">\n  Ree_Orders\n</afas:ConnectorID>""",
        ("Ree_Orders", "write", None, False),
    ),
    "an id before a type": (
        "<connectorType>KnSubject</connectorType><connectorId>Ree_Orders</connectorId>",
        ("Ree_Orders", "write", None, False),
    ),
    "an id that is none, before a type": (
        "<connectorType>KnSubject</connectorType><connectorId/>",
        (None, "write", None, False),
    ),
    "a name behind a long text": (
        f"<note>connectorid {'x' * 2000}</note><ns:connectorId>Ree_Orders</ns:connectorId>",
        ("Ree_Orders", "write", None, False),
    ),
    "a name that is too long": (
        f"<connectorId>{'x' * 300}</connectorId>",
        ("redacted", "write", None, False),
    ),
    "a name with a person in it": (
        "<connectorId>jan.jansen@example.org</connectorId>",
        ("redacted", "write", None, False),
    ),
    "one kind of action, twice": (
        """<connectorType>FbSales</connectorType>Action = 'DELETE' ... action=&quot;delete&quot;""",
        ("FbSales", "delete", None, False),
    ),
    "two kinds of action": (
        """<connectorType>FbSales</connectorType>Action="insert" Action="update\"""",
        ("FbSales", "write", None, False),
    ),
    "an IntegrationId in the envelope": (
        "<connectorId>Ree_Orders</connectorId><IntegrationId>1234_567890</IntegrationId>",
        ("Ree_Orders", "write", "1234_567890", False),
    ),
    "an IntegrationId that is none": (
        "<IntegrationId>0123_5</IntegrationId>",
        (None, "write", None, False),
    ),
    "no envelope": ("", (None, "write", None, False)),
}


def _said(bodies: Sequence[str | None], *, is_soap_service: bool = True) -> list[tuple[Any, ...]]:
    with contextlib.closing(connect(threads=1)) as connection:
        bases = pa.table({"code": [0], "is_soap_service": [is_soap_service]})
        raw = pa.table(
            {
                "line_number": range(1, len(bodies) + 1),
                "request_bases_code": [0] * len(bodies),
                "body": pa.array(bodies, pa.string()),
            }
        )
        connection.register("known_request_bases", bases)
        connection.register("raw", raw)
        said = connection.sql(ENVELOPES).order("line_number")
        return said.select("soap_connector, update_operation, body_integration_id, has_token").fetchall()


def test_every_envelope_says_what_it_should() -> None:
    said = _said([body for body, _ in CASES.values()])

    assert dict(zip(CASES, said, strict=True)) == {name: expected for name, (_, expected) in CASES.items()}


WORDS = "Employees_" * 6 + "List"


@pytest.mark.parametrize(("text", "connector"), [(WORDS, WORDS), (f"{WORDS}s", "redacted")])
def test_a_name_has_64_characters_at_most(text: str, connector: str) -> None:
    [(said, *_)] = _said([f"<connectorId>{text}</connectorId>"])

    assert said == connector


def test_a_body_is_looked_at_only_where_there_is_one_and_a_soap_service_is_called() -> None:
    body = "<connectorId>Ree_Orders</connectorId>"

    assert _said([body], is_soap_service=False) == []
    assert _said([None, body, None]) == [("Ree_Orders", "write", None, False)]
