"""The names of a log that a dialect reads, and the unread names."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from ingest.formats.dialect.model import Dialect, Fields, paths_of
from ingest.formats.id_name import is_id_name
from ingest.formats.unread import MOST_KEPT, unread_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def unread_in(dialect: Dialect, names: Sequence[str], unread: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The unread names of a log, each with the field of a call that it could be.

    >>> from ingest.formats.dialect.known import dialects
    >>> unread_in(dialects()["koppelzicht"], ["timestamp", "IntegrationID", "level"], ["level"])
    (('level', ''),)
    """
    there = set(names) if dialect.format == "json" else {name.lower() for name in names}
    paths = {
        name: [path if dialect.format == "json" else path.lower() for path in paths_of(getattr(dialect.fields, name))]
        for name in Fields.model_fields
    }
    said = {name for name, found in paths.items() if not there.isdisjoint(found)}
    said |= {"headers" for source in dialect.headers if source.at and {source.at, source.at.lower()} & there}
    said |= {"integration_id" for name in set(names).difference(unread) if is_id_name(name.rpartition(".")[2])}
    wanted = {_plain(path): name for name, found in paths.items() if name not in said for path in found}
    like = {}
    for name in unread[:MOST_KEPT]:
        close = difflib.get_close_matches(_plain(name), wanted, n=1, cutoff=0.88) if len(name) <= 40 else []
        if close:
            like[name] = wanted[close[0]]
    return unread_fields(unread, said, like)


def id_names(places: Iterable[Sequence[str]], keys: Mapping[tuple[str, ...], Iterable[str]]) -> list[tuple[str, ...]]:
    """The places of the IntegrationId in an object, for a dialect that names these places. Exact names come first.

    `keys` are those of each object by its place. A place whose last name is one of the header's names is meant for any of them.

    >>> id_names([("labels", "integration_id")], {(): ["integration_id"], ("labels",): ["IntegrationID", "site"]})
    [('labels', 'IntegrationID')]
    """
    exact, others = [], []
    for parts in places:
        there = set(keys.get(tuple(parts[:-1]), ()))
        exact += [tuple(parts)] if parts[-1] in there else []
        before, dot, name = parts[-1].rpartition(".")
        if is_id_name(name):
            begin = before + dot
            found = (key for key in sorted(there) if key.startswith(begin) and is_id_name(key[len(begin) :]))
            others += [(*parts[:-1], key) for key in found]
    return list(dict.fromkeys(exact + others))


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
