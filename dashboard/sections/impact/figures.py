"""The figures of the page about changes: the question, whom it affects, and the basis of the answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import polars as pl

from analytics.changes.change import Change, ChangesError, Notes, change_of
from analytics.changes.release_notes import changes_in
from analytics.impact.answer import VERDICTS
from analytics.reports import mailing
from dashboard.shell import titles
from dashboard.shell.link import Misread
from dashboard.text.wording import plain, say
from ingest.call import Operation, Protocol, TokenForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.impact.answer import Impact
    from analytics.scope import Scope
    from dashboard.shell.data import View
    from dashboard.text.wording import Words

CHOICES: Mapping[str, tuple[str, ...]] = {
    "operation": get_args(Operation),
    "token_form": tuple(form for form in get_args(TokenForm) if form not in {"none", "not_logged"}),
    "api_protocol": get_args(Protocol),
}
"""The parts that are chosen from a list; a field and a version are typed."""
PARTS = (*CHOICES, "field", "api_version")
_LINES_SHOWN = 5
NOTES_AT_MOST = 2_000_000
"""Bytes of release notes at most. They grow every year; the longest so far have 300,000 characters."""


@dataclass(frozen=True)
class Reach:
    """The reach of a change: the integrations, partners and customers that it affects, and their calls.

    Calls without a valid id are counted apart, in `unidentified`.
    """

    integrations: int
    partners: int
    customers: int
    calls: int
    unidentified: int


def question(scope: Scope, parts: Mapping[str, str | None]) -> tuple[Change | None, tuple[Misread, ...]]:
    """Return the change that these `PARTS` of a link ask for (None if they ask for none), and the parts that cannot be understood."""
    given = dict(parts)
    misread = tuple(
        Misread(name, value)
        for name, value in given.items()
        if value is not None and value not in CHOICES.get(name, (value,))
    )
    for part in misread:
        given[part.name] = None
    forms = {form: form for form in get_args(TokenForm)}
    protocols = {protocol: protocol for protocol in get_args(Protocol)}
    change = change_of(
        connector=scope.connector,
        operation=given["operation"],
        field=given["field"] if scope.connector is not None else None,
        token_form=forms.get(given["token_form"]),
        protocol=protocols.get(given["api_protocol"]),
        api_version=given["api_version"],
    )
    return (change if change.shows else None), misread


def notes_in(content: bytes) -> Notes:
    """Return the changes of release notes that a reader has uploaded; ChangesError says what is wrong with them."""
    if len(content) > NOTES_AT_MOST:
        raise ChangesError(plain("impact.notes_too_long", most=NOTES_AT_MOST))
    try:
        return changes_in(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ChangesError(plain("impact.notes_not_text")) from error


def nobody(found: Impact) -> tuple[str, Words] | None:
    """Return Streamlit's kind of message, and the words, for a change that affects nobody; None if all its names are unknown.

    This is good news only if the connectors are known, the logs are complete, and every call shows its connector.
    """
    if set(found.verdicts) == {"unknown_name"}:
        return None
    is_known = all(change.connectors for change in found.changes if change.shows)
    if found.is_all_clear and is_known:
        return "success", say("impact.nobody")
    return "info", say("impact.nobody_seen")


def unknown_names(found: Impact) -> pl.DataFrame:
    """Return the unknown names in release notes: name, nearest, changes with it, and note_lines of the first ones."""
    rows = [
        {
            "name": name.value,
            "nearest": ", ".join(name.nearest) or None,
            "changes": len(changes),
            "note_lines": ", ".join(str(change.line) for change in changes[:_LINES_SHOWN])
            + (" …" if len(changes) > _LINES_SHOWN else ""),
        }
        for name, changes in found.unknown_by_name
    ]
    schema = {"name": pl.String, "nearest": pl.String, "changes": pl.Int64, "note_lines": pl.String}
    return pl.DataFrame(rows, schema=schema)


def reach(found: Impact) -> Reach:
    """Return the reach of the changes. A call that several changes affect counts once for each of them."""
    identified = found.rows.filter(pl.col("integration").is_not_null())
    calls, all_calls = (int(rows["calls"].sum()) for rows in (identified, found.rows))
    return Reach(
        identified["integration"].n_unique(),
        identified["partner"].n_unique(),
        found.customers["customer"].n_unique(),
        calls,
        all_calls - calls,
    )


def concerned(found: Impact) -> pl.DataFrame:
    """Return the rows with `title`, the name to show, and the severity of a change under a name of its own."""
    return titles.of_integrations(found.rows).with_columns(
        pl.coalesce("partner_name", pl.col("partner").cast(pl.String)).alias("partner_name"),
        change_severity=pl.col("severity"),
    )


def branches(found: Impact) -> pl.DataFrame:
    """Return title and customers of every branch, that of customers without one last."""
    unknown = pl.lit(plain("impact.no_branch"))
    return found.branches.select(pl.coalesce("branch", unknown).alias("title"), "customers")


def verdicts(found: Impact) -> Words:
    """Return the number of changes with each verdict, in words."""
    counted = Counter(found.verdicts)
    return say("impact.verdicts", changes=len(found.verdicts), **{verdict: counted[verdict] for verdict in VERDICTS})


def mailing_list(found: Impact) -> str:
    """Return the mailing list as CSV."""
    return mailing.mailing_list(found)


def customers(found: Impact, view: View) -> pl.DataFrame:
    """Return the affected customers, each with the name of the integration that is used there."""
    names = view.rows("customers_per_integration").select("integration", integration_name="name")
    nobody = pl.lit(plain("connectors.unidentified"))
    return found.customers.join(names, on="integration", how="left", maintain_order="left").with_columns(
        pl.coalesce("integration_name", "integration", nobody).alias("integration_name")
    )
