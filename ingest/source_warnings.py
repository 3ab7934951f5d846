"""What the operator should know about a source, whether it is loaded or only inspected: one place, so that both say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.formats import LogFormat
    from ingest.understanding import Counts

_MANY_CALLS = 100
"""So many calls without an id are no chance."""


def source_warnings(
    name: str, log_format: LogFormat, context: Mapping[str, Any], counts: Counts, *, nuls: int = 0
) -> tuple[str, ...]:
    """What to warn of, each with the source's name before it.

    `nuls` NUL bytes stood in front; `context` is what is known behind the last line that was read, `counts` what became of all lines that were.
    """
    warnings = [*log_format.warnings(context)]
    if not warnings and counts.calls_not_logged:
        warnings.append(
            f"{counts.calls_not_logged:,} of its {counts.calls:,} calls stand in lines without a place for the IntegrationId header:"
            " nobody knows whose they are (id_status not_logged); have the log hold that header, empty where it was not sent"
        )
    elif not warnings and counts.calls >= _MANY_CALLS and not counts.calls_with_id:
        warnings.append(
            f"none of its {counts.calls:,} calls has an IntegrationId: every call is unidentified;"
            " does the log hold that header?"
        )
    if nuls:
        warnings.append(
            f"{nuls:,} NUL bytes in front were skipped: the file was emptied while its writer went on at its old place; copytruncate"
            " needs a writer that appends (O_APPEND)"
        )
    return tuple(f"{name}: {warning}" for warning in warnings)
