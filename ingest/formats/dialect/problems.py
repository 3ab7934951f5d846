"""The faults of a user's dialect, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.dialect.model import Dialect, Duration, Fields, HeaderSource, KnownBy, Pairs, TimeField
from ingest.formats.dialect.paths import value_at
from ingest.formats.dialect.spelling import near

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails


_MODELS: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): Dialect,
    ("fields",): Fields,
    ("fields", "timestamp"): TimeField,
    ("fields", "duration"): Duration,
    ("headers",): HeaderSource,
    ("known_by",): KnownBy,
    ("pairs",): Pairs,
}


def in_words(problem: ErrorDetails, value: object) -> str:
    """The faults of the dialect that this value describes. Each begins with the name of the field."""
    place = tuple(str(part) for part in problem["loc"] if not isinstance(part, int))
    name = ".".join(place)
    model = _MODELS.get(place[:-1])
    match problem["type"], model:
        case "extra_forbidden", type():
            known = tuple(model.model_fields)
            return f"{name} is not known{near(place[-1], known)}; expected one of {', '.join(known)}"
        case "missing", type():
            found = value_at(value, place[:-1])
            names = [str(key) for key in found] if isinstance(found, dict) else []
            return f"{name} is missing; found {', '.join(names) or 'nothing'}{near(place[-1], set(names) - {*model.model_fields})}"
        case "model_type" | "dict_type", _ if place in _MODELS:
            known = tuple(_MODELS[place].model_fields)
            return f"{name}: found {problem['input']!r:.80}; expected a table with some of {', '.join(known)}"
        case "value_error", _:
            given = problem["input"]
            shown = f" {given!r}" if isinstance(given, str) else ""
            return f"{name or 'the dialect'}:{shown} {problem['msg'].removeprefix('Value error, ')}"
        case _:
            message = problem["msg"]
            return f"{name or 'the dialect'}: found {problem['input']!r:.80}; {message[:1].lower()}{message[1:]}"
