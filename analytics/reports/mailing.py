"""Whom to write to about a change, and what: a mailing list, a draft for each partner, and the tables behind them.

    mailing-list.csv        one row a partner: whom to write to, and its customers and calls
    mailing-list.xlsx       the same as a spreadsheet, which keeps telephone numbers unchanged
    changes.csv             one row a change: its verdict, its unknown names, and the nearest known ones
    customers.csv           one row for each affected integration and customer
    partner-1234.nl.txt     the draft of a message to a partner; .en.txt the same in English

An addition to the API is no reason to write to anybody. Calls without a valid id, or with an example id, have nobody to write to.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from analytics.numbers import MONTHS
from analytics.reports.errors import ReportError
from analytics.spreadsheet.csv_text import csv_text
from analytics.spreadsheet.workbook import workbook
from ingest.lake.durable import replace_file

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from analytics.impact.answer import Impact

LANGUAGES = ("nl", "en")
MAILING_LIST = (
    "partner",
    "name",
    "contact",
    "email",
    "phone",
    "integrations",
    "changes",
    "breaking",
    "customers",
    "calls",
    "last_call",
)
CHANGES = (
    "change",
    "severity",
    "connectors",
    "operations",
    "field",
    "verdict",
    "integrations",
    "calls",
    "unknown",
    "nearest",
)
_UNSEEN = {"Cc", "Cf", "Cs"}
"""Control characters, characters that format (those for the direction of writing among them), halves of characters."""
_JOINERS = "\u200c\u200d"
_MOST_CHANGES = 40
"""A message lists at most this many changes of an integration; it says how many more there are."""


def write_mailing(found: Impact, out: Path) -> list[Path]:
    """Write the files to the folder `out`, the mailing list first. ReportError if that is not possible."""
    texts = _files(found)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in texts.items():
            replace_file(out / name, content)
    except OSError as error:
        raise ReportError(f"{out}: the mailing cannot be written there: {error.strerror or error}") from error
    return [out / name for name in texts]


def mailing_list(found: Impact) -> str:
    """The mailing list alone, as CSV."""
    return csv_text(MAILING_LIST, _mailing_list(found))


def _files(found: Impact) -> dict[str, str | bytes]:
    """The content of every file to write, by its name, the mailing list first."""
    files: dict[str, str | bytes] = {
        "mailing-list.csv": mailing_list(found),
        "mailing-list.xlsx": workbook("Mailing list", MAILING_LIST, _mailing_list(found)),
        "changes.csv": csv_text(CHANGES, _changes(found)),
        "customers.csv": csv_text(found.customers.columns, found.customers.iter_rows()),
    }
    for (partner,), rows in found.told.group_by("partner", maintain_order=True):
        files |= {f"partner-{partner}.{language}.txt": message(found, rows, language) for language in LANGUAGES}
    return files


def message(found: Impact, rows: pl.DataFrame, language: str) -> str:
    """The draft to one partner, given its rows of the impact."""
    words = _texts()[language]
    contact = rows["contact"].drop_nulls()
    names = [
        _called(words, *pair) for pair in rows.select("name", "integration").unique(maintain_order=True).iter_rows()
    ]
    parts = [
        words["subject"].format(integrations=", ".join(names)),
        words["greeting"].format(contact=_one_line(contact[0]) if contact.len() else words["nobody"]),
    ]
    if found.period is not None:
        since, until = found.period
        parts.append(
            words["opening"].format(
                first=_day(words, since), last=_day(words, until.fromordinal(until.toordinal() - 1))
            )
        )
    for (name, integration), some in rows.group_by("name", "integration", maintain_order=True):
        parts.append("\n".join([_called(words, name, integration), *_uses(found, some, words)]))
    if any(found.changes[number].field for number in rows["number"].unique()):
        parts.append(words["upper_bound"])
    parts += _not_found(found, words)
    parts += [words["request"], words["closing"], words["name"]]
    return "\n\n".join(parts) + "\n"


def _uses(found: Impact, rows: pl.DataFrame, words: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    groups = list(rows.group_by("number", maintain_order=True))
    for _, some in groups[:_MOST_CHANGES]:
        first = some.row(0, named=True)
        severity = words["severity"].get(first["severity"], "")
        lines.append(words["change"].format(severity=severity, change=_one_line(first["change"])))
        lines += [_use(row, words, ZoneInfo(found.time_zone)) for row in some.iter_rows(named=True)]
    if len(groups) > _MOST_CHANGES:
        lines.append(words["more_changes"].format(count=len(groups) - _MOST_CHANGES))
    return lines


def _not_found(found: Impact, words: dict[str, Any]) -> list[str]:
    """The changes that name something unknown. Without this list the partner would believe that it had read about all changes."""
    changes = [
        (change, names)
        for change, names in zip(found.changes, found.unknown, strict=True)
        if names and change.severity != "added"
    ]
    if not changes:
        return []
    lines = [
        words["unknown_change"].format(
            severity=words["severity"].get(change.severity, ""),
            change=_one_line(change.description),
            names=", ".join(_one_line(name.value) for name in names),
        )
        for change, names in changes[:_MOST_CHANGES]
    ]
    if len(changes) > _MOST_CHANGES:
        lines.append(words["more_changes"].format(count=len(changes) - _MOST_CHANGES))
    return ["\n".join([words["unknown"], *lines])]


def _use(row: dict[str, Any], words: dict[str, Any], time_zone: ZoneInfo) -> str:
    operation = words["operation"].get(row["operation"], row["operation"])
    what = ", ".join(_one_line(part) for part in (row["connector"], operation) if part) or words["any_call"]
    return str(
        words["use"].format(
            what=what,
            calls=_counted(words, "calls", row["calls"]),
            customers=_counted(words, "customers", row["customers"]),
            share=f"{100 * row['share']:.1f}%".replace(".", words["decimal"]),
            last_call=_day(words, row["last_call"].astimezone(time_zone).date()),
        )
    )


def _mailing_list(found: Impact) -> list[tuple[object, ...]]:
    import polars as pl

    partners = found.told.group_by("partner", maintain_order=True).agg(
        pl.col("partner_name").first().alias("name"),
        pl.col("contact", "email", "phone").first(),
        integrations=pl.col("integration").unique(maintain_order=True).str.join(" "),
        changes=pl.col("number").n_unique(),
        breaking=pl.col("number").filter(pl.col("severity") == "breaking").n_unique(),
        last_call=pl.col("last_call").max(),
    )
    return (
        partners.join(found.told_to, on="partner", how="left", maintain_order="left")
        .sort("calls", "partner", descending=[True, False])
        .select(MAILING_LIST)
        .rows()
    )


def _changes(found: Impact) -> list[tuple[object, ...]]:
    import polars as pl

    counts = {
        number: (integrations, calls)
        for number, integrations, calls in found.rows.unique(["number", "integration"])
        .group_by("number")
        .agg(integrations=pl.col("integration").drop_nulls().n_unique(), calls=pl.col("change_calls").sum())
        .iter_rows()
    }
    return [
        (
            change.description,
            change.severity,
            " ".join(change.connectors),
            " ".join(change.operations),
            change.field,
            verdict,
            *counts.get(number, (0, 0)),
            " ".join(name.value for name in unknown) or None,
            " ".join(dict.fromkeys(nearest for name in unknown for nearest in name.nearest)) or None,
        )
        for number, (change, verdict, unknown) in enumerate(
            zip(found.changes, found.verdicts, found.unknown, strict=True)
        )
    ]


def _called(words: dict[str, Any], name: object, integration: object) -> str:
    shown = _one_line(str(name or ""))
    return str(words["integration" if shown else "no_name"].format(name=shown, integration=integration))


def _counted(words: dict[str, Any], noun: str, count: int) -> str:
    return str(
        words[f"{noun}_{'one' if count == 1 else 'many'}"].format(count=f"{count:,}".replace(",", words["thousands"]))
    )


def _day(words: dict[str, Any], day: dt.date) -> str:
    return f"{day.day} {words['months'][day.month - 1]} {day.year}"


def _one_line(text: str) -> str:
    r"""The text on one line, without what nobody sees: names and notes are somebody else's, and the draft goes out as ours.

    A sign that turns the direction of writing would make the reader read another word, or another address, than stands there.
    The two that join letters stay: some languages need them.

    >>> _one_line("Acme\u202e\u2066\x1b[31m\r\nBcc: x"), _one_line("a\u200cb") == "a\u200cb"
    ('Acme[31m Bcc: x', True)
    """
    line = " ".join(text.split())
    return "".join(sign for sign in line if sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN)


@cache
def _texts() -> dict[str, dict[str, Any]]:
    texts = tomllib.loads((Path(__file__).parent / "mailing.toml").read_text(encoding="utf-8"))
    return {language: words | {"months": MONTHS[language]} for language, words in texts.items()}
