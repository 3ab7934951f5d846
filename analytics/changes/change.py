"""A change, and the rule by which two rows are the same one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from analytics.changes.cells import connector_in
from analytics.errors import AnalyticsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.call import Protocol, TokenForm

Severity: TypeAlias = Literal["breaking", "deprecated", "changed", "added"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first. Nobody has to do anything about what is added."""
WRITES = frozenset({"insert", "update", "delete"})
"""The operations that a SOAP call that writes may perform. Logs do not show which one."""


class ChangesError(AnalyticsError):
    """A file of changes cannot be read. The text says where, what it found, and what was expected."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of the API. No operations stand for all of them. Without a connector, no log can show whom it affects.

    `paths` are deeper than a connector, such as `KnEmployee/KnEmployee/@EmId/{EmId}`. They stand for a part of it: nothing else of
    that connector changes.
    """

    description: str
    severity: Severity | None = None
    connectors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    field: str | None = None
    token_form: TokenForm | None = None
    protocol: Protocol | None = None
    api_version: str | None = None
    line: int = 0

    @property
    def targets(self) -> tuple[tuple[str | None, str | None], ...]:
        """The pairs of connector and path that change. A path of None is the whole connector, two Nones are any connector."""
        if not self.connectors:
            return ((None, None),)
        paths: dict[str | None, list[str]] = {}
        for path in self.paths:
            paths.setdefault(connector_in(path), []).append(path)
        return tuple((name, path) for name in self.connectors for path in paths.get(name) or (None,))

    @property
    def shows(self) -> bool:
        """Whether a log can show whom the change affects."""
        return bool(self.connectors or self.operations or self.token_form or self.protocol or self.api_version)


def change_of(
    *,
    connector: str | None = None,
    operation: str | None = None,
    field: str | None = None,
    token_form: TokenForm | None = None,
    protocol: Protocol | None = None,
    api_version: str | None = None,
) -> Change:
    """The change that a user describes by its parts.

    >>> change_of(connector="KnSubject", operation="update").description
    'connector KnSubject, operation update'
    """
    parts = {
        "connector": connector,
        "operation": operation,
        "field": field,
        "token form": token_form,
        "protocol": protocol,
        "API version": api_version,
    }
    return Change(
        description=", ".join(f"{name} {value}" for name, value in parts.items() if value is not None),
        connectors=(connector,) if connector is not None else (),
        operations=(operation,) if operation is not None else (),
        field=field,
        token_form=token_form,
        protocol=protocol,
        api_version=api_version,
    )


@dataclass(frozen=True)
class Notes:
    """The changes of a file in order, the number of its rows (several may be one change), and remarks for its reader."""

    changes: tuple[Change, ...]
    rows: int
    remarks: tuple[str, ...]


def each_once(changes: Sequence[Change]) -> list[Change]:
    """Each change once, at the place of its first row, with the worst severity and the operations of all its rows.

    A row that names no operation affects all of them, and then the change does too.
    """
    kept: dict[tuple[object, ...], Change] = {}
    for change in changes:
        key = _what(change)
        before = kept.get(key)
        if before is None:
            kept[key] = change
            continue
        is_narrowed = bool(before.operations and change.operations)
        kept[key] = replace(
            before,
            severity=min(before.severity, change.severity, key=_place),
            operations=tuple(dict.fromkeys((*before.operations, *change.operations))) if is_narrowed else (),
        )
    return list(kept.values())


def _what(change: Change) -> tuple[object, ...]:
    """The key that all rows of a change have in common, in any order and case."""
    words = " ".join(change.description.split()).casefold()
    connectors, paths = (frozenset(name.casefold() for name in names) for names in (change.connectors, change.paths))
    return words, connectors, paths, (change.field or "").casefold()


def _place(severity: Severity | None) -> int:
    return SEVERITIES.index(severity) if severity is not None else len(SEVERITIES)
