"""The stories of the demo as incidents. The errors are those that sample_logs/README.md tells of each story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.incidents.incidents import incidents
from analytics.scope import Scope

if TYPE_CHECKING:
    from analytics.warehouse.warehouse import Warehouse


def test_every_story_of_errors_is_one_incident_with_its_party(demo: Warehouse) -> None:
    found = [one for one in incidents(demo, Scope()) if one.kind != "silence"]
    assert [(one.kind, one.integration, one.customer, one.party) for one in found] == [
        ("error_spike", "1214_300877", None, "partner"),
        ("error_spike", "2519_301100", "5405", "customer"),
        ("error_spike", "1761_303301", None, "partner"),
        ("early_warning", "1214_300877", None, "partner"),
        ("platform_outage", None, None, "vendor"),
    ]
    # The revoked token has 31 errors. A 403 two hours before it, with no call in between, belongs to the same run of refusals.
    assert [one.errors for one in found] == [53, 32, 55, 51, 126]
    assert [one.ended_at is None for one in found] == [True, True, False, True, False]


def test_who_fell_silent_is_told_once(demo: Warehouse) -> None:
    found = [one for one in incidents(demo, Scope(integration="2386_304040")) if one.kind == "silence"]
    assert [(one.integration, one.customer, one.ended_at, one.party) for one in found] == [
        ("2386_304040", None, None, "partner")
    ]
