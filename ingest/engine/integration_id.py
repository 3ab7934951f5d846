"""What an IntegrationId says. The rule is `integration_id.sql`; this is its door for one id at a time or a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.call import IdDefect, IdStatus


@dataclass(frozen=True)
class IntegrationId:
    """An IntegrationId header as it was understood; partner and project only where it is valid."""

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
    return parse_integration_ids([text])[0]


def parse_integration_ids(texts: Sequence[str | None]) -> list[IntegrationId]:
    """The same for many headers, in their order."""
    import pyarrow as pa

    from ingest.engine.connection import connect_shared, sound_text

    with connect_shared(threads=1) as connection:
        given = pa.table(
            {"code": pa.array(range(len(texts)), pa.int32()), "text": pa.array(map(sound_text, texts), pa.string())}
        )
        connection.register("given", given)
        connection.begin()  # and closed without a commit: others use the engine, too
        connection.execute("insert into integration_id_texts select code, text, false, true from given")
        rows = connection.execute(
            "select partner, project, id_status, id_defect, integration_id from integration_ids order by code"
        ).fetchall()
    return [
        IntegrationId(partner, project, cast("IdStatus", status), cast("IdDefect | None", defect), stored)
        for partner, project, status, defect, stored in rows
    ]
