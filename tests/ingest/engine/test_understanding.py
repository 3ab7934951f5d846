"""Ids and URLs that nobody worked by hand: the product and the oracle say the same, and nothing makes either fail."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from ingest.engine.integration_id import parse_integration_id
from tests.ingest import strategies
from tests.ingest.engine.single_values import parse_integration_ids, parse_request_url, parse_request_urls
from tests.oracle.oracle import BadUrl, read_url, split_integration_id

# Every question to the product costs a connection: few examples of many texts. The texts that differ are shown, so there is
# nothing to shrink.
BATCHES = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*|redacted"
ENDPOINT = re.compile(r"[A-Za-z0-9_.@,/-]{1,400}")
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@BATCHES
@given(st.lists(strategies.integration_ids(), min_size=50, max_size=80))
def test_product_and_oracle_read_the_same_ids(texts: list[str]) -> None:
    differ: list[tuple[object, ...]] = []
    for text, one in zip(texts, parse_integration_ids(texts), strict=True):
        expected = split_integration_id(text)
        differs = (one.status, one.defect, one.partner, one.project) != (
            expected.id_status,
            expected.id_defect,
            expected.partner,
            expected.project,
        )
        if differs or one.stored != expected.integration_id:
            differ.append((text, one, expected))
    assert differ == []


@BATCHES
@given(st.lists(strategies.requests(), min_size=50, max_size=80))
def test_product_and_oracle_read_the_same_requests(requests: list[tuple[str, str]]) -> None:
    differ: list[tuple[object, ...]] = []
    for request, one in zip(requests, parse_request_urls(requests), strict=True):
        expected = read_url(*request)
        if isinstance(expected, BadUrl):
            if one.reason != expected.reason:
                differ.append((request, one, expected))
        elif vars(one) | {"method": expected.method} != asdict(expected) | {"reason": None}:
            differ.append((request, one, expected))
    assert differ == []


@BATCHES
@given(st.lists(strategies.integration_ids(), min_size=50, max_size=80))
def test_reading_what_was_stored_of_an_id_changes_nothing(texts: list[str]) -> None:
    stored = [one.stored for one in parse_integration_ids(texts)]
    assert [one.stored for one in parse_integration_ids(stored)] == stored


@BATCHES
@given(st.lists(strategies.requests(), min_size=50, max_size=80))
def test_reading_a_connector_as_it_was_stored_changes_nothing(requests: list[tuple[str, str]]) -> None:
    stored = [one.connector for one in parse_request_urls(requests) if one.connector]
    again = parse_request_urls(
        [("GET", f"https://12345.rest.afas.online/ProfitRestServices/connectors/{name}") for name in stored]
    )
    assert [one.connector for one in again] == stored


@BATCHES
@given(st.lists(strategies.requests(), min_size=50, max_size=80))
def test_every_text_that_is_stored_of_a_request_fits_its_pattern(requests: list[tuple[str, str]]) -> None:
    for one in parse_request_urls(requests):
        if one.reason is None:
            assert re.fullmatch(rf"(?:{NAME}){{1,100}}", one.connector or "X")
            assert ENDPOINT.fullmatch(one.endpoint)
            assert re.fullmatch(r"[0-9]{4,7}|[a-z0-9-]+/[a-z0-9_-]+", one.customer or "")
            assert all(FIELD.fullmatch(name) for name in one.filter_fields)


@pytest.mark.parametrize(
    "text", ["\ud800", "12345_\udfff", "\x00", "\U0010ffff" * 100], ids=lambda text: ascii(text[:9])
)
def test_no_text_makes_the_readers_raise(text: str) -> None:
    assert parse_integration_id(text).status == "malformed"
    path = parse_request_url("GET", f"https://12345.rest.afas.online/ProfitRestServices/connectors/{text}")
    assert (path.customer, path.connector) == ("12345", "redacted")
    assert parse_request_url("GET", text).reason == "bad_url"
