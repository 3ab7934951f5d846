"""Turns a path of release notes into the endpoint that its calls have in the lake, so that the two can be compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOST = "https://1234.rest.afas.online/ProfitRestServices/connectors/"
_METHODS = {"get": "GET", "insert": "POST", "update": "PUT", "delete": "DELETE"}
_VALUE = re.compile(r"\{[^{}]*\}")


def endpoints_of(asked: Sequence[tuple[str | None, str | None]]) -> list[str | None]:
    """The endpoint of calls to each path with this operation; None without a path, or for an operation that has no method.

    The endpoint is made by the rule that reads the calls themselves. With a second rule here, the two could disagree, and a change
    would affect nobody.

    >>> endpoints_of([("KnEmployee/KnEmployee/@EmId/{EmId}", "delete"), (None, "get"), ("FbSales/FbSalesLines", "insert")])
    ['connectors/KnEmployee/KnEmployee/@EmId', None, 'connectors/FbSales/FbSalesLines']
    """
    from ingest.engine.request_url import endpoints_of_requests

    calls: dict[tuple[str | None, str | None], tuple[str, str]] = {
        (path, operation): (_METHODS[operation], _HOST + _VALUE.sub("1", path))
        for path, operation in asked
        if path is not None and operation in _METHODS
    }
    found = dict(zip(calls, endpoints_of_requests(list(calls.values())), strict=True)) if calls else {}
    return [found.get(pair) for pair in asked]
