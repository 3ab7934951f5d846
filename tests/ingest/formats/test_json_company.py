"""The meaning of a JSON line does not depend on the other lines of its block, although some lines are read apart from them."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats import log_format
from ingest.read.blocks import Block
from ingest.understand.provenance import NumberedBlock
from ingest.understand.understanding import Understanding
from tests.ingest.lakes import line
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAIRS = [{"name": "IntegrationId", "value": "4321_7"}, {"name": "User-Agent", "value": "A"}]
_SOAP = "<soap:Envelope><soap:Body><connectorType>FbSales</connectorType></soap:Body></soap:Envelope>"
_URL = "https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject"

_RECORDS: dict[str, Any] = {
    "a list of pairs": line(1, headers=_PAIRS),
    "a text of an object": line(2, headers=json.dumps({"IntegrationId": "4321_8"})),
    "a text of a list": line(3, headers=json.dumps(_PAIRS)),
    "a text of nothing": line(4, headers="odd"),
    "a number": line(5, headers=17),
    "kinds of headers": line(6, headers={"request": {"IntegrationId": "4321_9"}, "response": {"Server": "x"}}),
    "lists of values": line(7, headers={"IntegrationId": ["4321_1", "4321_2"], "Accept": ["*/*"]}),
    "no header that is known": line(8, headers={"X-Own": "1"}),
    "no headers": line(9, headers=None),
    "an empty object": line(10, headers={}),
    "another spelling": line(11, headers={"integrationid": "4321_1", "AUTHORIZATION": "Bearer x"}),
    "two spellings": line(12, headers={"integrationid": "4321_1", "IntegrationId": "4321_1"}),
    "a key twice, the same": line(13).replace(b'"status": 200', b'"status": 200, "status": 200'),
    "a key twice, otherwise": line(14).replace(b'"status": 200', b'"status": 200, "status": 500'),
    "a header twice": line(15).replace(b'"IntegrationId": "4321_1"', b'"IntegrationId": "4321_1", "IntegrationId": "4321_2"'),
    "a list of pairs, and a key twice": line(16, headers=_PAIRS).replace(b'"status": 200', b'"status": 1, "status": 2'),
    "not a number": line(17).replace(b"200", b"NaN"),
    "a comma too many": line(18).replace(b"}\n", b",}\n"),
    "cut off": line(19)[:90] + b"\n",
    "a list": b"[1, 2]\n",
    "nothing": b"\n",
    "a comment": b"# a comment\n",
    "no time": line(20, timestamp=None),
    "a time of its own": line(21, timestamp="Thu, 01 Oct 2026 07:00:00 GMT"),
    "no time at all": line(22, timestamp="soon"),
    "no status": line(23, status=None),
    "numbers as texts": line(24, status="200", duration_ms="12.5", request_bytes="17"),
    "numbers of other kinds": line(25, status=200.0, duration_ms=1.5e3, request_bytes=-1, response_bytes=10**30),
    "no numbers": line(26, duration_ms="soon", request_bytes=True, response_bytes=[1]),
    "decimals with a comma": line(27, duration_ms="12,5"),
    "an envelope": line(28, method="POST", url="https://1234.soap.afas.online/ProfitServices/AppConnectorUpdate.asmx", body=_SOAP),
    "a body that is none": line(29, body={"a": 1}),
    "a field with an object": line(30, user_agent={"name": "x"}, request_id=[1]),
    "escapes": line(31, user_agent='caf\u00e9 \u2028 \ud83d\ude00 "quoted" \\ \t'),
    "an empty id": line(32, headers={"IntegrationId": ""}),
    "an id beside the headers": line(33, headers={"Accept": "*/*"}, integration_id="4321_3"),
    "half of a character": line(34).replace(b'"GET"', b'"GET", "user_agent": "\\ud83d"'),
    "no host": line(35, url="/ProfitRestServices/metainfo"),
    "a host in a header": line(36, url="/ProfitRestServices/metainfo", headers={"Host": "1234.rest.afas.online"}),
    "no method": line(37, method=None),
    "an object in an object": line(38, extra={"headers": {"IntegrationId": "1_1"}}),
}  # fmt: skip
_NAMES = sorted(_RECORDS)


@cache
def _understanding() -> Understanding:
    return contextlib.ExitStack().enter_context(contextlib.closing(_begun()))


def _begun() -> Understanding:
    found = Understanding(threads=1)
    found.begin(now=NOW, time_zone="Europe/Amsterdam")
    return found


@pytest.fixture(scope="module", autouse=True)
def _closes() -> Iterator[None]:
    yield
    _understanding().close()
    _understanding.cache_clear()


def _read(lines: Sequence[bytes]) -> dict[int, dict[str, Any]]:
    """The fate of each of these lines, by its number, without the ignored ones."""
    block = Block(b"".join(lines), 0)
    numbered = NumberedBlock(block=block, first_line=1, context={}, load_id="", source="", stream="")
    understood, _ = _understanding().read([numbered], log_format("json"))
    rows = [*understood.calls.to_pylist(), *understood.rejects.to_pylist()]
    return {
        row["line_number"]: {name: value for name, value in row.items() if name not in {"line_number", "byte_offset"}}
        for row in rows
    }


@cache
def _alone(name: str) -> dict[str, Any] | None:
    return _read([_RECORDS[name]]).get(1)


@settings(max_examples=scaled(25, 500), deadline=None)
@given(
    names=st.lists(st.sampled_from(_NAMES), min_size=1, max_size=20),
    plain=st.sampled_from([0, 1, 40, 200]),
    at=st.randoms(use_true_random=False),
)
def test_a_line_says_the_same_alone_and_among_others(names: list[str], plain: int, at: Any) -> None:
    lines: list[tuple[str | None, bytes]] = [(name, _RECORDS[name]) for name in names]
    lines += [(None, line(1000 + number, url=_URL)) for number in range(plain)]
    at.shuffle(lines)
    found = _read([text for _, text in lines])
    for number, (name, _) in enumerate(lines, start=1):
        if name is not None:
            assert found.get(number) == _alone(name), name
        else:
            assert found[number]["status"] == 200
