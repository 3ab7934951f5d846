"""Unknown names. A name is known, in any case, if a call carries it or the vendor's list has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.changes.change import Change, change_of
from analytics.known.known import nearest, unknown_in_changes, unknown_in_scope, unknown_names
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.catalogue.published import official_connectors
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLED = ("KnSubject", "Acme_Orders", "AppConnectorSubject")
OFFICIAL = sorted(official_connectors())


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Calls of two connectors and a service, each elsewhere and at another time."""
    calls = [
        call(called_at="2026-08-01T08:00:00Z", connector="KnSubject", filter_fields=["BcCo", "Nm"]),
        call(connector="Acme_Orders", environment="test", api_version="7.0"),
        call(connector=None, protocol="soap", operation="attachment", endpoint="AppConnectorSubject.asmx"),
        call(connector="FiContract", operation="insert", endpoint="connectors/FiContract/FiContractline"),
    ]
    with Warehouse.open(given_lake(tmp_path_factory.mktemp("known") / "lake", calls)) as opened:
        yield opened


@settings(deadline=None, max_examples=40)  # each asks the lake
@given(
    st.sampled_from([*CALLED, *OFFICIAL]).flatmap(
        lambda name: st.sampled_from([name, name.lower(), name.upper(), name[:-1], f"{name}s", name[1:]])
    )
    | st.text(min_size=1, max_size=20).filter(lambda text: text == text.strip())
)
def test_a_connector_is_known_that_is_called_or_listed(warehouse: Warehouse, name: str) -> None:
    known = {one.lower() for one in (*CALLED, *OFFICIAL)}
    found = unknown_in_changes(warehouse, [change_of(connector=name)])
    assert [(one.kind, one.value) for one in found] == ([] if name.lower() in known else [("connector", name)])


@pytest.mark.parametrize(
    ("connector", "field", "unknown"),
    [("KnSubject", "bcco", []), ("KnSubject", "BcC", ["BcCo"]), ("Acme_Orders", "BcCo", [])],
)
def test_a_field_is_known_that_a_get_of_its_connector_filters_by(
    warehouse: Warehouse, connector: str, field: str, unknown: list[str]
) -> None:
    found = unknown_in_changes(warehouse, [change_of(connector=connector, field=field)])
    assert [list(one.nearest) for one in found] == ([unknown] if field != "bcco" else [])


@pytest.mark.parametrize(
    ("path", "unknown", "near"),
    [
        ("FbSales/FbSalesLines", [], ""),
        ("fbsales/FBSALESLINES/@Id/{Id}", [], ""),
        ("FiContract/FiContractline", [], ""),  # a call has it, no list does
        ("KnSubject/KnSubject/@SbId/{SbId}", [], ""),
        ("KnSubject/KnS01", [], ""),  # a customer's own
        ("KnSubject/@SbId/{SbId}", [], ""),  # no element to judge by
        ("FbSales/FbSalesLine", ["path"], "FbSalesLines"),
        ("FiContract/FiContractlines", ["path"], "FiContractline"),
        ("FbSalse/FbSalesLine", ["connector"], "FbSales"),  # of nothing that is unknown there is a part to judge
    ],
)
def test_a_path_is_known_by_the_element_below_its_connector(
    warehouse: Warehouse, path: str, unknown: list[str], near: str
) -> None:
    change = Change(description=path, connectors=(path.partition("/")[0],), paths=(path,))
    (found,) = unknown_names(warehouse, [change])
    assert [one.kind for one in found] == unknown
    assert [one.nearest[0] for one in found] == ([near] if near else [])


@pytest.mark.parametrize("service", ["ReportConnector", "profitversion", "AppConnectorReport", "TokenConnector"])
def test_a_service_that_nobody_calls_is_known_by_its_address(warehouse: Warehouse, service: str) -> None:
    assert unknown_names(warehouse, [change_of(connector=service)]) == ((),)


def test_a_version_is_known_that_a_call_has(warehouse: Warehouse) -> None:
    assert unknown_in_changes(warehouse, [change_of(api_version="7.0")]) == ()
    (unknown,) = unknown_in_changes(warehouse, [change_of(api_version="7.1")])
    assert (unknown.kind, unknown.nearest, unknown.there) == ("api_version", ("7.0",), ("7.0",))


def test_a_filter_is_unknown_that_no_call_fits_anywhere(warehouse: Warehouse) -> None:
    scope = Scope(connector="knsubject", environment="training", partner=1234568, since="2026-10-01")
    assert [(one.kind, one.nearest) for one in unknown_in_scope(warehouse, scope)] == [
        ("partner", ("1234567",)),
        ("environment", ()),
    ]


@given(st.lists(st.sampled_from(OFFICIAL), min_size=1, unique=True), st.text(max_size=12))
def test_what_is_nearest_is_there_and_a_name_itself_is_the_nearest(there: list[str], text: str) -> None:
    assert set(nearest(text, there)) <= set(there)
    assert all(nearest(name.lower(), there)[0] == name for name in there[:3])
