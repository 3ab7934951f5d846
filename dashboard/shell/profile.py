"""The integration that a page is about: its name, and the registry's facts about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dashboard.shell import frame
from dashboard.text.wording import Words, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.shell.data import View


def of(view: View) -> dict[str, object] | None:
    """Return the chosen integration and what it did; None if neither the registry nor a call names it."""
    rows = view.rows("integration/profile", integration=view.scope.integration)
    return rows.row(0, named=True) if rows.height else None


def title(profile: Mapping[str, object] | None, view: View) -> None:
    """Show the chosen integration as the title of the page: its name in the registry, otherwise its id, with facts about it."""
    name = (profile or {}).get("name") or view.scope.integration or ""
    frame.record_title(str(name), facts(profile, view))


def facts(profile: Mapping[str, object] | None, view: View) -> Words:
    """Return the facts about an integration in words: its id, its partner, the contact, and the end of its certificate."""
    if profile is None:
        return say("integration.unknown")
    said = [say("integration.fact_id", integration=profile["integration"])]
    partner = profile["partner_name"] or str(profile["partner"])
    said.append(say("integration.fact_partner", partner=partner))
    said += [
        say(f"integration.fact_{name}", **{name: profile[name]})
        for name in ("contact", "phone", "replaces")
        if profile[name] is not None
    ]
    until = profile["certified_until"]
    if isinstance(until, dt.date):
        is_past = until < min(view.scope.until or until, (view.lake.covered or (until, until))[1])
        said.append(say(f"integration.fact_certified_{'ended' if is_past else 'until'}", certified_until=until))
    return Words(" · ".join(said))
