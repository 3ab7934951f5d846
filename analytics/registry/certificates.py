"""The dates since and until which an integration is certified: those of its own row, or of the id that it replaces.

A certificate belongs to an integration and not to a number. If a partner gets a new number, and the new row lacks the two
dates, the certificate is not lost. So an id inherits the dates of the id that it replaces, until its own row has a date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.registry.store import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from analytics.registry.store import Version

_COLUMNS = ("integration", "replaces", "certified_since", "certified_until")


def certificates(integrations: pa.Table, versions: Sequence[Version]) -> pa.Table:
    """Integration, certified_since, certified_until and inherited_from (the replaced id that the dates come from, or null).

    One row per row of `integrations`, the list that holds. A replaced id may be missing in that list. Then the last of
    `versions` (in order) that has the id counts. Chains of replacements are followed to the nearest row with a date.
    """
    import pyarrow as pa

    rows = {row["integration"]: row for row in integrations.select(_COLUMNS).to_pylist()}
    known = _former(versions) | rows if any(map(_asks_back, rows.values())) else rows
    found = [{"integration": integration} | _dates(integration, known) for integration in rows]
    day = pa.date32()
    schema = pa.schema(
        {"integration": pa.string(), "certified_since": day, "certified_until": day, "inherited_from": pa.string()}
    )
    return pa.Table.from_pylist(found, schema=schema)


def _dates(integration: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    asked: str | None = integration
    trail: set[str] = set()
    while asked is not None and asked in known and asked not in trail:
        row = known[asked]
        if _has_dates(row):
            return {
                "certified_since": row["certified_since"],
                "certified_until": row["certified_until"],
                "inherited_from": asked if asked != integration else None,
            }
        trail.add(asked)
        asked = row["replaces"]
    return {"certified_since": None, "certified_until": None, "inherited_from": None}


def _has_dates(row: Mapping[str, Any]) -> bool:
    return row["certified_since"] is not None or row["certified_until"] is not None


def _asks_back(row: Mapping[str, Any]) -> bool:
    return row["replaces"] is not None and not _has_dates(row)


def _former(versions: Sequence[Version]) -> dict[str, Mapping[str, Any]]:
    """The last row of every id that any version holds."""
    rows: dict[str, Mapping[str, Any]] = {}
    for version in versions:
        if "integrations" in version.files:
            for row in read_rows(version.files["integrations"]).select(list(_COLUMNS)).to_pylist():
                rows[row["integration"]] = row
    return rows
