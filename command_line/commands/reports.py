"""Batch reports: report partner, report month."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.printing import output, standard
from command_line.printing.values import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_REPORTS = Path("reports")
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")]


def partner(
    number: Annotated[str, typer.Argument(metavar="PARTNER", help="Subscription number of the partner: 12345")],
    *,
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month: 2026-10")],
    out: Out = DEFAULT_REPORTS,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write the report of one partner for one month."""
    from analytics.reports import write_partner_report
    from analytics.warehouse.warehouse import Warehouse

    subscription = _partner(number)
    _check_month(month, "'--month'")
    with Warehouse.open(lake) as warehouse:
        _print_files(write_partner_report(warehouse, subscription, month, out), as_json=as_json)


def month(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month: 2026-10")],
    *,
    out: Out = DEFAULT_REPORTS,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write the report of one month over all partners."""
    from analytics.reports import write_month_report
    from analytics.warehouse.warehouse import Warehouse

    _check_month(month, "YYYY-MM")
    with Warehouse.open(lake) as warehouse:
        _print_files(write_month_report(warehouse, month, out), as_json=as_json)


def _partner(text: str) -> int:
    from analytics.errors import ScopeError
    from analytics.scope import Scope

    try:
        number = Scope.parse({"partner": text}).partner
    except ScopeError as error:
        raise typer.BadParameter(str(error).removeprefix("partner: "), param_hint="PARTNER") from None
    assert number is not None, "an empty text does not get here"
    return number


def _check_month(text: str, where: str) -> None:
    from analytics.reports.errors import ReportError
    from analytics.reports.month import Month

    try:
        Month.parse(text)
    except ReportError as error:
        raise typer.BadParameter(str(error), param_hint=where) from None


def _print_files(files: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        output.print_record({"files": [str(file) for file in files]}, as_json=True)
    else:
        standard.write("".join(f"{shown(str(file))}\n" for file in files))
