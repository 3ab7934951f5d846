"""The lake itself: status, rejects, verify, maintain."""

from __future__ import annotations

from typing import Annotated

import typer

from command_line import FAILED, output
from command_line.loading import REJECTS_SHOWN
from command_line.options import DEFAULT_LAKE, FormatOption, JsonOption, LakeOption, now, rows_format


def status(*, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Loads, days covered, freshness, rejects by reason, sizes, streams that report the same traffic."""
    import ingest as floor
    from analytics import Warehouse
    from analytics.overlaps import overlaps

    state = floor.status(lake, now=now())
    with Warehouse.open(lake) as warehouse:
        output.print_record(dict(state) | {"overlaps": overlaps(warehouse)}, as_json=as_json)


def rejects(
    *, lake: LakeOption = DEFAULT_LAKE, output_format: FormatOption = None, as_json: JsonOption = False
) -> None:
    """List the rejected lines, and why."""
    from analytics import Warehouse

    chosen = rows_format(output_format, as_json=as_json)
    with Warehouse.open(lake) as warehouse:
        frame = warehouse.query("from rejects order by source, line_number")
    shown = frame.select("source", *REJECTS_SHOWN) if chosen == "table" else frame
    output.print_arrow(shown.to_arrow(), chosen)


def verify(*, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Check that nothing in the lake is lost, doubled or damaged."""
    import ingest as floor

    verification = floor.verify(lake)
    output.print_record(verification, as_json=as_json)
    if not verification.ok:
        raise typer.Exit(FAILED)


def maintain(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    keep_calls: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Remove calls of days longer ago than this (default: none)."),
    ] = None,
    keep_rejects: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Remove rejects that were loaded longer ago (default: none)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compact the lake, remove what is too old to keep and what crashes have left; others may go on meanwhile."""
    import ingest as floor

    report = floor.maintain(lake, now=now(), keep_calls=keep_calls, keep_rejects=keep_rejects)
    output.print_record(report, as_json=as_json)
