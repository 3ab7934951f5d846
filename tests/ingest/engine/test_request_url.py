"""The meaning of a method and a URL, against the worked cases."""

from __future__ import annotations

import pytest

from ingest.catalogue.published import official_connectors
from tests.ingest import worked
from tests.ingest.engine.single_values import parse_request_url, parse_request_urls

HOST = "https://12345.rest.afas.online/ProfitRestServices/"


CASES = [case for case in worked.url_cases() if case.expected != "bad_method"]
"""A method that is none is a matter of the line (see test_lines)."""


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    """What the product says of every case, asked in one go."""
    read = parse_request_urls([(case.method, case.url) for case in CASES])
    return {case.rule: vars(one) for case, one in zip(CASES, read, strict=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_request_is_read_as_worked_by_hand(case: worked.UrlCase, found: dict[str, dict[str, object]]) -> None:
    if isinstance(case.expected, str):
        assert found[case.rule]["reason"] == case.expected
        return
    expected = {name: value for name, value in case.expected.items() if name != "method"}
    assert worked.differences(found[case.rule], expected | {"reason": None}) == {}


def test_no_official_connector_is_redacted_or_misspelled_whatever_the_case() -> None:
    names = official_connectors()
    read = parse_request_urls([("GET", f"{HOST}connectors/{name.swapcase()}") for name in names])
    assert [one.connector for one in read] == list(names)
    assert [one.endpoint for one in read] == [f"connectors/{name}" for name in names]


def test_no_customer_number_is_redacted() -> None:
    numbers = [str(number) for number in (*range(1000, 1100), *range(9_999_900, 10_000_000))]
    read = parse_request_urls(
        [("GET", f"https://{number}.rest.afas.online/ProfitRestServices/metainfo") for number in numbers]
    )
    assert [one.customer for one in read] == numbers


def test_a_query_of_a_megabyte_is_measured_and_not_kept() -> None:
    values = "Jansen," * 150_000
    read = parse_request_url("GET", f"{HOST}connectors/Profit_Users?filterfieldids=Name&filtervalues={values}")
    assert read.query_length == len("?filterfieldids=Name&filtervalues=") + 1_050_000
    assert "Jansen" not in repr(read)


def test_a_path_of_a_megabyte_is_not_kept() -> None:
    read = parse_request_url("GET", f"{HOST}connectors/{'a' * 1_000_000}")
    assert (read.reason, read.customer) == (None, "12345")
    assert len(repr(read)) < 2000


def test_many_requests_are_answered_in_their_order() -> None:
    read = parse_request_urls(
        [("GET", f"{HOST}metainfo"), ("GET", ""), ("GET", f"{HOST}bi/X"), ("GET", f"{HOST}metainfo")]
    )
    assert [one.endpoint for one in (read[0], read[2], read[3])] == ["metainfo", "bi/X", "metainfo"]
    assert read[1].reason == "bad_url"


def test_no_requests_are_no_answers() -> None:
    assert parse_request_urls([]) == []
