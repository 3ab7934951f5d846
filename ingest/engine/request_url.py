"""Reads request URLs that come from no log. `request_url/` has the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def endpoints_of_requests(requests: Sequence[tuple[str, str]]) -> list[str]:
    """The endpoint of each request (method, URL), in their order, as a call in the lake has it.

    >>> endpoints_of_requests([("POST", "https://54321.rest.afas.online/ProfitRestServices/connectors/KnSubject")])
    ['connectors/KnSubject']
    """
    return [str(endpoint) for endpoint, _ in _read(requests)]


def customers_of_urls(urls: Sequence[str]) -> list[str | None]:
    """The customer that each URL names, in their order; None where it is none of the platform's, or names no customer.

    >>> customers_of_urls(["https://beers.afasfocus.nl/Enyoi", "https://app.example.nl/enyoi", "hello"])
    ['beers/enyoi', None, None]
    """
    return [customer for _, customer in _read([("GET", url) for url in urls])]


def _read(requests: Sequence[tuple[str, str]]) -> list[tuple[str | None, str | None]]:
    """The endpoint and the customer of each request."""
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
        return connection.execute("select endpoint, customer from request_bases order by code").fetchall()
