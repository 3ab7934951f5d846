"""Batch reports: a month of one partner, or of everybody, as one HTML page and its numbers as CSV.

kinds/                  the reports: a new one is a file or a folder more. kind.py says what lies in it
model.py                what reports say in common: page and CSV files are written from this alone
figures.py, findings.py, month.py   what they ask the warehouse about a month, and what stands out in it
page.py, templates/     the page; notices.py: what a reader has to know about its figures; cells.py: values in a plain table
charts.py, svg.py       its charts, and how marks become SVG
tables.py               its tables and figures in short as CSV
text.toml, wording.py   the words that reports share
mailing.py              whom to write to about a change

Nothing is imported here that reads a lake: the command line asks at its start which reports there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from analytics.reports.errors import ReportError
from analytics.reports.kind import Kind, asking, every_kind, typed

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

__all__ = ["Kind", "ReportError", "every_kind", "typed", "write_report"]


def write_report(warehouse: Warehouse, name: str, month: str, out: Path, *, about: Scope | None = None) -> list[Path]:
    """The files of the report `name` for a month (like 2026-10), written to the folder `out`; the page first.

    For partner 1234 (`about` narrows to it) `partner-1234-2026-10.html` is the page, `partner-1234-2026-10.csv` its figures in
    short, `partner-1234-2026-10-customers.csv` and so on its tables. ReportError says why there is nothing to write, or nowhere.
    """
    from analytics.reports.month import Month
    from analytics.reports.page import page
    from analytics.reports.tables import summary, tables
    from analytics.scope import Scope
    from ingest.lake.durable import replace_file

    about = about or Scope()
    report = asking(name)(warehouse, Month.parse(month), about)
    # What it is about may be a customer of SB (`beers/enyoi`) or any text that was sent as a connector.
    subject = [] if (kind := every_kind()[name]).about is None else [quote(str(getattr(about, kind.about)), safe="")]
    stem = "-".join([typed(name), *subject, report.period.month])

    def csv_name(table: str) -> str:
        return f"{stem}-{table.replace('_', '-')}.csv"

    texts = {f"{stem}.html": page(name, report, csv_name), f"{stem}.csv": summary(report)}
    texts |= {csv_name(table): text for table, text in tables(report).items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            replace_file(out / file, text)
    except OSError as error:
        raise ReportError(f"{out}: the report cannot be written there: {error.strerror or error}") from error
    return [out / file for file in texts]
