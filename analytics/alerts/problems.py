"""The faults of a file of rules, in words. What may be a secret is not repeated: somebody may have written it in the wrong place."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_args

from analytics.alerts.kinds import Rule
from analytics.sending.channel import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

LONGEST_KEY = 60
LONGEST_WORD = 8
_TOP = ("name", "recent_days", "quiet_hours", "channels", "rules")


def problems_in_words(problems: Sequence[ErrorDetails], value: object) -> list[str]:
    """Every fault of the file with this content."""
    # A list with faulty entries counts as one that is too short, which is no fault of its own.
    places = [problem["loc"] for problem in problems]
    told = [
        in_words(problem, value)
        for problem in problems
        if problem["type"] != "too_short" or sum(loc[: len(problem["loc"])] == problem["loc"] for loc in places) == 1
    ]
    return list(dict.fromkeys(told))


def in_words(problem: ErrorDetails, value: object) -> str:
    """One fault: its place in the file, the value, and what was expected."""
    place = _place(problem["loc"], value)
    where = ".".join("(not shown)" if _may_be_secret(part) else part for part in place) or "the file"
    given = _given(problem, place)
    context = problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return f"{where} is missing{_beside(problem['loc'], value)}"
        case "extra_forbidden":
            known = _known(problem["loc"])
            near = difflib.get_close_matches(place[-1], known, n=1) if place else []
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"{where} is not known{hint} (expected one of {', '.join(known)})"
        case "union_tag_not_found":
            return f"{where}.{_tag(context)} is missing; expected one of {_tags(problem['loc'])}"
        case "union_tag_invalid":
            tag = str(context.get("tag", ""))
            is_told = problem["loc"][0] != "channels" or _is_a_word(tag)
            told = f"{tag!r:.80}" if is_told else "the value (not shown)"
            return f"{where}.{_tag(context)}: {told} is not known; expected one of {_tags(problem['loc'])}"
        case "value_error" if not place:
            return problem["msg"].removeprefix("Value error, ")
        case _:
            return f"{where}:{given} {_expected(problem, place[-1] if place else '')}"


def _expected(problem: ErrorDetails, key: str) -> str:
    """What a value should be."""
    message = problem["msg"]
    match problem["type"]:
        case "value_error":
            return message.removeprefix("Value error, ")
        case "literal_error":
            return f"is not known; expected {problem['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"does not fit; expected {_pattern(key)}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "is no table; expected one"
        case "tuple_type":
            return "is no list; expected one"
        case "too_short":
            return "is empty; expected one entry at least"
        case _:
            return f"does not fit: {message[:1].lower()}{message[1:]}"


def _place(loc: Sequence[int | str], value: object) -> list[str]:
    """The keys of a place as they stand in the file: a rule by its name or number, without the words of the checker."""
    place: list[str] = []
    found: Any = value
    for part in loc:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
            name = found.get("name") if isinstance(found, dict) else None
            place.append(name[:60] if isinstance(name, str) and name.isprintable() and name else str(part + 1))
        elif part == "[key]" or _is_tag(part, found):
            continue
        else:
            place.append(part if part.isprintable() else repr(part))
            found = found.get(part) if isinstance(found, dict) else None
    return place


def _is_tag(part: str, found: Any) -> bool:
    """Whether this part is the kind of a rule or the type of a channel, which the checker puts into a place."""
    return isinstance(found, dict) and part not in found and part in (found.get("kind"), found.get("type"))


def _given(problem: ErrorDetails, place: Sequence[str]) -> str:
    """The value, where it cannot be a secret."""
    given = problem["input"]
    if isinstance(given, (dict, list)):
        return ""
    is_told = not isinstance(given, str) or problem["loc"][:1] != ("channels",) or "to" in place or _is_a_word(given)
    return f" {given!r:.80}" if is_told else " the value (not shown)"


def _is_a_word(given: str) -> bool:
    """Whether a text of a channel can be told: somebody may have written an address or a password under any of its keys."""
    return given.isascii() and given.islower() and given.isalpha() and len(given) <= LONGEST_WORD


def _may_be_secret(part: str) -> bool:
    """Whether a key looks like an address, which somebody has written in the place of a name."""
    return any(letter in part for letter in ":/@") or len(part) > LONGEST_KEY


def _known(loc: Sequence[int | str]) -> Sequence[str]:
    model = _model(loc)
    return list(model.model_fields) if model is not None else ("begin", "end") if loc[0] == "quiet_hours" else _TOP


def _model(loc: Sequence[int | str]) -> type[BaseModel] | None:
    """The model of the rule or channel in which a place is."""
    if len(loc) < 3 or loc[0] not in ("rules", "channels"):
        return None
    key = "kind" if loc[0] == "rules" else "type"
    for model in _models(str(loc[0])):
        if loc[2] in get_args(model.model_fields[key].annotation):
            return model
    return None


def _models(table: str) -> Sequence[type[BaseModel]]:
    union = get_args(Rule if table == "rules" else Channel)[0]
    return get_args(union)


def _tags(loc: Sequence[int | str]) -> str:
    table = str(loc[0])
    key = "kind" if table == "rules" else "type"
    return ", ".join(tag for model in _models(table) for tag in get_args(model.model_fields[key].annotation))


def _tag(context: dict[str, Any]) -> str:
    return str(context.get("discriminator", "")).strip("'")


def _beside(loc: Sequence[int | str], value: object) -> str:
    """The keys that stand where one is missing."""
    found: Any = value
    for part in loc[:-1]:
        if isinstance(part, int) and isinstance(found, list):
            found = found[part]
        elif isinstance(found, dict) and not _is_tag(str(part), found):
            found = found.get(part)
    names = [name for name in found if isinstance(name, str) and name.isprintable()] if isinstance(found, dict) else []
    return f"; found {', '.join(names)}" if names else ""


def _pattern(key: str) -> str:
    match key:
        case "integration":
            return "an integration, like 12345_678900"
        case _:
            return "letters, digits, blanks, dots, _ and -, beginning with a letter or digit, at most 60"
