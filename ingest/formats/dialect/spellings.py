"""One header of a request whose name is spelled in several ways in a block of lines.

{"headers": {"IntegrationId": "1234_5678"}, ...}
{"headers": {"integrationid": "1234_5678"}, ...}
{"headers": {"INTEGRATIONID": ["1234_5678"], "integrationid": "1234_5679"}, ...}

The statement that reads a block has a value for each spelling in it, and most lines have one of them. A line means the same whatever
other lines of its block look like. So its values are told apart by null alone (an empty text was sent), and a line that has several
has them in its own order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.formats.raw import first_of

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Spelling:
    """The SQL of the value under one spelling of the header's name, and of a number by which the spellings of a line are in order."""

    value: str
    place: str = "1"


def place_in_object(names: str, number: int, path: int) -> str:
    """The SQL of the place of a spelling among the keys of the object that holds it.

    The variable `names` holds the spellings, and the variable `names_in` the paths of the objects. The objects come one after the other.
    """
    keys = f"json_keys(object, getvariable('{names}_in')[{path}])"
    return f"({path}, list_position({keys}, getvariable('{names}')[{number}]))"


def all_sent(spellings: Sequence[Spelling]) -> str | None:
    """The SQL of a header that counts each time it was sent: the value, or a list of all values as JSON; None without spellings."""
    return _sent(spellings, "sent_together")


def first_sent(spellings: Sequence[Spelling]) -> str | None:
    """The SQL of a header of which the first value counts; None without spellings."""
    return _sent(spellings, "sent_first")


def _sent(spellings: Sequence[Spelling], macro: str) -> str | None:
    values = [spelling.value for spelling in spellings]
    if len(values) < 2:
        return values[0] if values else None
    number = " + ".join(f"({value} is not null)::integer" for value in values)
    pairs = ", ".join(f"{{'place': {spelling.place}, 'value': {spelling.value}}}" for spelling in spellings)
    # Few lines have more than one, and these expressions take long.
    return f"case when {number} > 1 then {macro}([{pairs}]) else {first_of(values)} end"
