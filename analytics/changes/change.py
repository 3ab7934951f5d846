"""One thing that changes, and when two rows say the same one."""

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
"""Worst first. Added: nobody has to do anything."""
WRITES = frozenset({"insert", "update", "delete"})
"""What a call by SOAP that writes may do: nobody sees which."""


class ChangesError(AnalyticsError):
    """A file of changes that cannot be read: where, what stands there and what was expected."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that changes. Without a connector no log can show whom it concerns; no operations: all of them.

    `paths` are deeper than a connector, `KnEmployee/KnEmployee/@EmId/{EmId}`, and stand for a part of it: nothing else of that
    connector changes.
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
        """What it is about: a connector and a path of it, None for all of it; and None and None for any connector."""
        if not self.connectors:
            return ((None, None),)
        paths: dict[str | None, list[str]] = {}
        for path in self.paths:
            paths.setdefault(connector_in(path), []).append(path)
        return tuple((name, path) for name in self.connectors for path in paths.get(name) or (None,))

    @property
    def shows(self) -> bool:
        """Whether a log can show whom it concerns at all."""
        return bool(self.connectors or self.operations or self.token_form or self.protocol or self.api_version)


def asked(
    *,
    connector: str | None = None,
    operation: str | None = None,
    field: str | None = None,
    token_form: TokenForm | None = None,
    protocol: Protocol | None = None,
    api_version: str | None = None,
) -> Change:
    """The change that somebody asks for by its parts.

    >>> asked(connector="KnSubject", operation="update").description
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
    """The changes of a file in its order, how many rows said them (several may say one), and what else a reader has to know about the file."""

    changes: tuple[Change, ...]
    rows: int
    remarks: tuple[str, ...]


def once(changes: Sequence[Change]) -> list[Change]:
    """Each change once, as severe as it is said anywhere, where it is said first, with the operations of all its rows.

    A row that names no operation is about all of them, and so is the change.
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
    """What two rows of one change have in common, in whatever order and case they name it."""
    words = " ".join(change.description.split()).casefold()
    connectors, paths = (frozenset(name.casefold() for name in names) for names in (change.connectors, change.paths))
    return words, connectors, paths, (change.field or "").casefold()


def _place(severity: Severity | None) -> int:
    return SEVERITIES.index(severity) if severity is not None else len(SEVERITIES)
