"""Batch reports: `report NAME`, a command for each file or folder in `analytics/reports/kinds/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.reports import every_kind, typed
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.printing import output, standard
from command_line.printing.answering import answering
from command_line.printing.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.reports import Kind
    from analytics.scope import Scope

DEFAULT_REPORTS = Path("reports")
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")]


def commands() -> dict[str, Callable[..., None]]:
    """A command for each report, by its name."""
    return {
        typed(name): _of_everybody(name, kind) if kind.about is None else _about_one(name, kind)
        for name, kind in every_kind().items()
    }


def _of_everybody(name: str, kind: Kind) -> Callable[..., None]:
    def command(
        month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month: 2026-10")],
        *,
        out: Out = DEFAULT_REPORTS,
        lake: LakeOption = DEFAULT_LAKE,
        as_json: JsonOption = False,
    ) -> None:
        _check_month(month, "YYYY-MM")
        _write(name, month, None, out=out, lake=lake, as_json=as_json)

    command.__doc__ = kind.help
    return command


def _about_one(name: str, kind: Kind) -> Callable[..., None]:
    def command(
        about: str,
        *,
        month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month: 2026-10")],
        out: Out = DEFAULT_REPORTS,
        lake: LakeOption = DEFAULT_LAKE,
        as_json: JsonOption = False,
    ) -> None:
        scope = _scope(kind.about or "", about)
        _check_month(month, "'--month'")
        _write(name, month, scope, out=out, lake=lake, as_json=as_json)

    command.__doc__ = kind.help
    argument = typer.Argument(metavar=(kind.about or "").upper(), help=kind.about_help)
    command.__annotations__["about"] = Annotated[str, argument]  # what it is about is known here alone
    return command


def _write(name: str, month: str, about: Scope | None, *, out: Path, lake: Path, as_json: bool) -> None:
    from analytics.reports import write_report

    with answering(lake) as warehouse:
        _print_files(write_report(warehouse, name, month, out, about=about), as_json=as_json)


def _scope(filter_: str, text: str) -> Scope:
    from analytics.errors import ScopeError
    from analytics.scope import Scope

    try:
        return Scope.parse({filter_: text})
    except ScopeError as error:
        raise typer.BadParameter(str(error).removeprefix(f"{filter_}: "), param_hint=filter_.upper()) from None


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
