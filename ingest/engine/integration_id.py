"""Reads one IntegrationId that comes from no log. `integration_id.sql` has the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ingest.call import IdDefect, IdStatus


@dataclass(frozen=True)
class IntegrationId:
    """An IntegrationId header as it was understood. Only a valid one has a partner and a project."""

    partner: int | None
    project: int | None
    status: IdStatus = "valid"
    defect: IdDefect | None = None
    stored: str | None = None

    def __repr__(self) -> str:
        if self.status == "valid":
            return f"IntegrationId(partner={self.partner}, project={self.project})"
        return f"IntegrationId(status={self.status!r}, defect={self.defect!r}, stored={self.stored!r})"


def parse_integration_id(text: str | None) -> IntegrationId:
    """What this header says. Never raises.

    >>> parse_integration_id("12345_678900")
    IntegrationId(partner=12345, project=678900)
    >>> parse_integration_id("12345-678900")
    IntegrationId(status='malformed', defect='wrong_separator', stored='12345-678900')
    >>> parse_integration_id(" - ")
    IntegrationId(status='missing', defect=None, stored=None)
    """
    from ingest.engine.connection import connect_shared, sound_text

    with connect_shared(threads=1) as connection:
        connection.begin()  # and closed without a commit: others use the engine, too
        connection.execute("insert into integration_id_texts values (0, ?, false, true)", [sound_text(text)])
        [[partner, project, status, defect, stored]] = connection.execute(
            "select partner, project, id_status, id_defect, integration_id from integration_ids"
        ).fetchall()
    return IntegrationId(partner, project, cast("IdStatus", status), cast("IdDefect | None", defect), stored)
