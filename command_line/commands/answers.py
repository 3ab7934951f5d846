"""Questions to the lake: metric, sql."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.options.times import today
from command_line.options.wrong_usage import check_standard_input, unknown
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, say_why_nothing
from command_line.printing.rows import Rows
from command_line.printing.standard import say

if TYPE_CHECKING:
    from analytics.scope import Scope
    from command_line.printing.output import Format

METRIC_COLUMNS = ("name", "title", "unit", "grain", "key", "look_back", "meaning")


@scoped
@prints_rows
def metric(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Name of the metric.")] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="Explain all metrics, or only NAME.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show one metric. --list explains all of them."""
    from analytics.findings.judged import JUDGED, judged
    from analytics.metrics import metric_names

    known = sorted([*metric_names(), *JUDGED])
    if name is None and not list_all:
        raise typer.BadParameter("which metric? 'koppelzicht metric --list' lists them", param_hint="NAME")
    if name is not None and name not in known:
        raise typer.BadParameter(unknown("metric", name, known), param_hint="NAME")
    if list_all:
        _list_metrics([name] if name is not None else known, chosen)
        return
    assert name is not None, "checked above"
    with answering(lake) as warehouse:
        if name in JUDGED:
            frame = judged(warehouse, name, scope, today=today(warehouse.snapshot.time_zone))
        else:
            frame = warehouse.metric(name, scope)
        output.print_arrow(frame.to_arrow(), chosen)
        say_why_nothing(frame, warehouse, scope)
        if name != "completeness":
            say_gaps(warehouse, scope)


@prints_rows
def sql(
    query: Annotated[str | None, typer.Argument(metavar="QUERY", help="A query. Without one, a shell opens.")] = None,
    *,
    lake: LakeOption = DEFAULT_LAKE,
    chosen: Format,
) -> None:
    """Run read-only SQL over calls, rejects, loads, the registry and metrics.<name>."""
    check_standard_input(is_read=query is None)
    if query is None and sys.stdin.isatty():
        _sql_shell(lake, chosen)
        return
    _answer(lake, _from_standard_input() if query is None else query, chosen)


def _list_metrics(names: list[str], chosen: Format) -> None:
    from analytics.findings.judged import JUDGED
    from analytics.metrics import metric as metric_named

    listed = [JUDGED.get(name) or metric_named(name) for name in names]
    if chosen == "table" and len(listed) == 1:
        output.print_record({name: getattr(listed[0], name) for name in METRIC_COLUMNS}, as_json=False)
        return
    columns = ("name", "unit", "grain") if chosen == "table" else METRIC_COLUMNS
    output.print_rows(Rows(columns, [tuple(getattr(one, name) for name in columns) for one in listed]), chosen)


def _sql_shell(lake: Path, chosen: Format) -> None:
    from analytics.errors import AnalyticsError

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - lines can be edited and recalled, where the system has it

    say("Read-only SQL. End a query with ; stop it with Ctrl-C and leave with Ctrl-D.")
    while True:
        try:
            _answer(lake, _read_statement(), chosen)
        except AnalyticsError as error:
            say(str(error))
        except KeyboardInterrupt:
            say("stopped")
        except EOFError:
            say("")
            return


def _answer(lake: Path, query: str, chosen: Format) -> None:
    from analytics.findings.judged import for_sql
    from analytics.sandbox.sandbox import answer_sql

    with answer_sql(lake, query, more=for_sql(query, today)) as found:
        output.print_batches(found.schema, found.batches, found.rows, chosen)


def _from_standard_input() -> str:
    from analytics.errors import SqlError

    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise SqlError(f"the query is not UTF-8: byte {byte:#04x} at byte {error.start + 1:,}") from None


def _read_statement() -> str:
    lines = [input("koppelzicht> ")]
    while not lines[-1].rstrip().endswith(";"):
        lines.append(input("        ...> "))
    return "\n".join(lines)
