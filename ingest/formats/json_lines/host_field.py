"""The field of a JSON log that holds the host, where it has a name that no dialect knows.

{"time": "...", "request_method": "GET", "request_uri": "/ProfitRestServices/...", "edge_name": "1234.rest.afas.online", ...}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ingest.catalogue.platform_host import is_platform_host, places_of_hosts
from ingest.errors import AmbiguousHostError
from ingest.formats.dialect.fields import is_header_name
from ingest.formats.dialect.paths import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.formats.dialect.model import Dialect


_NAME = re.compile(r'["@:]?(?!.*[0-9]{8})[A-Za-z0-9_.:/" -]{1,100}')

_DEPTH = 4
"""Objects inside each other in which a host is looked for."""


def with_host(dialect: Dialect, lines: Sequence[Mapping[str, Any]]) -> Dialect:
    """The dialect, in which the field that holds hosts of the platform in most of these lines is the host.

    It stays as it is where its own fields say the host, or no field does. AmbiguousHostError where several do, and differ.
    """
    records = [record for line in lines for record in dialect.records_of(line) if not dialect.lacks(record)]
    without = [record for record in records if not _says_host(dialect, record)]
    if 2 * len(without) <= len(records):
        return dialect
    rows = [dict(_texts(record)) for record in without]
    # Its name is kept with the load, so one that is no name of a field but an address, say, is left alone.
    names = dict.fromkeys(place for row in rows for place in row if _NAME.fullmatch(place))
    found = places_of_hosts(rows, names)
    if len(found) > 1:
        raise AmbiguousHostError(found)
    if not found:
        return dialect
    fields = dialect.fields.model_copy(update={"host": (found[0], *dialect.fields.host)})
    return dialect.model_copy(update={"fields": fields})


def _says_host(dialect: Dialect, record: Mapping[str, Any]) -> bool:
    fields = dialect.fields
    url = next((text for path in (*fields.url, *fields.path) if (text := value_of(record, path))), "")
    if "://" in url:
        return True
    host = next((text for path in fields.host if (text := value_of(record, path)) not in dialect.empty), None)
    return is_platform_host(host or "") or (
        host is None and any(is_platform_host(text) for text in _host_headers(dialect, record))
    )


def _host_headers(dialect: Dialect, record: Mapping[str, Any]) -> Iterator[str]:
    for source in dialect.headers:
        before = f"{source.at}." if source.at else ""
        for path, text in _texts(record):
            if path.startswith(before) and is_header_name(path[len(before) :].strip('"'), source.prefix, "host"):
                yield text


def _texts(record: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    """The paths of all texts in a record, and the texts."""
    for key, value in record.items():
        if not key or '"' in key:
            continue
        path = before + (f'"{key}"' if "." in key else key)
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            yield path, value[0]
        elif isinstance(value, dict) and depth < _DEPTH:
            yield from _texts(value, f"{path}.", depth + 1)
