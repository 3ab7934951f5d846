"""What a request URL says. The rule is in `request_url/`; this is its door for one URL at a time or a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.call import Environment, Operation, Product, Protocol, RejectReason


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
    import pyarrow as pa

    from ingest.engine.connection import connect_shared, sound_text

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
            " endpoint, skip, take, case when bases.operation = 'get' then ordered end, filter_fields, query_length"
            " from given join request_bases as bases using (code) join request_queries using (code) order by code"
        ).fetchall()
    return [RequestUrl(*row) for row in rows]
