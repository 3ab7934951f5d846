"""A lake with calls of all kinds, and the integrations that a change of the API affects in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.impact.impact import Thresholds, impact
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from analytics.changes.change import Change
    from analytics.impact.answer import Impact

REGISTRY = {
    "partners": "partner,name,contact,email,phone\n1234567,Acme,Ann,ann@acme.example,+31 99 000\n",
    "integrations": "integration,partner,project,name,replaces\n1234567_1,1234567,1,Acme Uren,1234567_9\n",
    "customers": "customer,name,branch\n7000001,One,Zorg\n7000002,Two,Bouw\n7000003,Three,Zorg\n",
}
POST = {"method": "POST", "operation": "insert"}
PUT = {"method": "PUT", "operation": "update"}
PROFIT_GET = {"connector": "Profit_Users", "endpoint": "connectors/Profit_Users"}
SOAP = {"protocol": "soap", "method": "POST"}
WEB = {"connector": None, "endpoint": "AppConnectorUpdate.asmx", **SOAP, "operation": "write"}


def at(day: int, **said: Any) -> dict[str, Any]:
    return call(called_at=f"2026-10-{day:02}T08:00:00Z", **said)


CALLS = [
    # 1234567_1: eight calls, four of them KnSubject in whatever case (one by its old id), at two customers and its own.
    at(1, integration_id="1234567_1", customer="7000001", **POST),
    at(2, integration_id="1234567_9", customer="7000001", connector="knsubject", **POST),
    at(3, integration_id="1234567_1", customer="7000002", status=500, **PUT),
    at(4, integration_id="1234567_1", customer="1234567", **POST),
    at(5, integration_id="1234567_1", customer="7000002", filter_fields=["Ds", "ds"], **PROFIT_GET),
    at(6, integration_id="1234567_1", customer="7000002", **PROFIT_GET),
    at(7, integration_id="1234567_1", customer="7000002", token_form="plain", **PROFIT_GET),
    at(8, integration_id="1234567_1", customer="7000002", **WEB),
    # 7654321_1: a write by SOAP whose body is there, a report, an old version of SB.
    at(1, integration_id="7654321_1", customer="7000003", **WEB | {"connector": "KnSubject"}),
    at(
        2,
        integration_id="7654321_1",
        customer="7000003",
        connector=None,
        operation="report",
        endpoint="ReportConnector",
    ),
    at(3, integration_id="7654321_1", customer="abelen/zorg", product="sb", connector="projects", api_version="1.0"),
    # Nobody's: one of two.
    at(9, integration_id=None, customer="7000003", token_form="not_logged", **POST),
    at(9, integration_id=None, customer="7000003", **PROFIT_GET),
    at(9, integration_id="1234567_1", customer="7000001", environment="test", **POST),
]


def lake_of_all_kinds(folder: Path) -> Path:
    """A lake below this folder with these calls and names."""
    for name, text in REGISTRY.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return given_lake(folder / "lake", CALLS, registry=[folder / f"{name}.csv" for name in REGISTRY])


def ask(lake: Path, *changes: Change, scope: Scope | None = None, **thresholds: Any) -> Impact:
    with Warehouse.open(lake) as warehouse:
        return impact(warehouse, changes, scope or Scope(), Thresholds(**thresholds))
