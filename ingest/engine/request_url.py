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
        rows = connection.execute("select endpoint from request_bases order by code").fetchall()
    return [str(endpoint) for (endpoint,) in rows]
