"""The meaning of a single id, URL or status, asked of the engine's rules without a log.

The product understands whole blocks of lines. Tests ask the same views and macros (`integration_id.sql`, `request_url/`,
`outcome.sql`) about single values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from ingest.engine.connection import connect_shared, sound_text
from ingest.engine.integration_id import IntegrationId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.call import Environment, IdDefect, IdStatus, Operation, Outcome, Party, Product, Protocol, RejectReason


@dataclass(frozen=True)
class RequestUrl:
    """A request URL as it was understood. `reason` is None, or why a line with this URL is rejected."""

    reason: RejectReason | None
    product: Product | None
    protocol: Protocol | None
    environment: Environment | None
    customer: str | None
    operation: Operation
    connector: str | None
    endpoint: str
    skip: int | None
    take: int | None
    ordered: bool | None
    filter_fields: list[str]
    operator_types: list[int]
    query_length: int


def parse_request_url(method: str, url: str) -> RequestUrl:
    """What a call of this URL with this method does, and at whom. Never raises.

    >>> call = parse_request_url("POST", "https://54321.rest.afas.online/ProfitRestServices/connectors/KnSubject")
    >>> call.customer, call.connector, call.operation
    ('54321', 'KnSubject', 'insert')
    """
    return parse_request_urls([(method, url)])[0]


def parse_request_urls(requests: Sequence[tuple[str, str]]) -> list[RequestUrl]:
    """The same for many (method, URL), in their order."""
    with connect_shared(threads=1) as connection:
        given = pa.table(
            {
                "code": pa.array(range(len(requests)), pa.int32()),
                "method": pa.array([sound_text(method) for method, _ in requests], pa.string()),
                "url": pa.array([sound_text(url) for _, url in requests], pa.string()),
            }
        )
        connection.register("given", given)
        connection.begin()  # and closed without a commit: others use the engine, too
        connection.execute("insert into request_base_texts select code, upper(method), url_base(url) from given")
        connection.execute("insert into request_query_texts select code, url_query(url) from given")
        rows = connection.execute(
            "select reason, product, protocol, environment, customer,"
            " operation_of(bases.operation, is_soap_service, upper(given.method), asks_for_wsdl) as operation, connector,"
            " endpoint, skip, take, case when bases.operation = 'get' then ordered end, filter_fields, operator_types,"
            " query_length"
            " from given join request_bases as bases using (code) join request_queries using (code) order by code"
        ).fetchall()
    return [RequestUrl(*row) for row in rows]


def parse_integration_ids(texts: Sequence[str | None]) -> list[IntegrationId]:
    """What each of these headers says, in their order.

    >>> parse_integration_ids(["12345_678900", " - "])
    [IntegrationId(partner=12345, project=678900), IntegrationId(status='missing', defect=None, stored=None)]
    """
    with connect_shared(threads=1) as connection:
        given = pa.table(
            {"code": pa.array(range(len(texts)), pa.int32()), "text": pa.array(map(sound_text, texts), pa.string())}
        )
        connection.register("given", given)
        connection.begin()  # and closed without a commit: others use the engine, too
        connection.execute("insert into integration_id_texts select code, text, false, true from given")
        rows = connection.execute(
            "select partner, project, id_status, id_defect, integration_id from integration_ids order by code"
        ).fetchall()
    return [
        IntegrationId(partner, project, cast("IdStatus", status), cast("IdDefect | None", defect), stored)
        for partner, project, status, defect, stored in rows
    ]


def outcome_of(status: int, *, duration_ms: float | None = None, query_length: int = 0) -> Outcome:
    """The outcome of a call with this status (100 to 599).

    >>> outcome_of(500), outcome_of(500, duration_ms=900_000), outcome_of(404, query_length=2050)
    ('validation', 'timeout', 'query_too_long')
    """
    with connect_shared(threads=1) as connection:
        [[outcome]] = connection.execute(
            "select outcome_of(?::smallint, ?::double, ?::integer)", [status, duration_ms, query_length]
        ).fetchall()
    return cast("Outcome", outcome)


def party_of(outcome: Outcome) -> Party | None:
    """Who can fix it; None when there is nothing to fix.

    >>> party_of("unauthorized"), party_of("validation"), party_of("unavailable"), party_of("ok")
    ('customer', 'partner', 'vendor', None)
    """
    with connect_shared(threads=1) as connection:
        [[party]] = connection.execute("select party_of(?)", [outcome]).fetchall()
    return cast("Party | None", party)
