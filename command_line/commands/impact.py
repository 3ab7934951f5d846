"""Whom a change concerns: impact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.options.wrong_usage import unknown
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import nearest_integrations, say_why_nothing
from command_line.printing.rows import Rows
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    from analytics.changes.change import Change
    from analytics.impact.answer import Impact
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse
    from command_line.printing.output import Format

Operation = Annotated[
    str | None,
    typer.Option(
        "--operation",
        metavar="NAME",
        help="The operation that changes: get, insert, update, delete, or a method such as POST.",
    ),
]
Field = Annotated[str | None, typer.Option("--field", metavar="NAME", help="A field of the connector that changes.")]
TokenForm = Annotated[
    str | None,
    typer.Option(
        "--token-form", metavar="NAME", help="Integrations that send tokens in this form: plain, soap_body, base64, ..."
    ),
]
Protocol = Annotated[str | None, typer.Option("--protocol", metavar="NAME", help="Integrations that use rest or soap.")]
ApiVersion = Annotated[
    str | None,
    typer.Option("--api-version", metavar="VERSION", help="Integrations that ask for this Accept-Version (SB)."),
]
ChangesFile = Annotated[
    Path | None,
    typer.Option(
        "--changes",
        metavar="FILE",
        help="Release notes (Markdown), or a CSV file with the columns description, connector, ...",
    ),
]
Severity = Annotated[
    str | None,
    typer.Option(
        "--severity", metavar="NAME", help="Only changes of this severity: breaking, deprecated, changed or added."
    ),
]
SafeShare = Annotated[
    float | None,
    typer.Option(
        "--safe-share",
        metavar="FRACTION",
        min=0,
        max=1,
        help="A change is safe if it touches less than this share of an integration's calls.",
    ),
]
SafeCalls = Annotated[
    int | None,
    typer.Option(
        "--safe-calls",
        metavar="NUMBER",
        min=1,
        help="A change is safe if it touches fewer calls of an integration than this.",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="ID", help="Leave out this integration. You can repeat this option."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Write a mailing list, a draft mail for each partner, and tables to this folder."
    ),
]

SHOWN = ("integration", "name", "partner_name", "contact", "customers", "calls", "share", "last_call")
_BRANCHES_SAID = 8
_LENGTH_SHOWN = 70
_NAMES_SAID, _LINES_SAID = 20, 5


@dataclass(frozen=True, kw_only=True)
class _Asked:
    changes: tuple[Change, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _LeftOut:
    integrations: frozenset[str]
    remarks: tuple[str, ...] = ()


@scoped
@prints_rows
def impact(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    operation: Operation = None,
    field: Field = None,
    token_form: TokenForm = None,
    protocol: Protocol = None,
    api_version: ApiVersion = None,
    changes: ChangesFile = None,
    severity: Severity = None,
    safe_share: SafeShare = None,
    safe_calls: SafeCalls = None,
    exclude: Exclude = None,
    scope: Scope,
    out: Out = None,
    chosen: Format,
) -> None:
    """Show which integrations and customers a change affects. Describe the change by options, or give the --changes of a release."""
    from analytics.impact.answer import COLUMNS
    from analytics.impact.impact import Thresholds
    from analytics.impact.impact import impact as answer

    parts = {
        "--operation": operation,
        "--field": field,
        "--token-form": token_form,
        "--protocol": protocol,
        "--api-version": api_version,
    }
    asked = _from_file(changes, severity, scope, parts) if changes is not None else _from_parts(parts, scope, severity)
    excluded = _integrations(exclude or [])
    with answering(lake) as warehouse:
        left_out = _known(warehouse, excluded)
        thresholds = Thresholds(share=safe_share, calls=safe_calls, excluded=left_out.integrations)
        found = answer(warehouse, asked.changes, scope, thresholds)
        if chosen == "table":
            columns = (*COLUMNS[:4], *SHOWN) if changes is not None else SHOWN
            rows = Rows.from_frame(found.rows.select(columns))
            output.print_rows(Rows(columns, [tuple(map(_brief, row)) for row in rows.values]), chosen)
        else:
            output.print_arrow(found.answers.to_arrow(), chosen)
        gaps = [found.gap_note] if found.gap_note is not None else []
        for remark in (
            *asked.remarks,
            *_verdicts(found),
            *_unknown_names(found),
            *(_about_the_field(warehouse, asked.changes) if field is not None else ()),
            *found.remarks,
            *left_out.remarks,
            *gaps,
        ):
            say(f"note: {remark}")
        if found.verdicts and set(found.verdicts) <= {"unused", "unknown_name"}:
            say_why_nothing(found.rows, warehouse, scope)
    if out is not None:
        _write(found, out)


def _from_file(file: Path, severity: str | None, scope: Scope, parts: dict[str, str | None]) -> _Asked:
    from analytics.changes.change import SEVERITIES
    from analytics.changes.release_notes import read_changes

    for option, value in {"--connector": scope.connector, **parts}.items():
        if value is not None:
            raise typer.BadParameter(f"the file describes the changes; leave {option} out", param_hint="'--changes'")
    if severity is not None and severity not in SEVERITIES:
        raise typer.BadParameter(unknown("severity", severity, SEVERITIES), param_hint="'--severity'")
    notes = read_changes(file)
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1] if severity is not None else SEVERITIES
    kept = tuple(change for change in notes.changes if change.severity in wanted)
    read = f"{shown(file.name)}: {counted(notes.rows, 'row')}, {counted(len(notes.changes), 'change')}"
    if notes.rows > len(notes.changes):
        read += " (rows that say the same about the same connectors are one change)"
    if len(kept) < len(notes.changes):
        read += f", {len(kept)} of them at least {severity}"
    return _Asked(changes=kept, remarks=(read, *notes.remarks))


def _from_parts(parts: dict[str, str | None], scope: Scope, severity: str | None) -> _Asked:
    from analytics.changes.cells import operation_named
    from analytics.changes.change import change_of
    from ingest.call import Operation as ApiOperation
    from ingest.call import Protocol, TokenForm

    if severity is not None:
        raise typer.BadParameter("only --changes states a severity", param_hint="'--severity'")
    operation, field, token_form, protocol, api_version = parts.values()
    if scope.connector is None and not any(parts.values()):
        raise typer.BadParameter(
            "what changes? Give --connector NAME, --token-form NAME, --protocol NAME, --api-version VERSION, or --changes FILE"
        )
    if field is not None and scope.connector is None:
        raise typer.BadParameter("which connector has this field? Give --connector NAME", param_hint="'--field'")
    if operation is not None and operation_named(operation) is None:
        words = ", ".join(get_args(ApiOperation))
        raise typer.BadParameter(f"{operation!r} is no operation; known: {words}", param_hint="'--operation'")
    forms = {form: form for form in get_args(TokenForm)}
    if token_form is not None and token_form not in forms:
        raise typer.BadParameter(unknown("form of token", token_form, tuple(forms)), param_hint="'--token-form'")
    protocols = {name: name for name in get_args(Protocol)}
    if protocol is not None and protocol not in protocols:
        raise typer.BadParameter(unknown("protocol", protocol, tuple(protocols)), param_hint="'--protocol'")
    change = change_of(
        connector=scope.connector,
        operation=operation_named(operation) if operation is not None else None,
        field=field,
        token_form=forms[token_form] if token_form is not None else None,
        protocol=protocols[protocol] if protocol is not None else None,
        api_version=api_version,
    )
    return _Asked(changes=(change,))


def _integrations(texts: list[str]) -> frozenset[str]:
    from analytics.errors import ScopeError
    from analytics.scope import Scope

    try:
        return frozenset(str(Scope.parse({"integration": text}).integration) for text in texts)
    except ScopeError as error:
        raise typer.BadParameter(str(error).removeprefix("integration: "), param_hint="'--exclude'") from None


def _known(warehouse: Warehouse, ids: frozenset[str]) -> _LeftOut:
    """The integrations that these ids mean now. BadParameter for an id that neither calls nor the registry know."""
    from analytics.known.known import EVERYTHING

    rows = warehouse.query_file("impact/excluded", EVERYTHING, {"ids": sorted(ids)}).to_dicts() if ids else []
    remarks = []
    for row in rows:
        if not row["calls"] and not row["is_registered"] and row["integration"] == row["id"]:
            nearest = nearest_integrations(warehouse, row["id"])
            raise typer.BadParameter(
                f"no call and no row of the registry names the integration {row['id']}; {nearest}",
                param_hint="'--exclude'",
            )
        if row["integration"] != row["id"]:
            remarks.append(f"{row['id']} is an old id of {row['integration']}: that integration is left out")
        if not row["calls"]:
            remarks.append(f"--exclude {row['id']} leaves out nothing: the registry lists it, but no call carries it")
    return _LeftOut(integrations=frozenset(row["integration"] for row in rows), remarks=tuple(remarks))


def _brief(value: object) -> object:
    if not isinstance(value, str) or len(value) <= _LENGTH_SHOWN:
        return value
    return f"{value[: _LENGTH_SHOWN - 1]}…"


def _verdicts(found: Impact) -> list[str]:
    """What became of the changes, in words, and in which branches they are felt."""
    words = {
        "concerns": "affecting somebody",
        "unknown_name": "with an unknown name",
        "safe": "safe (used, but below the limits you gave)",
        "unused": "unused",
        "unseen": "of unknown effect (no log shows it, because it names no connector)",
    }
    lines = []
    if len(found.verdicts) > 1 or "safe" in found.verdicts:
        counts = [f"{found.verdicts.count(verdict)} {words[verdict]}" for verdict in words if verdict in found.verdicts]
        lines.append(f"{counted(len(found.verdicts), 'change')}: {'; '.join(counts)}")
    branches = [f"{branch or 'branch not known'} {customers}" for branch, customers in found.branches.iter_rows()]
    if branches:
        more = f", and {len(branches) - _BRANCHES_SAID} more" if len(branches) > _BRANCHES_SAID else ""
        lines.append(f"customers by branch: {', '.join(map(shown, branches[:_BRANCHES_SAID]))}{more}")
    return lines


def _unknown_names(found: Impact) -> list[str]:
    """The names in the changes that neither a call nor a list knows, what is nearest to each, and where the file has it.

    It may be a typing error, and it may be new, or a connector that a customer made: nobody can tell, and nobody is told more.
    """
    kinds = {"connector": "name", "path": "path", "api_version": "API version"}
    lines = []
    for name, changes in found.unknown_by_name[:_NAMES_SAID]:
        nearest = f"nearest: {', '.join(map(shown, name.nearest))}" if name.nearest else "no known name is similar"
        places = [str(change.line) for change in changes if change.line]
        more = f" and {len(places) - _LINES_SAID} more" if len(places) > _LINES_SAID else ""
        where = f" (line{'s' * (len(places) > 1)} {', '.join(places[:_LINES_SAID])}{more})" if places else ""
        lines.append(
            f"the {kinds[name.kind]} {shown(name.value)} occurs in no call and in no list of known names; {nearest}{where}"
        )
    if len(found.unknown_by_name) > _NAMES_SAID:
        lines.append(
            f"and {counted(len(found.unknown_by_name) - _NAMES_SAID, 'more name')} that nobody knows; --json and --out list them all"
        )
    if lines:
        lines.append("nobody can tell whom a change with such a name affects: do not read this as an all-clear")
    return lines


def _about_the_field(warehouse: Warehouse, changes: tuple[Change, ...]) -> list[str]:
    """The fields near to one that no get filters by. It may exist all the same, so every user of its connector is counted."""
    from analytics.known.known import unknown_in_changes

    return [
        f"no get of this connector filters by the field {shown(one.value)}; nearest: {', '.join(map(shown, one.nearest))}"
        for one in unknown_in_changes(warehouse, changes)
        if one.kind == "field" and one.nearest
    ]


def _write(found: Impact, out: Path) -> None:
    from analytics.reports.mailing import write_mailing

    files = write_mailing(found, out)
    drafts = sum(file.suffix == ".txt" for file in files) // 2
    say(f"{shown(str(files[0]))}: {counted(drafts, 'partner')} to write to; drafts in Dutch and English are beside it")
    unknown = sum(map(bool, found.unknown))
    if unknown:
        say(
            f"{shown(str(out / 'changes.csv'))}: {counted(unknown, 'change')} with an unknown name, so somebody may be "
            "missing from the list; correct misspelt names and run this again before you write to anybody"
        )
